"""Commitments outlive closing, year's end and term; each has owner, term, evidence, status; "B" needs a date."""

from datetime import date

import pytest

from domain.provisions import Outcome
from domain.suggestion import closing, commitments, feedback, fulfilment, replies, service
from domain.suggestion.agenda import plan
from domain.suggestion.promises import DueBeforePromise, Promise
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Role, Satisfaction, Stage
from tests.domain.cases import (
    ASSIGN,
    CHONGQING,
    COMMIT,
    CONCLUDE,
    FULFIL,
    IN_SHANGHAI,
    LAW,
    LEAD,
    MARA,
    NDRC,
    SATISFIED,
    after,
    answer,
    due,
    given,
    local,
    on,
    part,
    submit,
    take,
    types,
)

ROADS = Promise(promise="2025年底前建成农村公路137公里", due=on("2025-12-31"), measure="公里")
PLANNED = answer(category="B", commitments=(ROADS,))
CLOSED = (submit(), ASSIGN, LEAD, PLANNED, SATISFIED, CONCLUDE)
CHECK = fulfilment.Verify(commitment="c1", by="农委", finding="现场查看属实", at=on("2026-06-01"))
FAILED = fulfilment.Fail(
    reasons="征地未完成", signed_by="局长", copied_to=("代表工作委员会",), at=on("2026-01-20")
)


def test_planned_or_in_progress_without_a_dated_commitment_is_refused() -> None:
    case = given(submit(), ASSIGN, LEAD)

    for promises in ((), (Promise(promise="尽快解决"),)):
        with pytest.raises(replies.PromiseUndated, match="in_progress"):
            case.decide(answer(category="B", commitments=promises), LAW)
    with pytest.raises(replies.PromiseUndated, match="planned"):
        given(IN_SHANGHAI, ASSIGN, LEAD).decide(answer(category="C"), LAW)


def test_the_answer_and_its_commitments_are_one_decision() -> None:
    events = given(submit(), ASSIGN, LEAD).decide(PLANNED, LAW)

    assert types(events) == ["answered", "reply-served", "commitment-made"]
    case = given(submit(), ASSIGN, LEAD, PLANNED)
    assert [(c.id, c.owner) for c in case.commitments] == [("c1", MARA)]
    assert due(case, "commitment", "c1") == date(2025, 12, 31)
    with pytest.raises(DueBeforePromise):
        given(submit(), ASSIGN, LEAD).decide(
            answer(category="B", commitments=(ROADS.model_copy(update={"due": on("2024-01-01")}),)), LAW
        )


def test_a_change_of_category_says_who_and_why_and_needs_the_promise_too() -> None:
    case = given(submit(), ASSIGN, LEAD, answer())
    change = service.Reclassify(
        unit=MARA, category="B", by="代表工作委员会", reason="尚未解决", at=on("2024-07-01")
    )

    with pytest.raises(replies.PromiseUndated):
        case.decide(change, LAW)
    changed = after(case, change.model_copy(update={"commitments": (ROADS,)}))
    reply = changed.last_reply(MARA)
    assert (reply.first_category, reply.category, reply.outcome) == ("A", "B", Outcome.IN_PROGRESS)
    assert after(changed, change.model_copy(update={"category": "C"})).last_reply(MARA).category == "C"
    with pytest.raises(service.SameCategory):
        changed.decide(change, LAW)


def test_a_commitment_lives_on_after_the_case_is_concluded() -> None:
    case = given(*CLOSED)

    assert (case.stage, case.closed) == (Stage.FOLLOWING_UP, False)
    assert due(case, "commitment") == date(2025, 12, 31)
    with pytest.raises(closing.NotClosed):
        case.decide(closing.Archive(by="档案室", at=on("2024-08-01")), LAW)


def test_it_is_carried_over_each_turn_of_the_year_and_into_the_next_term() -> None:
    case = given(*CLOSED)

    (step,) = [s for s in plan(case, on("2025-01-02")).due if s.key.startswith("commitment-year")]
    case = case.evolve(take(case, step.key, on("2025-01-02"))[0])
    assert case.commitments[0].carried_over == ("2025",)
    assert not [s for s in plan(case, on("2025-06-01")).due if s.key.startswith("commitment-year")]
    term = fulfilment.CarryOver(into="15", at=on("2028-03-05"))
    over = after(case, term)
    assert over.commitments[0].carried_over == ("2025", "15")
    assert over.decide(term, LAW) == []


def test_years_that_passed_unseen_are_carried_over_once() -> None:
    steps = [s for s in plan(given(*CLOSED), on("2027-05-01")).due if s.key.startswith("commitment-year")]

    assert [step.rule for step in steps] == ["2027"]


def test_progress_has_evidence_and_fulfilment_is_verified_by_somebody_else() -> None:
    moved = fulfilment.ReportProgress(progress="已建成90公里", evidence="验收单", at=on("2025-06-01"))
    case = after(after(given(*CLOSED), moved), FULFIL)
    assert case.commitments[0].progress == 1

    with pytest.raises(fulfilment.VerifiedByThePromiser):
        case.decide(CHECK.model_copy(update={"by": MARA}), LAW)
    checked = after(case, CHECK)
    assert (checked.commitments[0].verified_by, checked.stage) == ("农委", Stage.CONCLUDED)
    with pytest.raises(fulfilment.NothingToVerify):
        checked.decide(CHECK, LAW)


