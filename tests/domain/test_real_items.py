"""The twenty real items of the dossier, each ending in the outcome its source reports; people bear pseudonyms."""

from datetime import date
from typing import Any

import pytest

from domain.key_topic import KeyTopic, TopicCommand
from domain.key_topic_acts import Activity, AddCase, ChooseTopic, HoldActivity, MakePlan, NameCommittee
from domain.motion import Motion, MotionStage
from domain.motion_acts import (
    AskOpinion,
    Convert,
    Dispose,
    Disposition,
    GiveMotionOpinion,
    MergeMotion,
    MotionCommand,
    Move,
    RegisterMotion,
)
from domain.provisions import Outcome
from domain.suggestion import acceptance, assignment, intake, publication, service, signatories, supervision
from domain.suggestion.promises import Promise
from domain.suggestion.records import ClockStatus
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Extent, Level, Part, Role, Stage
from tests.domain.cases import CASE_ID, after, answer, given, local, on, part, submit

MNR = "自然资源部"
NHC, MOE, MARA, MCT, MEE, NDRC = (
    "国家卫生健康委", "教育部", "农业农村部", "文化和旅游部", "生态环境部", "国家发展改革委",
)  # fmt: skip


def handled(
    command: intake.Submit, assigned: str, lead: str, answered: str, category: str = "A", **more: Any
) -> Suggestion:
    """Assigned to one lead unit, with co-handling units, and answered."""
    co = [part(unit, Role.CO_HANDLING, assigned) for unit in more.pop("co", ())]
    asked = assignment.Assign(to="承办系统", at=on(assigned))
    number = [] if command.number else [intake.Register(number="1", at=on(assigned))]
    reply = answer(lead, answered, category=category, **more)
    return given(command, *number, asked, part(lead, at=assigned), *co, reply)


def npc(term: int, session: int, number: str, year: int, **facts: Any) -> intake.Submit:
    return submit(term=term, session=session, number=number, at=on(f"{year}-03-10"), **facts)


@pytest.mark.parametrize(
    ("command", "assigned", "lead", "answered", "category", "co", "outcome", "late"),
    [
        (npc(13, 1, "1949", 2018), "2018-04-10", NHC, "2018-09-25", "D", (), Outcome.REFERENCE, True),
        (npc(13, 3, "4849", 2020), "2020-06-09", MOE, "2020-08-31", "C", (), Outcome.NOT_NOW, False),
        (npc(13, 5, "3", 2022), "2022-04-01", MOE, "2022-06-30", "D", (), Outcome.REFERENCE, False),
        (npc(14, 1, "7947", 2023), "2023-04-11", MARA, "2023-07-05", "A", (NDRC, MNR), Outcome.RESOLVED, False),
        (npc(14, 1, "6390", 2023), "2023-04-11", MCT, "2023-07-10", "A", (), Outcome.RESOLVED, False),
        (npc(14, 2, "1037", 2024), "2024-04-02", MEE, "2024-06-28", "A", (NDRC, "财政部"), Outcome.RESOLVED, False),
        (npc(12, 4, "5185", 2016), "2016-04-06", MARA, "2016-07-01", "A", ("财政部",), Outcome.RESOLVED, False),
        (local("广州", Level.CITY, term=16, session=5, at=on("2025-02-20")), "2025-03-01", "市水务局", "2025-05-20",
         "A", ("市农业农村局",), Outcome.RESOLVED, False),
    ],
    ids=["1", "2", "3", "5", "6", "8", "9", "16"],
)  # fmt: skip
def test_a_suggestion_with_one_lead_ends_in_the_outcome_its_source_reports(
    command: intake.Submit, assigned: str, lead: str, answered: str, category: str,
    co: tuple[str, ...], outcome: Outcome, late: bool,
) -> None:  # fmt: skip
    case = handled(command, assigned, lead, answered, category, co=co)

    assert case.last_reply(lead).outcome is outcome
    assert any(c.ended is ClockStatus.MET_LATE for c in case.clocks) is late
    assert case.stage is Stage.ANSWERED


def test_4_three_ministries_answer_for_the_helan_mountains_each_for_its_part() -> None:
    units = ("自然资源部", MEE, NDRC)
    apart = [part(unit, Role.SEPARATE, "2021-04-08", part="本部门职能") for unit in units]
    asked = assignment.Assign(to="国务院", at=on("2021-04-08"))
    case = given(npc(13, 4, "6905", 2021), asked, *apart, answer(NDRC, "2021-07-05"))

    assert (case.owing, case.stage) == (("自然资源部", MEE), Stage.HANDLING)
    assert (
        after(after(case, answer(MEE, "2021-07-06")), answer("自然资源部", "2021-07-07")).stage
        is Stage.ANSWERED
    )


