from datetime import timedelta

from domain.suggestion.agenda import plan
from domain.suggestion.suggestion import Suggestion, fold
from domain.vocabulary import Level, Stage
from tests.domain.cases import (
    ANSWER,
    ASSIGN,
    CO,
    COMMIT,
    CONCLUDE,
    EXTEND,
    FULFIL,
    LEAD,
    MARA,
    NDRC,
    QINGDAO,
    SATISFIED,
    end_of,
    given,
    on,
    submit,
    take,
    types,
)

A_SECOND = timedelta(seconds=1)


def test_reminders_come_before_the_deadline_and_the_mark_comes_after_its_last_second() -> None:
    case = given(submit(), ASSIGN, LEAD)

    early = plan(case, on("2024-04-03"))
    assert early.due == ()
    assert early.next_at == end_of("2024-07-02") - timedelta(days=30)
    at_the_end = plan(case, end_of("2024-07-02"))
    assert [step.key for step in at_the_end.due] == ["answer-reminder-7d:4"]
    assert at_the_end.next_at == end_of("2024-07-02") + A_SECOND
    (overdue,) = plan(case, end_of("2024-07-02") + A_SECOND).due
    assert overdue.key == "answer-overdue:4"


def test_a_step_is_taken_once_and_only_when_it_is_due() -> None:
    case = given(submit(), ASSIGN, LEAD)
    after_the_term = end_of("2024-07-02") + A_SECOND

    assert take(case, "answer-overdue:4", end_of("2024-07-02")) == []
    (event,) = take(case, "answer-overdue:4", after_the_term + timedelta(days=9))
    assert event.type == "suggestion.became-overdue"
    assert event.occurred_at == after_the_term
    assert take(case.evolve(event), "answer-overdue:4", after_the_term) == []


def test_an_extension_gives_the_steps_new_keys() -> None:
    case = given(submit(), ASSIGN, LEAD, EXTEND)

    (overdue,) = plan(case, end_of("2024-10-08") + A_SECOND).due
    assert overdue.key == "answer_extended-overdue:5"


def test_a_co_handling_opinion_lapses_and_frees_the_lead_unit() -> None:
    case = given(QINGDAO, ASSIGN, LEAD, CO)

    (lapse,) = plan(case, end_of("2024-05-06") + A_SECOND).due
    (event,) = take(case, lapse.key, lapse.due_from)
    assert lapse.about == NDRC
    assert event.type == "suggestion.co-opinion-lapsed"
    assert case.evolve(event).missing_opinions(MARA) == ()


def test_feedback_lapses_after_its_term_and_lets_the_case_be_concluded() -> None:
    chongqing = submit(congress="重庆", place="重庆", number="9", level=Level.PROVINCE)
    case = given(chongqing, ASSIGN, LEAD, ANSWER)

    (lapse,) = [s for s in plan(case, on("2024-09-01")).due if s.rule == "feedback"]
    lapsed = case.evolve(take(case, lapse.key, on("2024-09-01"))[0])
    assert lapsed.stage is Stage.RATED
    assert types(lapsed.conclude(CONCLUDE.model_copy(update={"at": on("2024-09-01")}))) == ["concluded"]


def test_a_commitment_is_followed_up_every_year_and_missed_years_are_not_made_up_for() -> None:
    case = given(submit(), ASSIGN, LEAD, ANSWER, COMMIT, SATISFIED, CONCLUDE)

    (first,) = [s for s in plan(case, end_of("2025-06-20")).due if s.rule == "follow_up"]
    assert first.key == "follow_up-due-1:7"
    late = [s for s in plan(case, on("2027-09-01")).due if s.rule == "follow_up"]
    assert [step.key for step in late] == ["follow_up-due-3:7"]
    taken = case.evolve(take(case, late[0].key, on("2027-09-01"))[0])
    assert not [s for s in plan(taken, on("2028-06-19")).due if s.rule == "follow_up"]
    assert [s.key for s in plan(taken, on("2028-06-21")).due if s.rule == "follow_up"] == [
        "follow_up-due-4:7"
    ]


def test_nothing_is_planned_for_a_case_that_is_closed() -> None:
    case = given(submit(), ASSIGN, LEAD, ANSWER, COMMIT, SATISFIED, CONCLUDE, FULFIL)

    assert plan(case, on("2030-01-01")).closed
    assert plan(case, on("2030-01-01")).next_at is None


def test_an_open_case_has_a_next_date_or_says_what_it_waits_for() -> None:
    commands = (submit(number=None),)
    assert plan(given(*commands), on("2024-03-09")).waits == ("registration",)
    assert plan(given(submit()), on("2024-03-09")).waits == ("assignment",)
    assert plan(given(submit(), ASSIGN), on("2024-04-03")).waits == ("sub-assignment",)
    assert plan(given(submit(), ASSIGN, LEAD), on("2024-04-03")).waits == ("reply",)
    assert plan(given(submit(), ASSIGN, LEAD, ANSWER), on("2024-06-21")).waits == ("feedback",)
    assert plan(given(submit(), ASSIGN, LEAD, ANSWER, SATISFIED), on("2024-07-02")).waits == ("conclusion",)


def test_the_same_events_and_moment_give_the_same_plan() -> None:
    case = given(submit(), ASSIGN, LEAD, CO)

    assert plan(case, on("2024-06-30")) == plan(given(submit(), ASSIGN, LEAD, CO), on("2024-06-30"))
    assert fold([]) == Suggestion()
