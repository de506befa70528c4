import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pypdf
import pytest
import pytest_asyncio

from domain.law import Law
from domain.suggestion import assignment, feedback, publication, replies, service
from domain.suggestion.promises import Promise
from domain.vocabulary import Extent, Part, Role, Satisfaction
from duban.access.permission import sees
from duban.access.seeing import seeing
from duban.access.viewer import PUBLIC, case_of
from duban.calendars import official
from duban.entrypoints.web.app import create_app
from duban.open_data import FILES
from projections import public_search
from projections.public_search import PublicFilter
from tests.domain.cases import MARA, MOF, on, submit
from tests.engine import Engine, people, with_npc
from tests.entrypoints.web.conftest import NOW, asking, services_on

pytestmark = pytest.mark.postgres

OPEN, KEPT, SHORT, PROTECTED, WITHDRAWN, SECRET = (f"npc/14-2/{number}" for number in range(201, 207))
TEXT = "第一段：农村公路年久失修。\n第二段：<b>建议</b>尽快修复。"
REPLY = "经研究，已安排资金修复。"
REASON = "答复涉及商业秘密"
TITLES = {
    OPEN: "=1+2 关于修复农村公路的建议", KEPT: "关于治理白洋淀水质的建议", SHORT: "关于养老服务的建议",
    PROTECTED: "关于举报线索的建议", WITHDRAWN: "关于机密甲的建议", SECRET: "关于机密乙的建议",
}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def engine(pool: "asyncpg.Pool[Any]") -> Engine:
    """Cases of every decision: open, its answer withheld, a summary, protected deputies, confidential since."""
    engine = await with_npc(pool)
    for number, (ref, title) in enumerate(TITLES.items(), 201):
        said = submit(
            case_id=str(UUID(int=number)), number=str(number), title=title, text=TEXT, lead_deputy="王代表",
            delegation="河北代表团", subject="农业农村",
        )  # fmt: skip
        await engine.commands.submit(said, people())
        unit = MARA if ref in (OPEN, PROTECTED) else MOF
        await engine.commands.handle(
            ref, people(), assignment.Assign(to="国务院", at=on("2024-04-02")),
            assignment.SubAssign(unit=unit, role=Role.LEAD, at=on("2024-04-02")),
            replies.Answer(
                unit=unit, category="B", document_no="农办议1号", text=REPLY, served_on="deputies",
                at=on("2024-06-20"), commitments=(Promise(promise="年内修完", due=on("2026-12-31")),),
            ),
            feedback.GiveFeedback(
                unit=unit, result=Satisfaction.SATISFIED, by="王代表", reasons="落实得快", at=on("2024-06-25")
            ),
        )  # fmt: skip
    await _decide(engine)
    await engine.projector.catch_up()
    return engine


async def _decide(engine: Engine) -> None:
    at = on("2024-07-01")

    def decide(part: Part, extent: Extent, reason: str | None = None) -> publication.DecidePublication:
        return publication.DecidePublication(part=part, extent=extent, reason=reason, by="委员会", at=at)

    ask = publication.RequestConfidentiality(by="王代表", reason="涉密", at=on("2024-07-02"))
    protect = publication.ProtectIdentity(by="委员会", reason="保护", at=on("2024-07-02"))
    full = decide(Part.CONTENT, Extent.FULL)
    decisions: dict[str, tuple[Any, ...]] = {
        OPEN: (full, decide(Part.REPLY, Extent.FULL), decide(Part.FEEDBACK, Extent.FULL)),
        KEPT: (full, decide(Part.REPLY, Extent.WITHHELD, REASON)),
        SHORT: (
            decide(Part.CONTENT, Extent.SUMMARY, "涉及个人隐私"),
            decide(Part.REPLY, Extent.SUMMARY, "同上"),
        ),
        PROTECTED: (full, decide(Part.REPLY, Extent.FULL), protect),
        WITHDRAWN: (full, decide(Part.CONTENT, Extent.WITHHELD, "国家秘密")),
        SECRET: (full, ask),
    }
    for ref, acts in decisions.items():
        await engine.commands.handle(ref, people(), *acts)


