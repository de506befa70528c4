"""Key supervision is an overlay over many cases (topic, committee, plan, meetings, research, report), not a flag."""

import pytest

from domain.key_topic import KeyTopic, TopicCommand
from domain.key_topic_acts import (
    Activity,
    AddCase,
    ChooseTopic,
    CloseTopic,
    HoldActivity,
    MakePlan,
    NameCommittee,
    ReportTopic,
    TopicNotThere,
)
from domain.suggestion import contacts, objections, supervision
from domain.suggestion.agenda import plan
from domain.vocabulary import Stage
from tests.domain.cases import ASSIGN, CASE_ID, LAW, LEAD, MARA, after, answer, given, on, submit, take, types

AT = on("2024-05-20")
UNDER = supervision.PutUnder(topic="深化文旅融合", committee="教科文卫委", at=AT)
INSPECT = supervision.Inspect(by="教科文卫委", place="江苏", finding="村晚活动规范有序", at=on("2024-08-20"))


def topic(cases: int) -> KeyTopic:
    """A topic over so many cases, up to its report."""
    found = KeyTopic()
    steps: tuple[TopicCommand, ...] = (
        ChooseTopic(
            congress="npc", topic_id=CASE_ID, title="深化文旅融合", year=2024, approved_by="委员长会议", at=AT
        ),
        *(AddCase(ref=f"npc/14-2/{n}", case_id=str(n), at=AT) for n in range(cases)),
        NameCommittee(committee="教科文卫委", lead_units=("文化和旅游部",), at=AT),
        MakePlan(plan="座谈、调研、报告", at=AT),
        HoldActivity(activity=Activity.SYMPOSIUM, finding="22个部门参加", at=AT),
        HoldActivity(activity=Activity.FIELD_RESEARCH, place="江苏", finding="标准化先行", at=AT),
        ReportTopic(to="委员长会议", report="督办情况", at=AT),
    )
    for command in steps:
        for event in found.decide(command):
            found = found.evolve(event)
    return found


def test_one_topic_holds_many_suggestions_with_committee_plan_meetings_research_and_report() -> None:
    found = topic(24)

    assert len(found.cases) == 24
    assert (found.committee, found.plan) == ("教科文卫委", "座谈、调研、报告")
    assert found.activities == (Activity.SYMPOSIUM, Activity.FIELD_RESEARCH)
    assert found.reported_to == ("委员长会议",)


def test_no_step_of_the_supervision_is_skipped() -> None:
    bare = KeyTopic()
    (chosen,) = bare.decide(
        ChooseTopic(
            congress="npc", topic_id=CASE_ID, title="深化文旅融合", year=2024, approved_by="会议", at=AT
        )
    )
    for step in (
        MakePlan(plan="方案", at=AT),
        ReportTopic(to="委员长会议", report="报告", at=AT),
        CloseTopic(at=AT),
    ):
        with pytest.raises(TopicNotThere):
            bare.evolve(chosen).decide(step)


def test_a_case_may_lie_under_several_topics_at_any_stage_and_leave_them() -> None:
    other = UNDER.model_copy(update={"topic": "乡村振兴"})
    case = given(submit(), UNDER, ASSIGN, LEAD, other)

    assert case.key_topics == ("深化文旅融合", "乡村振兴")
    assert case.stage is Stage.HANDLING
    assert case.decide(UNDER, LAW) == []
    release = supervision.Release(topic="乡村振兴", reason="办结", at=AT)
    assert after(case, release).key_topics == ("深化文旅融合",)
    with pytest.raises(supervision.NotUnderKeySupervision):
        after(case, release).decide(release, LAW)


def test_being_under_key_supervision_changes_neither_who_owes_what_nor_by_when() -> None:
    before = given(submit(), ASSIGN, LEAD)
    under = after(before, UNDER)

    assert (under.owing, under.clocks) == (before.owing, before.clocks)


def test_the_committee_inspects_and_a_leader_leads() -> None:
    leads = contacts.AppointLeader(unit=MARA, leader="副部长", at=AT)
    case = given(submit(), ASSIGN, LEAD, leads, INSPECT)

    assert (case.leaders, case.inspections) == (((MARA, "副部长"),), 1)
    assert case.decide(leads, LAW) == []
    with pytest.raises(objections.OwnCause):
        case.decide(INSPECT.model_copy(update={"by": MARA}), LAW)


def test_a_late_reply_climbs_the_ladder_of_reminders_rung_by_rung() -> None:
    case = given(submit(), ASSIGN, LEAD)  # due on 2 July
    climbed = []
    for day in ("2024-07-03", "2024-07-10", "2024-07-18", "2024-08-02"):
        for step in plan(case, on(day)).due:
            (event,) = take(case, step.key, on(day))
            case = case.evolve(event)
            climbed.append(getattr(event, "to", None) or event.type.removeprefix("suggestion."))

    assert climbed == ["became-overdue", "unit_head", "commission", "chairpersons"]
    assert plan(case, on("2024-12-01")).due == ()
    assert types(case.decide(answer(at="2024-08-05"), LAW)) == ["answered", "reply-served"]
