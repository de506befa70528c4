"""Feedback bypasses the handler; attitude and result apart; lapses kept out of the rate; escalation."""

from fractions import Fraction

import pytest

from domain.figures import figures
from domain.suggestion import contacts, escalation, feedback, supervision
from domain.suggestion.agenda import plan
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import ContactWay, Role, Satisfaction, Stage
from tests.domain.cases import (
    ASSIGN,
    CHONGQING,
    CO,
    CONCLUDE,
    LAW,
    LEAD,
    MARA,
    NDRC,
    SATISFIED,
    after,
    answer,
    given,
    local,
    on,
    part,
    submit,
    take,
    types,
    unhappy,
)

AGAIN = answer(at="2024-07-20")
STILL_UNHAPPY = unhappy("2024-07-25")


def test_the_units_that_handled_it_neither_rate_nor_collect_the_rating() -> None:
    case = given(submit(), ASSIGN, LEAD, CO, answer())

    for facts in ({"by": MARA}, {"by": NDRC}, {"channel": MARA}):
        with pytest.raises(feedback.RatedByTheRated):
            case.decide(SATISFIED.model_copy(update=facts), LAW)


def test_attitude_and_result_are_rated_apart_and_the_form_says_where_it_comes_from() -> None:
    call = contacts.RecordContact(unit=MARA, way=ContactWay.CALL, official="王处长", at=on("2024-05-08"))
    case = given(submit(), ASSIGN, LEAD, call, answer())
    form = SATISFIED.model_copy(
        update={"attitude": Satisfaction.SATISFIED, "result": Satisfaction.BASICALLY, "channel": "平台"}
    )

    (event,) = case.decide(form, LAW)
    assert isinstance(event, feedback.FeedbackGiven)
    assert (event.attitude, event.result) == (Satisfaction.SATISFIED, Satisfaction.BASICALLY)
    assert (event.channel, event.after_contact) == ("平台", True)


def test_not_satisfied_needs_reasons() -> None:
    with pytest.raises(feedback.ReasonsMissing):
        given(submit(), ASSIGN, LEAD, answer()).decide(unhappy(reasons=None), LAW)


def lapsed() -> Suggestion:
    """A case whose deputies let the term for feedback pass."""
    case = given(CHONGQING, ASSIGN, LEAD, answer())
    (lapse,) = [s for s in plan(case, on("2024-09-01")).due if s.rule == "feedback"]
    return case.evolve(take(case, lapse.key, on("2024-09-01"))[0])


def test_forms_that_were_not_returned_are_shown_and_kept_out_of_the_rate() -> None:
    happy = given(CHONGQING, ASSIGN, LEAD, answer(), SATISFIED)
    not_happy = given(CHONGQING, ASSIGN, LEAD, answer(), unhappy())

    counted = figures([happy, not_happy, lapsed()])
    assert (counted.replies_given, counted.unreturned) == (3, 1)
    assert counted.rates.satisfied == Fraction(1, 2)
    assert figures([lapsed()]).rates.satisfied is None


def test_not_satisfied_orders_rehandling_and_a_second_reply() -> None:
    case = given(local("浙江"), ASSIGN, LEAD, answer(), unhappy())

    assert (case.stage, case.owing) == (Stage.HANDLING, (MARA,))
    assert [r.ordinal for r in after(case, AGAIN).replies] == [1, 2]


@pytest.mark.parametrize(
    ("place", "way"),
    [
        ("重庆", "commission_decides"),
        ("河南", "expert_evaluation"),
        ("上海", "joint_meeting"),
        ("浙江", "unstated"),
    ],
)
def test_a_second_not_satisfied_is_taken_further_in_the_way_the_rules_name(place: str, way: str) -> None:
    case = given(local(place), ASSIGN, LEAD, answer(), unhappy(), AGAIN)

    _, event = case.decide(STILL_UNHAPPY, LAW)
    assert isinstance(event, feedback.Escalated)
    assert event.way == way


def test_what_was_taken_further_is_decided_and_may_be_handled_once_more() -> None:
    case = given(CHONGQING, ASSIGN, LEAD, answer(), unhappy(), AGAIN, STILL_UNHAPPY)
    resolve = escalation.ResolveEscalation(
        unit=MARA, by="代表工作委员会", finding="应当列入计划", rehandle=True, at=on("2024-08-05")
    )

    assert "decision on an escalation" in plan(case, on("2024-08-01")).waits
    with pytest.raises(supervision.StillOpen):
        case.decide(CONCLUDE.model_copy(update={"at": on("2024-08-01")}), LAW)
    once_more = after(case, resolve)
    assert once_more.owing == (MARA,)
    third = after(once_more, answer(at="2024-09-01"))
    assert third.replies[-1].ordinal == 3
    left = after(case, resolve.model_copy(update={"rehandle": False}))
    assert types(left.decide(CONCLUDE.model_copy(update={"at": on("2024-08-06")}), LAW)) == ["concluded"]
    with pytest.raises(escalation.NothingEscalated):
        left.decide(resolve, LAW)


def test_each_separate_reply_is_rated_by_itself() -> None:
    apart = [part(u, Role.SEPARATE) for u in (MARA, NDRC)]
    case = given(submit(), ASSIGN, *apart, answer(), answer(NDRC))

    with pytest.raises(feedback.NothingToRate):
        case.decide(SATISFIED, LAW)
    one = after(case, SATISFIED.model_copy(update={"unit": MARA}))
    assert one.stage is Stage.ANSWERED
    assert after(one, unhappy(unit=NDRC)).owing == (NDRC,)