@pytest_asyncio.fixture(loop_scope="session")
async def site(engine: Engine) -> AsyncIterator[httpx2.AsyncClient]:
    services = services_on(engine.pool, engine.log, engine.commands, Law(official()))
    async with asking(create_app(services, lambda: NOW)) as client:
        yield client


def page_of(ref: str) -> str:
    return f"/public/case/{ref}"


async def found(site: httpx2.AsyncClient, **asked: Any) -> set[str]:
    answer = await site.get("/api/v1/public/cases", params=asked)
    assert answer.status_code == 200, answer.text
    return {line["ref"] for line in answer.json()["items"]}


async def test_what_was_decided_public_in_full_is_shown_whole_and_harmless(site: httpx2.AsyncClient) -> None:
    page = await site.get(page_of(OPEN), params={"lang": "zh"})

    for said in (
        "农村公路年久失修",
        "&lt;b&gt;建议&lt;/b&gt;",
        REPLY,
        "农办议1号",
        "满意",
        "落实得快",
        "年内修完",
        "王代表",
    ):
        assert said in page.text, said
    assert "<b>建议" not in page.text


async def test_a_withheld_answer_says_that_it_is_and_why_and_nothing_of_it(site: httpx2.AsyncClient) -> None:
    zh, en = [await site.get(page_of(KEPT), params={"lang": lang}) for lang in ("zh", "en")]

    assert REASON in zh.text
    assert "不予公开" in zh.text
    assert "This answer is withheld" in en.text
    for page in (zh, en):
        for hidden in (REPLY, "农办议1号", "年内修完", "满意", "落实得快"):
            assert hidden not in page.text, hidden


async def test_the_sentence_tells_the_true_stage_of_a_case_whose_answer_is_withheld(
    site: httpx2.AsyncClient,
) -> None:
    seen = (await site.get(f"/api/v1/cases/{KEPT}/replay")).json()["items"]
    last = {"position": seen[-1]["position"]}
    for address, asked in ((page_of(KEPT), {}), (f"/case/{KEPT}", {}), (f"/case/{KEPT}/replay", last)):
        page = await site.get(address, params={"lang": "en", **asked})

        assert "财政部 answered on 2024-06-20." in page.text
        assert "The deputies have given their feedback." in page.text
        for wrong in ("overdue", "owes a reply", REPLY):
            assert wrong not in page.text, (address, wrong)
    print_out = await site.get(f"/case/{KEPT}/replay.pdf", params={"lang": "en"})
    paper = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(print_out.content)).pages)
    assert "Thedeputieshavegiventheirfeedback." in "".join(paper.split())


async def test_a_step_before_the_last_is_told_as_it_was_seen(site: httpx2.AsyncClient) -> None:
    page = await site.get(f"/case/{KEPT}/replay", params={"step": "1", "lang": "en"})

    assert "judged by the day of the step" in page.text
    assert "feedback" not in page.text.partition('class="stood"')[2]


async def test_a_summary_shows_the_outcome_and_no_text(site: httpx2.AsyncClient) -> None:
    page = await site.get(page_of(SHORT), params={"lang": "zh"})

    assert "涉及个人隐私" in page.text
    assert "摘要公开" in page.text
    for hidden in ("年久失修", REPLY, "农办议1号", "年内修完"):
        assert hidden not in page.text, hidden


async def test_of_protected_deputies_neither_name_nor_text_is_told(site: httpx2.AsyncClient) -> None:
    page = await site.get(page_of(PROTECTED), params={"lang": "zh"})
    data = await site.get("/public/data/cases.jsonl", params={"text": "举报线索"})

    assert page.status_code == 200
    for told in (page.text, data.text):
        assert "举报线索" in told
        for hidden in ("王代表", "河北代表团", "年久失修", REPLY):
            assert hidden not in told, hidden


@pytest.mark.parametrize("ref", [WITHDRAWN, SECRET])
async def test_a_case_that_is_public_no_longer_does_not_exist_there(
    site: httpx2.AsyncClient, ref: str
) -> None:
    missing = await site.get(page_of("npc/14-2/999"))
    page = await site.get(page_of(ref))

    assert (page.status_code, missing.status_code) == (404, 404)
    assert page.text.replace(ref[-3:], "") == missing.text.replace("999", "")
    assert ref not in await found(site)
    assert await found(site, text="机密") == set()
    for name in (*(f"{one}.csv" for one in FILES), "cases.jsonl"):
        assert "机密" not in (await site.get(f"/public/data/{name}")).text