def test_a_fulfilment_that_does_not_hold_opens_the_promise_again_with_its_term() -> None:
    case = after(after(given(*CLOSED), FULFIL), CHECK.model_copy(update={"holds": False}))

    assert (case.stage, case.commitments[0].open) == (Stage.FOLLOWING_UP, True)
    assert due(case, "commitment") == date(2025, 12, 31)
    assert due(case, "follow_up") == date(2027, 6, 1)


def test_a_promise_that_cannot_be_kept_ends_with_signed_reasons() -> None:
    case = after(given(*CLOSED), FAILED)

    assert case.stage is Stage.CONCLUDED
    assert case.commitments[0].failed_because == "征地未完成"
    with pytest.raises(commitments.NoSuchCommitment):
        case.decide(FAILED, LAW)


def test_in_chongqing_the_deputies_rate_the_fulfilment_too() -> None:
    case = given(CHONGQING, ASSIGN, LEAD, PLANNED, SATISFIED, CONCLUDE)
    assert due(case, "follow_up") == date(2024, 12, 31)
    told = fulfilment.ReportFulfilment(commitment="c1", report="已完成六成", at=on("2024-12-02"))
    rate = fulfilment.RateFulfilment(
        commitment="c1",
        result=Satisfaction.NOT_SATISFIED,
        reasons="进度慢",
        by="deputies",
        at=on("2024-12-10"),
    )

    with pytest.raises(fulfilment.NotReported):
        case.decide(rate, LAW)
    case = after(case, told)
    assert due(case, "fulfilment_feedback") == date(2024, 12, 30)
    with pytest.raises(fulfilment.VerifiedByThePromiser):
        case.decide(rate.model_copy(update={"by": MARA}), LAW)
    with pytest.raises(feedback.ReasonsMissing):
        case.decide(rate.model_copy(update={"reasons": None}), LAW)
    assert after(case, rate).commitments[0].rated is Satisfaction.NOT_SATISFIED


def test_a_second_rating_that_is_not_given_lapses() -> None:
    told = fulfilment.ReportFulfilment(commitment="c1", report="已完成", at=on("2024-12-02"))
    case = after(given(CHONGQING, ASSIGN, LEAD, PLANNED, SATISFIED, CONCLUDE), told)

    (lapse,) = [s for s in plan(case, on("2024-12-31")).due if s.rule == "fulfilment_feedback"]
    lapsed = case.evolve(take(case, lapse.key, on("2024-12-31"))[0])
    assert not [c for c in lapsed.running_clocks if c.rule == "fulfilment_feedback"]
    assert after(lapsed, FULFIL).closed


def test_a_concluded_case_is_opened_again_and_one_without_anything_open_is_archived() -> None:
    reopen = closing.Reopen(by="代表工作委员会", reason="情况有变", at=on("2024-09-01"))
    reopened = after(given(*CLOSED), reopen)
    assert (reopened.stage, reopened.concluded) == (Stage.RATED, False)
    with pytest.raises(closing.NotConcluded):
        reopened.decide(reopen, LAW)

    archived = after(after(given(*CLOSED), FAILED), closing.Archive(by="档案室", at=on("2026-02-01")))
    assert archived.archived_as == "npc/14-2/3973"
    with pytest.raises(closing.FileArchived):
        archived.decide(reopen.model_copy(update={"at": on("2026-03-01")}), LAW)


def test_each_unit_makes_and_keeps_its_own_commitments() -> None:
    case = given(submit(), ASSIGN, *(part(u, Role.SEPARATE) for u in (MARA, NDRC)), PLANNED)
    other = Promise(promise="安排中央预算内投资", due=on("2025-06-30"))

    both: Suggestion = after(case, answer(NDRC, category="B", commitments=(other,)))
    assert [(c.id, c.owner) for c in both.commitments] == [("c1", MARA), ("c2", NDRC)]
    with pytest.raises(commitments.NoSuchCommitment, match="c1, c2"):
        both.decide(FULFIL, LAW)
    with pytest.raises(fulfilment.UnknownCommitment, match="c9"):
        both.decide(CHECK.model_copy(update={"commitment": "c9"}), LAW)


def test_a_second_reply_stands_behind_the_promise_that_is_still_open() -> None:
    unhappy = feedback.GiveFeedback(
        result=Satisfaction.NOT_SATISFIED, reasons="太慢", by="deputies", at=on("2024-07-01")
    )
    case = given(local("浙江"), ASSIGN, LEAD, PLANNED, unhappy)

    assert types(case.decide(answer(category="B", at="2024-07-20"), LAW))[0] == "answered"
    assert given(submit(), ASSIGN, LEAD, answer(), COMMIT).open_commitments[0].promise == COMMIT.promise
