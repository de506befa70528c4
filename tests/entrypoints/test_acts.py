"""Every act from the command line, in the order of a contested life."""

import json
from typing import Any

import asyncpg
import pytest

from domain.congress import AddUnits, OpenCongress
from domain.vocabulary import Level
from duban.acts.on_motions import ON_MOTIONS
from duban.acts.on_suggestions import ON_SUGGESTIONS
from duban.acts.on_topics import ON_TOPICS
from duban.bootstrap import now
from tests.domain.cases import MARA, MOF, NDRC
from tests.engine import people, with_npc
from tests.entrypoints.command_line import done, duban

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool

JOINT, OTHER = "npc/14-2/3973", "npc/14-2/3974"
PROMISE = ("--promise", "建成3个示范县", "--due", "2026-12-31")

# In order: each act with its options after the reference, and the day on which it happens.
JOINT_LIFE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("2024-03-06", "confirm-signature", ("--deputy", "马代表")),
    ("2024-03-06", "decline-signature", ("--deputy", "牛代表", "--reason", "与本人意见不符")),
    ("2024-03-07", "turn-away", ("--outcome", "returned", "--ground", "parts-missing", "--explanation", "请补充分析")),
    ("2024-03-08", "resubmit", ("--title", "关于支持庆阳打造循环农业示范区的建议", "--text", "一事一议")),
    ("2024-03-09", "register", ("--number", "3973")),
    ("2024-03-09", "classify", ("--subject", "农业农村", "--decided-by", "代表工作委员会")),
    ("2024-03-10", "merge", ("--into", OTHER, "--reason", "同类事项")),
    ("2024-04-02", "assign", ("--to", "国务院", "--lead", NDRC, "--co", MOF)),
    ("2024-04-03", "sign-for", ("--unit", NDRC)),
    ("2024-04-05", "object", ("--unit", NDRC, "--reasons", "不属于本单位职责", "--written")),
    ("2024-04-08", "decide-objection", ("--unit", NDRC, "--upheld", "--decided-by", "代表工作委员会")),
    ("2024-04-09", "reassign", ("--unit", NDRC, "--to", MARA, "--decided-by", "代表工作委员会")),
    ("2024-04-10", "coordinate", ("--unit", MARA, "--unit", MOF, "--decided-by", "国办", "--outcome", "已协调")),
    ("2024-04-11", "appoint-leader", ("--unit", MARA, "--leader", "副部长")),
    ("2024-04-12", "contact", ("--unit", MARA, "--way", "visit", "--official", "王处长", "--deputy", "黄代表")),
    ("2024-04-20", "opine", ("--unit", MOF, "--opinion", "同意")),
    ("2024-06-01", "request-extension", ("--unit", MARA, "--reason", "涉及面广")),
    ("2024-06-02", "refuse-extension", ("--unit", MARA, "--decided-by", "代表工作委员会", "--reason", "理由不足")),
    ("2024-06-03", "request-extension", ("--unit", MARA, "--reason", "须实地调研")),
    ("2024-06-04", "extend", ("--unit", MARA, "--reason", "须实地调研", "--approver", "代表工作委员会")),
    ("2024-08-01", "send-draft", ("--unit", MARA, "--text", "答复稿")),
    ("2024-08-05", "comment-draft", ("--unit", MARA, "--deputy", "黄代表", "--comment", "请写明期限")),
    ("2024-08-20", "answer", ("--unit", MARA, "--category", "B", *PROMISE, "--served-on", "nobody", "--in-person")),
    ("2024-08-21", "serve", ("--unit", MARA, "--recipient", "黄代表")),
    ("2024-08-21", "serve", ("--unit", MARA, "--recipient", "马代表")),
    ("2024-08-22", "send-copies", ("--unit", MARA, "--to", "国务院办公厅")),
    ("2024-08-23", "correct", ("--unit", MARA, "--what", "文号有误", "--document-no", "农办议〔2024〕1号")),
    ("2024-09-01", "feedback", ("--result", "not-satisfied", "--attitude", "satisfied", "--reasons", "空",
        "--deputy", "黄代表")),
    ("2024-10-01", "answer", ("--unit", MARA, "--category", "B", "--promise", "再建2个", "--due", "2027-06-30")),
    ("2024-10-10", "feedback", ("--result", "not-satisfied", "--reasons", "仍未解决", "--deputy", "黄代表")),
    ("2024-10-20", "resolve-escalation", ("--unit", MARA, "--finding", "属实", "--no-rehandle", "--decided-by", "委")),
    ("2024-10-21", "reclassify", ("--unit", MARA, "--category", "A", "--decided-by", "督办处", "--reason", "已经办成")),
    ("2024-10-22", "commit", ("--unit", MARA, "--promise", "编制规划", "--due", "2025-06-30")),
    ("2024-11-01", "inspect", ("--decided-by", "农业委员会", "--finding", "进展正常", "--place", "庆阳")),
    ("2024-11-02", "put-under", ("--topic", "2024-03", "--committee", "农业委员会")),
    ("2024-11-03", "publish", ("--part", "content", "--extent", "full", "--decided-by", "代表工作委员会")),
    ("2024-11-10", "conclude", ("--remark", "已答复")),
    ("2024-12-01", "reopen", ("--decided-by", "代表工作委员会", "--reason", "承诺有变")),
    ("2024-12-02", "conclude", ()),
    ("2025-01-05", "progress", ("--commitment", "c1", "--progress", "已开工")),
    ("2025-02-01", "follow-up", ("--commitment", "c1", "--finding", "一个县已建成")),
    ("2025-03-01", "carry-over", ("--into", "15")),
    ("2025-04-01", "fulfil", ("--commitment", "c1", "--evidence", "验收报告")),
    ("2025-04-10", "verify-fulfilment", ("--commitment", "c1", "--holds", "--decided-by", "农委", "--finding", "属实")),
    ("2025-04-11", "report-fulfilment", ("--commitment", "c1", "--report", "三个县均已建成")),
    ("2025-04-12", "rate-fulfilment", ("--commitment", "c1", "--result", "satisfied", "--deputy", "黄代表")),
    ("2025-05-01", "fail", ("--commitment", "c2", "--reasons", "资金未到位", "--signed-by", "部长")),
    ("2025-05-02", "fulfil", ("--commitment", "c3", "--evidence", "规划已印发")),
    ("2025-05-03", "release", ("--topic", "2024-03", "--reason", "选题结束")),
    ("2025-05-04", "request-confidentiality", ("--deputy", "黄代表", "--reason", "涉及商业秘密")),
    ("2025-05-05", "protect-identity", ("--decided-by", "代表工作委员会", "--reason", "防止打击报复")),
    ("2025-05-06", "archive", ("--archive-no", "档2025-1", "--decided-by", "档案室")),
)  # fmt: skip