def test_7_a_joint_suggestion_for_qingyang_is_answered_to_both_deputies() -> None:
    both = npc(14, 2, "3973", 2024, lead_deputy="甲代表", co_signers=("乙代表",)).model_copy(
        update={"number": None}
    )
    signed = given(both, signatories.ConfirmCoSignature(deputy="乙代表", at=on("2024-03-11")))
    for command in (
        intake.Register(number="3973", at=on("2024-03-12")),
        assignment.Assign(to="国务院", at=on("2024-04-02")),
        part(MARA),
        part(NDRC, Role.CO_HANDLING),
        answer(MARA, served_on="甲代表"),
        service.Serve(unit=MARA, on="乙代表", at=on("2024-06-21")),
    ):
        signed = after(signed, command)

    assert signed.unserved(signed.last_reply(MARA)) == ()
    assert signed.ref == "npc/14-2/3973"


def test_10_six_deputies_get_support_promised_in_the_place_of_what_they_asked_for() -> None:
    others = tuple(f"代表{n}" for n in range(2, 7))
    joint = submit(term=13, number=None, lead_deputy="代表1", co_signers=others, at=on("2019-03-10"))
    case = given(joint, *(signatories.ConfirmCoSignature(deputy=d, at=on("2019-03-11")) for d in others))
    for command in (
        intake.Register(number="10", at=on("2019-03-12")),
        assignment.Assign(to="国务院", at=on("2019-04-11")),
        part(MARA, at="2019-04-11"),
        answer(MARA, "2019-07-01", category="D"),
    ):
        case = after(case, command)

    assert len(case.reply_due_to) == 6
    assert case.last_reply(MARA).outcome is Outcome.REFERENCE


def moved(*commands: MotionCommand) -> Motion:
    motion = Motion()
    for command in commands:
        for event in motion.decide(command):
            motion = motion.evolve(event)
    return motion


def motion(place: str, level: Level, number: int, movers: int) -> tuple[MotionCommand, ...]:
    at = on("2017-03-08")
    names = tuple(f"代表{n}" for n in range(movers))
    facts = {
        "congress": place,
        "motion_id": CASE_ID,
        "level": level,
        "grounds": "案据",
        "plan": "方案",
        "at": at,
    }
    return (
        Move.model_validate({**facts, "movers": names, "subject": "议案", "term": 13, "session": 2}),
        RegisterMotion(number=str(number), at=at),
    )


def test_11_a_ministry_supports_a_motion_in_its_opinion_to_the_committee() -> None:
    at = on("2017-12-22")
    found = moved(
        *motion("npc", Level.NATIONAL, 452, 31),
        Dispose(disposition=Disposition.AFTER_SESSION, committee="环资委", at=at),
        AskOpinion(organ="环境保护部", at=at),
        GiveMotionOpinion(organ="环境保护部", document_no="环建函〔2017〕27号", supports=True, at=at),
    )

    assert (found.opinions, found.committee) == (("环境保护部",), "环资委")


def test_12_a_key_topic_of_2024_holds_its_suggestions_with_twenty_two_departments() -> None:
    at = on("2024-08-20")
    departments = tuple(f"部门{n}" for n in range(22))
    topic = KeyTopic()
    commands: tuple[TopicCommand, ...] = (
        ChooseTopic(
            congress="npc", topic_id=CASE_ID, title="深化文旅融合", year=2024, approved_by="委员长会议", at=at
        ),
        AddCase(ref="npc/14-2/1", case_id="1", at=at),
        AddCase(ref="npc/14-2/2", case_id="2", at=at),
        NameCommittee(committee="教科文卫委", lead_units=(MCT,), taking_part=departments, at=at),
        MakePlan(plan="督办工作方案", at=at),
        HoldActivity(activity=Activity.FIELD_RESEARCH, finding="实地调研", at=at),
        HoldActivity(activity=Activity.SYMPOSIUM, finding="全国会议", at=on("2024-11-15")),
    )
    for command in commands:
        for event in topic.decide(command):
            topic = topic.evolve(event)

    assert (len(topic.cases), len(topic.taking_part), topic.lead_units) == (2, 22, (MCT,))


