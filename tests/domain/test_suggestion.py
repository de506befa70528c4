from datetime import date

import pytest

from domain.base import Refusal
from domain.clock import day_of
from domain.provisions import Outcome
from domain.suggestion import assignment, commitments, feedback, handling, intake, replies, supervision
from domain.suggestion.state import ClockStatus
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Role, Satisfaction, Stage
from tests.domain.cases import (
    ANSWER,
    ASSIGN,
    CO,
    COMMIT,
    CONCLUDE,
    EXTEND,
    FULFIL,
    LAW,
    LEAD,
    MARA,
    MOF,
    NDRC,
    OPINE,
    QINGDAO,
    SATISFIED,
    after,
    given,
    on,
    submit,
    types,
)


def test_a_suggestion_with_a_number_is_submitted_and_registered_at_once() -> None:
    events = Suggestion().decide(submit(), LAW)

    assert types(events) == ["submitted", "registered"]
    assert given(submit()).ref == "npc/14-2/3973"


def test_a_suggestion_without_a_number_bears_a_provisional_reference_until_it_is_registered() -> None:
    case = given(submit(number=None))

    assert case.stage is Stage.SUBMITTED
    assert case.ref == "npc/14-2/~000000003973"
    assert after(case, intake.Register(number="17", at=on("2024-03-10"))).ref == "npc/14-2/17"


def test_the_answer_is_due_three_months_after_the_assignment() -> None:
    case = given(submit(), ASSIGN, LEAD)

    (clock,) = case.running_clocks
    assert clock.rule == "answer"
    assert clock.about == MARA
    assert clock.deadline is not None
    assert clock.deadline.due_on == date(2024, 7, 2)


def test_the_unit_takes_over_the_clock_of_the_system_of_organs() -> None:
    case = given(submit(), ASSIGN, LEAD)

    assert [(c.about, c.ended) for c in case.clocks] == [("国务院", ClockStatus.SUPERSEDED), (MARA, None)]


def test_separate_units_each_owe_their_own_reply() -> None:
    apart = [assignment.SubAssign(unit=u, role=Role.SEPARATE, at=on("2024-04-02")) for u in (MARA, NDRC, MOF)]
    case = given(submit(), ASSIGN, *apart)

    case = after(case, ANSWER)

    assert case.stage is Stage.HANDLING
    assert case.owing == (NDRC, MOF)


def test_a_unit_for_reference_owes_nothing() -> None:
    reference = assignment.SubAssign(unit=MOF, role=Role.REFERENCE, at=on("2024-04-02"))
    case = given(submit(), ASSIGN, LEAD, reference)

    assert case.owing == (MARA,)
    with pytest.raises(handling.OwesNoReply, match=MARA):
        case.decide(ANSWER.model_copy(update={"unit": MOF}), LAW)


def test_where_the_rules_ask_for_them_the_lead_cannot_answer_before_co_opinions_are_in() -> None:
    case = given(QINGDAO, ASSIGN, LEAD, CO)

    with pytest.raises(replies.CoOpinionsMissing, match=NDRC):
        case.decide(ANSWER, LAW)
    assert after(after(case, OPINE), ANSWER).stage is Stage.ANSWERED


def test_an_extension_prolongs_the_term_from_the_assignment_and_is_given_once() -> None:
    case = given(submit(), ASSIGN, LEAD, EXTEND)

    (clock,) = case.running_clocks
    assert clock.rule == "answer_extended"
    assert clock.deadline is not None
    # 2 October is in the National Day holiday, which ends on the 7th
    assert clock.deadline.due_on == date(2024, 10, 8)
    with pytest.raises(handling.AlreadyExtended, match="2024-10-08"):
        case.decide(EXTEND, LAW)


def test_an_answer_stops_its_clock_in_time_or_late() -> None:
    in_time = given(submit(), ASSIGN, LEAD, ANSWER)
    late = given(submit(), ASSIGN, LEAD, ANSWER.model_copy(update={"at": on("2024-07-03")}))

    assert in_time.clocks[1].ended is ClockStatus.MET
    assert late.clocks[1].ended is ClockStatus.MET_LATE
    assert in_time.replies[0].outcome == Outcome.RESOLVED


def test_not_satisfied_orders_rehandling_and_lets_the_unit_answer_once_more() -> None:
    unhappy = feedback.GiveFeedback(
        result=Satisfaction.NOT_SATISFIED, reasons="只解释不解决", by="deputies", at=on("2024-07-01")
    )
    case = given(submit(), ASSIGN, LEAD, ANSWER, unhappy)

    assert case.stage is Stage.HANDLING
    again = after(case, ANSWER.model_copy(update={"at": on("2024-07-20")}))
    assert [reply.ordinal for reply in again.replies] == [1, 2]
    assert again.stage is Stage.ANSWERED


def test_a_case_concludes_with_open_commitments_and_they_go_on_living() -> None:
    case = given(submit(), ASSIGN, LEAD, ANSWER, COMMIT, SATISFIED, CONCLUDE)

    assert case.stage is Stage.FOLLOWING_UP
    assert not case.closed
    found = commitments.FollowUp(finding="两个示范县已建成", at=on("2025-06-20"))
    done = after(after(case, found), FULFIL)
    assert done.stage is Stage.CONCLUDED
    assert done.commitments[0].follow_ups == 1
    assert not done.running_clocks