SHOWN = {
    "zh": ("牛代表", "农业农村", "领办", "异议", "再次答复", "已落实并核实", "档2025-1"),
    "en": (
        "牛代表",
        "agriculture and the countryside",
        "led by",
        "objection",
        "second reply",
        "fulfilled and verified",
        "档2025-1",
    ),
}


def assert_every_facet_is_shown(case: dict[str, Any]) -> None:
    signed = {one["name"]: one["signature"] for one in case["signatories"]}
    assert signed == {"黄代表": "confirmed", "马代表": "confirmed", "牛代表": "declined"}
    assert (case["basis"], case["grass_roots"], case["merged_into"]) == (["research"], True, OTHER)
    assert case["objections"] == [{"unit": NDRC, "late": False, "decided": "upheld"}]
    assert (case["leaders"], case["contacts"][0]["way"]) == ([{"unit": MARA, "leader": "副部长"}], "visit")
    first, second = case["replies"]
    assert (first["served_on"], first["copied_to"]) == (["黄代表", "马代表"], ["国务院办公厅"])
    assert (first["corrections"], second["first_category"], second["category"]) == (1, "B", "A")
    assert [(r["by"], r["channel"], r["after_contact"]) for r in case["ratings"]] == [
        ("黄代表", "congress", True)
    ] * 2
    assert [c["state"] for c in case["commitments"]] == ["verified", "failed", "fulfilled"]
    assert (case["rehandled"], case["escalations"][0]["open"]) == ([{"unit": MARA, "times": 1}], False)
    assert (case["publications"], case["archived_as"]) == (
        [{"part": "content", "unit": None, "extent": "full", "reason": None}],
        "档2025-1",
    )
    assert case["identity_protected"]
    assert case["confidentiality_asked"]


