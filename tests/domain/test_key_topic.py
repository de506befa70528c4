import pytest

from domain.key_topic import KeyTopic, TopicCommand, TopicEvent, fold_topic
from domain.key_topic_acts import (
    Activity,
    AddCase,
    ChooseTopic,
    CloseTopic,
    HoldActivity,
    MakePlan,
    NameCommittee,
    RemoveCase,
    ReportTopic,
    TopicNotThere,
)
from tests.domain.cases import CASE_ID, on

AT = on("2024-05-20")
CHOOSE = ChooseTopic(
    congress="npc",
    topic_id=CASE_ID,
    title="深化文旅融合",
    year=2024,
    approved_by="委员长会议",
    reason="代表建议比较集中",
    at=AT,
)
COMMITTEE = NameCommittee(
    committee="教科文卫委", lead_units=("文化和旅游部",), taking_part=("国家发展改革委",), at=AT
)
PLAN = MakePlan(plan="座谈、调研、报告", at=AT)
RESEARCH = HoldActivity(
    activity=Activity.FIELD_RESEARCH, place="江苏", finding="标准化先行", at=on("2024-08-20")
)
MEETING = HoldActivity(activity=Activity.SYMPOSIUM, finding="22个部门参加", at=on("2024-11-05"))
REPORT = ReportTopic(to="委员长会议", report="督办情况报告", at=on("2024-12-01"))


def supervised(*commands: TopicCommand) -> KeyTopic:
    topic, events = KeyTopic(), list[TopicEvent]()
    for command in commands:
        decided = topic.decide(command)
        events += decided
        for event in decided:
            topic = topic.evolve(event)
    assert fold_topic(events) == topic
    return topic


def test_a_topic_holds_many_cases_each_of_them_once() -> None:
    first = AddCase(ref="npc/14-2/1", case_id="a", at=AT)
    topic = supervised(CHOOSE, first, first, AddCase(ref="npc/14-2/2", case_id="b", at=AT))
    assert topic.case_ids == ("a", "b")

    fewer = supervised(CHOOSE, first, RemoveCase(ref="npc/14-2/1", case_id="a", at=AT))
    assert fewer.case_ids == ()
    assert fewer.decide(RemoveCase(ref="npc/14-2/1", case_id="a", at=AT)) == []


def test_a_topic_goes_from_its_choice_over_plan_and_research_to_the_report() -> None:
    topic = supervised(CHOOSE, COMMITTEE, PLAN, RESEARCH, MEETING, REPORT, CloseTopic(at=AT))

    assert topic.closed
    assert topic.activities == (Activity.FIELD_RESEARCH, Activity.SYMPOSIUM)
    assert topic.reported_to == ("委员长会议",)
    assert topic.stream_id == f"topic/npc/{CASE_ID}"


@pytest.mark.parametrize(
    ("before", "command"),
    [
        ((), COMMITTEE),
        ((CHOOSE,), CHOOSE),
        ((CHOOSE,), PLAN),
        ((CHOOSE, COMMITTEE), RESEARCH),
        ((CHOOSE, COMMITTEE, PLAN), REPORT),
        ((CHOOSE, COMMITTEE, PLAN, RESEARCH), CloseTopic(at=AT)),
        ((CHOOSE, COMMITTEE, PLAN, RESEARCH, REPORT, CloseTopic(at=AT)), PLAN),
    ],
)
def test_a_step_out_of_turn_is_refused(before: tuple[TopicCommand, ...], command: TopicCommand) -> None:
    with pytest.raises(TopicNotThere):
        supervised(*before, command)