def test_13_the_river_outfalls_keep_a_ledger_and_are_published() -> None:
    ledger = (Promise(promise="建成入河排污口监测体系", due=on("2025-12-31")),)
    case = handled(npc(14, 2, "13", 2024), "2024-04-02", MEE, "2024-06-20", "B", commitments=ledger)
    public = publication.DecidePublication(
        part=Part.REPLY, unit=MEE, extent=Extent.FULL, by="代表工作委员会", at=on("2024-08-01")
    )

    assert after(case, public).publications[0].extent == "full"
    assert len(case.open_commitments) == 1


def test_14_the_sichuan_delegation_sees_a_draft_first() -> None:
    command = npc(11, 2, "14", 2009, by_delegation=True, delegation="四川代表团")
    asked = assignment.Assign(to="国务院", at=on("2009-04-01"))
    case = given(
        command,
        asked,
        part(NDRC, at="2009-04-01"),
        service.SendDraft(unit=NDRC, at=on("2009-06-10")),
        service.CommentDraft(unit=NDRC, by="四川代表团", comment="同意", at=on("2009-06-15")),
        answer(NDRC, "2009-06-25", served_on="四川代表团"),
    )

    assert case.unserved(case.last_reply(NDRC)) == ()


def test_15_in_huainan_class_b_promises_137_kilometres_of_road_within_the_year() -> None:
    roads = (Promise(promise="2023年建设农村公路137公里", due=on("2023-12-31"), measure="137公里"),)
    command = local("淮南", Level.CITY, term=17, session=3, number="182", at=on("2023-01-10"))
    case = handled(command, "2023-02-10", "市交通运输局", "2023-05-05", "B", commitments=roads)

    (clock,) = [c for c in case.running_clocks if c.rule == "commitment"]
    assert clock.deadline is not None
    assert clock.deadline.due_on == date(2023, 12, 31)
    assert case.last_reply("市交通运输局").category == "B"


@pytest.mark.parametrize(
    ("place", "level", "total", "kept"),
    [("湖北", Level.PROVINCE, 30, 1), ("常州", Level.CITY, 30, 4)],
    ids=["17", "18"],
)
def test_most_motions_become_suggestions(place: str, level: Level, total: int, kept: int) -> None:
    at = on("2019-01-17")
    accepted = Dispose(disposition=Disposition.AFTER_SESSION, committee="专门委员会", at=at)
    converted = (Dispose(disposition=Disposition.TO_SUGGESTION, at=at), Convert(at=at))

    found = [
        moved(*motion(place, level, n, 11), *((accepted,) if n <= kept else converted))
        for n in range(1, total + 1)
    ]
    assert sum(1 for m in found if m.stage is MotionStage.CONVERTED) == total - kept
    merged = moved(*motion(place, level, 3, 11), accepted, MergeMotion(into=found[0].ref, at=at))
    assert merged.merged_into == f"{place}/13-2/motion-1"


def test_19_two_near_duplicates_are_answered_face_to_face() -> None:
    command = local("某市", Level.CITY, term=13, session=4, number="19", at=on("2021-03-01"))
    twin = acceptance.Merge(into="某市/13-4/18", reason="内容相近", at=on("2021-03-05"))
    asked = assignment.Assign(to="市政府", at=on("2021-06-20"))
    reply = answer("市畜牧局", "2021-09-16", in_person=True)
    case = given(command, twin, asked, part("市畜牧局", at="2021-06-20"), reply)

    assert case.merged_into == "某市/13-4/18"
    assert case.last_reply("市畜牧局").in_person


def test_20_five_suggestions_of_dongtou_are_one_key_item_and_each_deputy_is_answered() -> None:
    at = "2016-03-10"
    cases = [
        given(
            local("洞头", Level.COUNTY, term=13, session=5, number=number, lead_deputy=f"代表{number}", at=on(at)),
            *([acceptance.Merge(into="洞头/13-5/27", reason="扶持民办学前教育", at=on(at))] if number != "27" else []),
            supervision.PutUnder(topic="扶持民办学前教育", committee="教科文卫工委", at=on(at)),
            assignment.Assign(to="区政府", at=on(at)),
            part("区教育局", at=at),
            answer("区教育局", "2016-06-01", served_on=f"代表{number}"),
        )
        for number in ("27", "62", "127", "132", "136")
    ]  # fmt: skip

    assert [case.merged_into for case in cases] == [None] + ["洞头/13-5/27"] * 4
    assert all(case.key_topics and not case.unserved(case.replies[0]) for case in cases)
