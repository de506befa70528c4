from datetime import datetime, timedelta

from domain.key_topic import KeyTopic, TopicCommand
from domain.key_topic_acts import (
    Activity,
    ChooseTopic,
    CloseTopic,
    HoldActivity,
    MakePlan,
    NameCommittee,
    ReportTopic,
)
from domain.suggestion.steps import TakeStep
from domain.topic_agenda import plan, steps_due, terms
from tests.domain.cases import end_of, on

CHOOSE = ChooseTopic(
    congress="npc",
    topic_id="2024-03",
    title="深化文旅融合",
    year=2024,
    approved_by="委员长会议",
    at=on("2024-04-01"),
)
NAME = NameCommittee(committee="教科文卫委", at=on("2024-04-10"))
PLAN = MakePlan(plan="方案", at=on("2024-05-06"))
SYMPOSIUM = HoldActivity(activity=Activity.SYMPOSIUM, finding="有进展", at=on("2024-07-01"))
RESEARCH = HoldActivity(activity=Activity.FIELD_RESEARCH, finding="有进展", at=on("2024-08-01"))
REPORT = ReportTopic(to="委员长会议", report="报告", at=on("2024-12-01"))


def given(*commands: TopicCommand) -> KeyTopic:
    topic = KeyTopic()
    for command in commands:
        for event in topic.decide(command):
            topic = topic.evolve(event)
    return topic


def due(topic: KeyTopic, as_of: datetime) -> list[str]:
    return [step.key for step in plan(topic, as_of).due]


def taken(topic: KeyTopic, as_of: datetime) -> KeyTopic:
    for step in plan(topic, as_of).due:
        for event in steps_due(topic, TakeStep(key=step.key, as_of=as_of)):
            topic = topic.evolve(event)
    return topic


def test_nothing_is_owed_before_a_committee_is_named() -> None:
    assert plan(given(CHOOSE), on("2030-01-01")).next_at is None


def test_the_plan_is_asked_for_before_its_day_and_every_month_after_it() -> None:
    topic = given(CHOOSE, NAME)
    due_at = end_of("2024-05-10")

    assert plan(topic, on("2024-04-11")).next_at == due_at - timedelta(days=7)
    assert due(topic, due_at - timedelta(days=7)) == ["plan-reminder-7d:2"]
    topic = taken(topic, due_at - timedelta(days=7))
    assert plan(topic, on("2024-05-04")).next_at == due_at + timedelta(seconds=1)
    late = taken(topic, on("2024-05-12"))
    assert late.steps_taken == {"plan-reminder-7d:2", "plan-late-0:2"}
    assert due(late, on("2024-08-20")) == ["plan-late-3:2"]  # of the months that passed only the latest


def test_what_is_done_is_asked_for_no_more() -> None:
    owed = {step.duty for step in plan(given(CHOOSE, NAME, PLAN), on("2026-01-01")).due}

    assert owed == {"symposium", "field-research", "report"}
    done = given(CHOOSE, NAME, PLAN, SYMPOSIUM, RESEARCH, REPORT)
    assert plan(done, on("2026-01-01")).due == ()
    assert (plan(done, on("2026-01-01")).stage, done.closed) == ("reported", False)
    assert plan(
        given(CHOOSE, NAME, PLAN, SYMPOSIUM, REPORT, CloseTopic(at=on("2025-01-01"))), on("2026-01-01")
    ).closed


def test_a_reminder_is_given_once_and_says_to_whom() -> None:
    topic = given(CHOOSE, NAME)
    step = TakeStep(key="plan-late-0:2", as_of=on("2024-05-12"))

    (reminded,) = steps_due(topic, step)

    assert (reminded.duty, reminded.to, reminded.due_at) == ("plan", "教科文卫委", end_of("2024-05-10"))
    assert steps_due(topic.evolve(reminded), step) == []


def test_the_terms_are_data() -> None:
    assert [(term.duty, term.after, term.months) for term in terms()] == [
        ("plan", "committee-named", 1), ("symposium", "plan-made", 3),
        ("field-research", "plan-made", 5), ("report", "plan-made", 8),
    ]  # fmt: skip