def test_a_commitment_has_the_day_it_names_as_its_deadline_and_a_yearly_follow_up() -> None:
    case = given(submit(), ASSIGN, LEAD, ANSWER, COMMIT)

    due = {c.rule: c.deadline.due_on for c in case.running_clocks if c.deadline}
    assert due["commitment"] == date(2026, 12, 31)
    assert due["follow_up"] == date(2025, 6, 20)


def test_saying_the_same_assignment_twice_changes_nothing() -> None:
    assert given(submit(), ASSIGN, LEAD).decide(LEAD, LAW) == []


def test_late_is_judged_by_the_day_in_china() -> None:
    case = given(submit(), ASSIGN, LEAD)
    clock = case.running_clocks[0]
    assert clock.deadline is not None

    assert day_of(clock.deadline.due_at) == date(2024, 7, 2)
    assert clock.status(clock.deadline.due_at) is ClockStatus.OPEN
    assert clock.status(on("2024-07-03")) is ClockStatus.OVERDUE


BOTH = assignment.SubAssign(unit=NDRC, role=Role.SEPARATE, at=on("2024-04-02"))
EARLY = ANSWER.model_copy(update={"at": on("2024-04-01")})
UNHAPPY_WITHOUT_REASONS = feedback.GiveFeedback(
    result=Satisfaction.NOT_SATISFIED, by="deputies", at=on("2024-07-01")
)


@pytest.mark.parametrize(
    ("before", "command", "refusal"),
    [
        ((), ASSIGN, intake.NotSubmitted),
        ((submit(),), submit(), intake.AlreadySubmitted),
        ((submit(),), intake.Register(number="4", at=on("2024-03-09")), intake.AlreadyRegistered),
        ((submit(number=None),), ASSIGN, assignment.NotRegistered),
        ((submit(),), LEAD, assignment.NotAssigned),
        ((submit(),), ANSWER, assignment.NotAssigned),
        ((submit(), ASSIGN), ASSIGN, assignment.AlreadyAssigned),
        ((submit(), ASSIGN, LEAD), BOTH, assignment.LeadAlreadyNamed),
        ((submit(), ASSIGN, LEAD, CO), BOTH, assignment.AlreadyHasRole),
        ((submit(), ASSIGN, LEAD), EARLY, assignment.BeforeItsCause),
        ((submit(), ASSIGN, LEAD), OPINE, handling.NotCoHandling),
        ((submit(), ASSIGN, LEAD, CO, OPINE), OPINE, handling.OpinionAlreadyGiven),
        ((submit(), ASSIGN, LEAD, ANSWER), ANSWER, replies.AlreadyAnswered),
        ((submit(), ASSIGN, LEAD), ANSWER.model_copy(update={"category": "Z"}), replies.UnknownCategory),
        ((submit(), ASSIGN, LEAD), SATISFIED, feedback.NothingToRate),
        ((submit(), ASSIGN, LEAD, ANSWER, SATISFIED), SATISFIED, feedback.AlreadyRated),
        ((submit(), ASSIGN, LEAD, ANSWER), UNHAPPY_WITHOUT_REASONS, feedback.ReasonsMissing),
        (
            (submit(), ASSIGN, LEAD, ANSWER),
            SATISFIED.model_copy(update={"by": MARA}),
            feedback.RatedByTheRated,
        ),
        ((submit(), ASSIGN, LEAD), COMMIT, commitments.NotAnswered),
        ((submit(), ASSIGN, LEAD, ANSWER, COMMIT), COMMIT, commitments.AlreadyPromised),
        (
            (submit(), ASSIGN, LEAD, ANSWER),
            COMMIT.model_copy(update={"due": on("2024-01-01")}),
            commitments.DueBeforePromise,
        ),
        ((submit(), ASSIGN, LEAD, ANSWER), FULFIL, commitments.NoSuchCommitment),
        ((submit(), ASSIGN, LEAD), CONCLUDE, supervision.RepliesOwed),
        ((submit(), ASSIGN), CONCLUDE, supervision.RepliesOwed),
        ((submit(), ASSIGN, LEAD, ANSWER, SATISFIED, CONCLUDE), ANSWER, assignment.CaseConcluded),
    ],
)
def test_what_the_rules_do_not_allow_is_refused_in_words(before, command, refusal: type[Refusal]) -> None:  # type: ignore[no-untyped-def] # rows of commands
    case = given(*before)

    with pytest.raises(refusal) as refused:
        case.decide(command, LAW)
    assert "{" not in str(refused.value)
    assert len(refused.value.texts()) == 2


def test_feedback_that_may_still_come_keeps_a_case_open_where_the_rules_give_it_a_term() -> None:
    case = given(submit(congress="重庆", place="重庆", number="9", level="province"), ASSIGN, LEAD, ANSWER)

    with pytest.raises(supervision.FeedbackOpen):
        case.decide(CONCLUDE.model_copy(update={"at": on("2024-06-21")}), LAW)