async def replayed(database: str, ref: str) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = json.loads((await duban(database, "case", "replay", ref, "--json")).stdout)
    return steps


async def submit(database: str, title: str, *more: str) -> str:
    session = ("--congress", "npc", "--term", "14", "--session", "2", "--on", "2024-03-05")
    answer = await done(database, "submit", *session, "--title", title, *more)
    return str(answer["ref"])


async def test_a_contested_life_is_lived_from_the_command_line(pool: Pool, database: str) -> None:
    await with_npc(pool)
    await submit(database, "另一件", "--number", "3974")
    ref = await submit(
        database, "循环农业", "--lead-deputy", "黄代表", "--co-signer", "马代表", "--co-signer", "牛代表",
        "--basis", "research", "--grass-roots", "--proposed-unit", MARA,
    )  # fmt: skip

    chosen = ("--title", "循环农业", "--year", "2024", "--approved-by", "委员长会议", "--on", "2024-06-01")
    await done(database, "topic", "choose", "npc/2024-03", *chosen)

    for day, act, options in JOINT_LIFE:
        answer = await done(database, act, ref, *options, "--on", day)
        assert answer["positions"], act
        ref = answer["ref"]

    case = await done(database, "case", "show", JOINT)
    assert case["stage"] == "concluded"
    assert_every_facet_is_shown(case)
    assert case["subject"]["name"] == "农业农村"
    changed = {c["what"] for step in await replayed(database, JOINT) for c in step["changed"]}
    assert changed >= {
        "signature", "merged_into", "role", "signed_for", "objection", "coordinated", "leader", "contact", "opinion",
        "extension", "draft", "reply", "served", "copies", "corrections", "rating", "attitude", "rehandling",
        "escalation", "commitment", "progress", "carried_over", "fulfilment", "key_topic", "inspections",
        "published", "confidentiality_asked", "identity_protected", "archived_as",
    }  # fmt: skip
    for lang, words in SHOWN.items():
        text = (await duban(database, "case", "show", JOINT, lang=lang)).stdout
        assert [word for word in words if word not in text] == []
    assert (await done(database, "topic", "show", "npc/2024-03"))["version"] == 3  # chosen, added, removed
    taken = (
        {act for _, act, _ in JOINT_LIFE}
        | {"submit", "sub-assign", "take-in"}
        | {"withdraw", "convert-motion", "ask-opinion-again"}
        | {"migrate-rules"}
    )
    assert taken == {act.name for act in ON_SUGGESTIONS}


async def test_a_motion_goes_on_as_a_suggestion_and_another_is_withdrawn(pool: Pool, database: str) -> None:
    await with_npc(pool)
    motion = await submit(database, "议案一件", "--kind", "motion", "--number", "20")
    gone = await submit(database, "撤回的一件", "--number", "8", "--lead-deputy", "黄代表")

    converted = await done(database, "convert-motion", motion, "--decided-by", "主席团", "--on", "2024-03-10")
    withdrawn = await done(database, "withdraw", gone, "--deputy", "黄代表", "--on", "2024-03-10")

    assert converted["ref"].startswith("npc/14-2/~")
    assert withdrawn["stage"] == "ended"