async def test_the_pages_of_the_list_lead_to_one_another_and_to_the_open_data(
    site: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duban.entrypoints.web.public.PAGE", 3)

    begin = (await site.get("/public?lang=en&term=14")).text
    end = (await site.get("/public?term=14&page=2&lang=en")).text

    assert '<a rel="next" href="/public?term=14&amp;page=2">' in begin
    assert 'rel="prev"' not in begin
    assert '<a rel="prev" href="/public?term=14">' in end
    assert "4–4 of 4 cases" in end
    assert 'rel="next"' not in end
    assert all(
        'href="/public/data?term=14">Take these away as open data</a>' in page for page in (begin, end)
    )


async def test_the_read_model_holds_exactly_what_the_policy_lets_the_public_see(engine: Engine) -> None:
    async with seeing(engine.pool, PUBLIC) as seen:
        shown = {line["ref"] for line in await public_search.find(seen, PublicFilter(), limit=100)}
    for ref in TITLES:
        state = await engine.commands.case(await engine.commands.resolve(ref))
        assert (ref in shown) == sees(PUBLIC, case_of(state)).case, ref


async def test_words_are_found_in_title_text_answer_and_unit(site: httpx2.AsyncClient) -> None:
    assert await found(site, text="白洋淀") == {KEPT}
    assert await found(site, text="公") >= {OPEN}
    assert await found(site, text="年久失修") == {OPEN, KEPT}  # not in what is a summary, or protected
    assert await found(site, text="安排资金") == {OPEN}  # not in an answer that is withheld
    assert await found(site, text="农业农村部 公路") == {OPEN}
    assert await found(site, text="公路 水质") == {KEPT}  # each word anywhere in what is published
    assert await found(site, text="养老 水质") == set()
    assert await found(site, text="NPC/14-2/203") == {SHORT}
    assert await found(site, text="%") == set()


async def test_filters_cut_the_list_and_the_figures_alike(site: httpx2.AsyncClient) -> None:
    cut: list[tuple[dict[str, Any], set[str]]] = [
        ({"unit": MARA}, {OPEN, PROTECTED}), ({"year": 2024}, {OPEN, KEPT, SHORT, PROTECTED}), ({"year": 1999}, set()),
        ({"answered": True}, {OPEN}), ({"subject": "教育"}, set()),
        ({"term": 14, "session": 2, "congress": "npc", "text": "养老"}, {SHORT}),
        ({"outcome": "in_progress"}, {OPEN, SHORT, PROTECTED}), ({"stage": "rated"}, {OPEN, KEPT, SHORT, PROTECTED}),
    ]  # fmt: skip
    for asked, expected in cut:
        counts = (await site.get("/api/v1/public/counts", params=asked)).json()
        assert await found(site, **asked) == expected, asked
        assert counts["cases"] == len(expected), asked


async def test_every_figure_of_the_front_page_leads_to_its_cases(site: httpx2.AsyncClient) -> None:
    facets = (await site.get("/api/v1/public/counts")).json()["facets"]

    assert {facet["facet"] for facet in facets} == {"session", "year", "outcome", "unit", "subject"}
    for facet in facets:
        names = ("congress", "term", "session")
        by_session = dict(zip(names, (facet["value"], facet["term"], facet["session"]), strict=True))
        asked = by_session if facet["facet"] == "session" else {facet["facet"]: facet["value"]}
        assert len(await found(site, **asked)) == facet["cases"], facet


@pytest.mark.parametrize(
    "asked", ["year=x", "outcome=gone", "page=0", "page=x", "stage=%00", "text=" + "a" * 201, "term=-1",
              "text=a+b+c+d+e+f+g+h+i"],
)  # fmt: skip
async def test_what_no_filter_can_be_is_refused_in_one_line(site: httpx2.AsyncClient, asked: str) -> None:
    for path in ("/public", "/public/data", "/public/data/cases.csv"):
        answer = await site.get(f"{path}?{asked}")
        assert answer.status_code == 400, (path, answer.status_code)
        assert "Traceback" not in answer.text


async def test_tables_hold_every_column_that_is_described_and_no_formula(site: httpx2.AsyncClient) -> None:
    described = (await site.get("/public/data/schema.json")).json()["tables"]
    for table, (name, file) in zip(described, FILES.items(), strict=True):
        answer = await site.get(f"/public/data/{name}.csv")
        rows = list(csv.reader(io.StringIO(answer.text)))

        assert [column["name"] for column in table["tableSchema"]["columns"]] == list(file.columns) == rows[0]
        assert {row[rows[0].index("position")] for row in rows[1:]} == {answer.headers["duban-position"]}
        assert not [cell for row in rows[1:] for cell in row if cell.startswith(("=", "+", "-", "@"))]
    cases = (await site.get("/public/data/cases.csv")).text
    assert "'=1+2 关于修复农村公路的建议" in cases
    assert not cases.startswith("\ufeff")
    assert (await site.get("/public/data/cases.csv", params={"bom": 1})).text.startswith("\ufeff")


def dictionary() -> str:
    """The columns of every file, as the page for people lists them."""
    lines = []
    for name, file in FILES.items():
        lines += [f"`{name}.csv`", "", "| column | what it means |", "|---|---|"]
        lines += [*(f"| `{column}` | {said} |" for column, said in file.columns.items()), ""]
    return "\n".join(lines)


def test_the_page_for_people_lists_every_column() -> None:
    assert dictionary() in (Path(__file__).parents[3] / "docs/reference/public.md").read_text("utf-8")


async def test_lines_of_json_hold_the_case_with_its_answers_inside(site: httpx2.AsyncClient) -> None:
    answer = await site.get("/public/data/cases.jsonl")
    lines = {line["ref"]: line for line in map(json.loads, answer.text.splitlines())}

    assert set(lines) == {OPEN, KEPT, SHORT, PROTECTED}
    assert lines[OPEN]["text"] == TEXT
    assert lines[OPEN]["replies"][0]["text"] == REPLY
    assert lines[OPEN]["promises"][0]["due_on"] == "2026-12-31"
    assert lines[KEPT]["replies"][0] | {"answered_on": None} == {
        "unit": MOF, "ordinal": 1, "answered_on": None, "extent": "withheld", "reason": REASON, "category": None,
        "outcome": None, "document_no": None, "text": None,
    }  # fmt: skip
    assert lines[KEPT]["ratings"] == lines[KEPT]["promises"] == []


async def test_a_file_is_not_sent_again_to_who_has_it(site: httpx2.AsyncClient) -> None:
    first = await site.get("/public/data/cases.csv")
    again = await site.get("/public/data/cases.csv", headers={"If-None-Match": first.headers["etag"]})
    head = await site.head("/public/data/cases.csv")

    assert (first.status_code, again.status_code, again.text) == (200, 304, "")
    assert head.headers["content-disposition"] == first.headers["content-disposition"]
    assert first.headers["access-control-allow-origin"] == "*"
    assert (await site.get("/public/data/nothing.csv")).status_code == 404


async def test_the_site_needs_no_account_sets_no_visit_and_is_what_robots_may_read(
    site: httpx2.AsyncClient,
) -> None:
    page, case = await site.get("/public"), await site.get(page_of(OPEN))
    searched, board = await site.get("/public", params={"text": "公路"}), await site.get("/")
    robots = await site.get("/robots.txt")

    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "public, max-age=60"
    assert (page.headers["x-robots-tag"], case.headers["x-robots-tag"]) == ("all", "all")
    assert searched.headers["x-robots-tag"].startswith("noindex")
    assert board.headers["x-robots-tag"] == "noindex"
    assert "Disallow: /\n" in robots.text
    assert 'href="/public"' in (await site.get("/sign-in")).text


async def test_a_corrected_answer_is_not_published_in_its_old_words(
    engine: Engine, site: httpx2.AsyncClient
) -> None:
    correct = service.Correct(unit=MARA, what="更正金额", text="更正后的答复。", at=on("2024-07-03"))
    await engine.commands.handle(OPEN, people(), correct)
    await engine.projector.catch_up()

    page = await site.get(page_of(OPEN), params={"lang": "en"})

    assert REPLY not in page.text
    assert "was not recorded here" in page.text
    assert await found(site, text="安排资金") == set()