async def test_an_empty_opinion_is_asked_for_again(pool: Pool, database: str) -> None:
    engine = await with_npc(pool)
    opened = OpenCongress(congress="重庆", place="重庆", level=Level.PROVINCE, at=now())
    await engine.commands.open_congress(opened, people())
    await engine.commands.add_units("重庆", AddUnits(units=(MARA, MOF), at=now()), people())
    given = ("--congress", "重庆", "--number", "1", "--title", "某事", "--on", "2024-03-01")
    ref = str((await done(database, "submit", *given))["ref"])
    await done(database, "assign", ref, "--lead", MARA, "--co", MOF, "--on", "2024-03-05")
    await done(database, "opine", ref, "--unit", MOF, "--on", "2024-03-20")

    why = ("--decided-by", MARA, "--reason", "意见为空", "--on", "2024-03-21")
    asked = await done(database, "ask-opinion-again", ref, "--unit", MOF, *why)

    assert asked["positions"]


async def test_every_act_is_refused_in_one_line_where_there_is_no_such_case(
    pool: Pool, database: str
) -> None:
    await with_npc(pool)
    acts = [
        act for act in ON_SUGGESTIONS if act.name not in ("submit", "sub-assign", "take-in", "migrate-rules")
    ]

    for act in acts:
        options = [part for field in act.fields for part in _filled(act, field)]
        refused = await duban(database, act.name, "npc/14-2/999", *options)

        assert refused.exit_code == 1, refused.output
        assert len(refused.stderr.strip().splitlines()) == 1
        assert "npc/14-2/999" in refused.stderr


def _filled(act: Any, field: Any) -> tuple[str, ...]:
    """An option for a field that must be said."""
    if act.name == "assign":
        return ("--lead", MARA)
    if not field.required or field.name == "by":
        return ()
    if field.kind == "flag":
        return ({"upheld": "--upheld", "rehandle": "--rehandle"}[field.name],)
    name = {"on": "recipient", "units": "unit"}.get(field.name, field.option)
    return (f"--{name}", field.choices[0] if field.choices else "某事")


async def test_a_key_topic_is_supervised_from_its_choice_to_its_report(pool: Pool, database: str) -> None:
    await with_npc(pool)
    ref = await submit(database, "文旅融合", "--number", "7")
    topic = "npc/2024-03"
    on = ("--on", "2024-06-01")

    await done(
        database,
        "topic",
        "choose",
        topic,
        "--title",
        "深化文旅融合",
        "--year",
        "2024",
        "--approved-by",
        "委员长会议",
        *on,
    )
    await done(database, "topic", "add-case", topic, "--ref", ref, *on)
    refused = await duban(database, "topic", "plan", topic, "--plan", "督办方案", *on)
    await done(
        database, "topic", "name-committee", topic, "--committee", "教科文卫委员会", "--lead-unit", MARA, *on
    )
    await done(database, "topic", "plan", topic, "--plan", "督办方案", *on)
    await done(
        database,
        "topic",
        "hold",
        topic,
        "--activity",
        "field-research",
        "--finding",
        "进展良好",
        "--place",
        "浙江",
        *on,
    )
    await done(database, "topic", "report", topic, "--to", "委员长会议", "--report", "督办报告", *on)
    shown = await done(database, "topic", "show", topic)
    under = await done(database, "case", "show", ref)
    await done(database, "topic", "remove-case", topic, "--ref", ref, "--reason", "另行办理", *on)
    closed = await done(database, "topic", "close", topic, *on)

    assert refused.exit_code == 1
    assert "no committee is named" in refused.stderr
    assert (shown["cases"], shown["activities"], shown["reported_to"]) == (
        [ref],
        ["field-research"],
        ["委员长会议"],
    )
    assert under["version"] == 3  # submitted, registered, put under the topic
    assert (closed["closed"], closed["cases"]) == (True, [])
    assert [t["ref"] for t in json.loads((await duban(database, "topic", "list", "--json")).stdout)] == [
        topic
    ]
    assert {act.name for act in ON_TOPICS} == {
        "choose", "add-case", "remove-case", "name-committee", "plan", "hold", "report", "close",
    }  # fmt: skip


async def test_a_motion_that_becomes_a_suggestion_keeps_its_movers_and_its_number(
    pool: Pool, database: str
) -> None:
    await with_npc(pool)
    movers = [part for n in range(30) for part in ("--mover", f"代表{n:02d}")]
    move = (
        "--congress",
        "npc",
        "--term",
        "14",
        "--session",
        "2",
        "--subject",
        "制定自然保护地法",
        "--grounds",
        "案据",
        "--plan",
        "方案",
    )
    on = ("--on", "2024-03-06")

    moved = await done(database, "motion", "move", *move, *movers, *on)
    registered = await done(database, "motion", "register", moved["ref"], "--number", "20", *on)
    await done(
        database,
        "motion",
        "dispose",
        registered["ref"],
        "--disposition",
        "to-suggestion",
        "--reason",
        "属于工作建议",
        *on,
    )
    converted = await done(database, "motion", "convert", registered["ref"], *on)
    case = await done(database, "case", "show", registered["ref"])

    assert (registered["ref"], converted["stage"]) == ("npc/14-2/motion-20", "converted")
    assert (case["title"], case["kind"], case["stage"]) == ("制定自然保护地法", "suggestion", "submitted")
    assert (await done(database, "register", case["ref"], "--number", "8001", *on))["ref"] == "npc/14-2/8001"
    assert (await duban(database, "motion", "convert", registered["ref"])).exit_code == 1
    assert (await duban(database, "motion", "show", "npc/14-2/motion-21")).exit_code == 1
    listed = json.loads((await duban(database, "motion", "list", "--json")).stdout)
    assert [(m["ref"], m["stage"]) for m in listed] == [("npc/14-2/motion-20", "converted")]


async def test_a_motion_is_reviewed_by_its_committee(pool: Pool, database: str) -> None:
    await with_npc(pool)
    move = (
        "--congress",
        "npc",
        "--term",
        "14",
        "--session",
        "2",
        "--subject",
        "议案",
        "--grounds",
        "案据",
        "--plan",
        "方案",
    )
    on = ("--on", "2024-03-06")
    movers = [part for n in range(31) for part in ("--mover", f"代表{n:02d}")]

    first = (await done(database, "motion", "move", *move, *movers, *on))["ref"]
    other = (await done(database, "motion", "move", *move, "--delegation", "四川代表团", *on))["ref"]
    for ref, number in ((first, "1"), (other, "2")):
        await done(database, "motion", "register", ref, "--number", number, *on)
    ref = "npc/14-2/motion-1"
    steps = (
        ("leave", ("--deputy", "代表30")),
        ("dispose", ("--disposition", "after-session", "--committee", "环资委")),
        ("ask-reconsideration", tuple(part.replace("--mover", "--decided-by") for part in movers[:40])),
        ("dispose", ("--disposition", "after-session", "--committee", "环资委")),
        ("merge", ("--into", "npc/14-2/motion-2")),
        ("ask-opinion", ("--organ", "生态环境部")),
        ("give-opinion", ("--organ", "生态环境部", "--document-no", "环建函〔2024〕27号", "--supports")),
        ("hear-movers", ("--mover", "代表00")),
        ("report", ("--outcome", "legislative-plan", "--report", "审议结果报告")),
        ("conclude", ("--decided-by", "常务委员会")),
    )
    for act, options in steps:
        await done(database, "motion", act, ref, *options, *on)

    shown = await done(database, "motion", "show", ref)
    assert (shown["stage"], shown["outcome"], shown["opinions"]) == (
        "concluded",
        "legislative-plan",
        ["生态环境部"],
    )
    assert len(shown["movers"]) == 30
    taken = {act for act, _ in steps} | {"move", "register", "convert"}
    assert taken == {act.name for act in ON_MOTIONS}
