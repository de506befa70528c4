"""What few cases come to: each path of the domain that no ordinary life takes."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.rules import rules_by_id
from domain.suggestion import contacts, evolution, feedback, fulfilment, handling, intake, objections, replies
from domain.suggestion import state as case_state
from domain.suggestion.agenda import plan
from domain.suggestion.fulfilment import FulfilmentReported
from domain.suggestion.objections import Reassigned
from domain.vocabulary import Level, Role, Satisfaction, Stage
from tests.domain.cases import (
    ANSWER,
    ASSIGN,
    CHONGQING,
    CO,
    COMMIT,
    CONCLUDE,
    IN_SHANGHAI,
    LAW,
    LEAD,
    MARA,
    MOF,
    NDRC,
    after,
    answer,
    due,
    given,
    local,
    on,
    part,
    submit,
    types,
)  # fmt: skip


def test_an_objection_is_waited_for_by_name() -> None:
    case = given(
        submit(), ASSIGN, LEAD, objections.Object(unit=MARA, reasons="非本单位职责", at=on("2024-04-05"))
    )

    assert "decision on an objection" in plan(case, on("2024-04-06")).waits


def test_a_unit_may_promise_more_than_one_thing() -> None:
    case = given(submit(), ASSIGN, LEAD, ANSWER, COMMIT, COMMIT.model_copy(update={"promise": "编制规划"}))

    assert [c.promise for c in case.commitments] == ["2026年底前建成3个示范县", "编制规划"]


def test_only_the_lead_asks_for_an_opinion_again_and_only_for_one_that_came() -> None:
    case = given(CHONGQING, ASSIGN, LEAD, CO)
    ask = contacts.AskOpinionAgain(unit=NDRC, by=MARA, reason="意见为空", at=on("2024-04-20"))

    with pytest.raises(contacts.NoOpinionToRedo):
        case.decide(ask, LAW)
    with pytest.raises(contacts.NotTheLead):
        case.decide(ask.model_copy(update={"by": MOF}), LAW)
    given_again = after(after(case, handling.GiveOpinion(unit=NDRC, at=on("2024-04-10"))), ask)
    assert due(given_again, "co_opinion_redo", NDRC) == date(2024, 4, 26)


def test_what_was_not_answered_is_not_rated() -> None:
    rate = feedback.GiveFeedback(unit=MARA, result=Satisfaction.SATISFIED, by="deputies", at=on("2024-07-01"))

    with pytest.raises(feedback.NothingToRate, match=MARA):
        given(submit(), ASSIGN, LEAD).decide(rate, LAW)


def test_where_the_rules_know_no_second_rating_the_report_alone_is_recorded() -> None:
    case = given(submit(), ASSIGN, LEAD, ANSWER, COMMIT)
    report = fulfilment.ReportFulfilment(commitment="c1", report="已建成一个县", at=on("2025-01-10"))

    (reported,) = case.decide(report, LAW)

    assert isinstance(reported, FulfilmentReported)
    assert reported.feedback is None
    assert case.evolve(reported).commitments[0].reported


def test_an_opinion_that_is_in_is_not_asked_for_by_signing() -> None:
    opined = given(IN_SHANGHAI, ASSIGN, LEAD, CO, handling.GiveOpinion(unit=NDRC, at=on("2024-04-03")))

    signed = after(opined, objections.SignFor(unit=NDRC, at=on("2024-04-04")))

    assert not [c for c in signed.running_clocks if c.rule == "co_opinion"]


def test_a_reassignment_restarts_the_term_where_the_rules_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    case = given(
        submit(), ASSIGN, LEAD,
        objections.Object(unit=MARA, reasons="非本单位职责", at=on("2024-04-05")),
        objections.DecideObjection(unit=MARA, upheld=True, by="委员会", at=on("2024-04-08")),
    )  # fmt: skip
    rules = rules_by_id("npc@2015-08-29")
    restarts = rules.model_copy(
        update={"reassignment_clock": rules.reassignment_clock.model_copy(update={"value": "restarts"})}
    )
    monkeypatch.setattr(case_state, "rules_by_id", lambda _: restarts)

    (moved,) = case.decide(objections.Reassign(unit=MARA, to=MOF, by="委员会", at=on("2024-04-10")), LAW)

    assert isinstance(moved, Reassigned)
    assert moved.due is not None
    assert moved.due.deadline is not None
    assert (moved.clock, moved.due.deadline.due_on) == ("restarts", date(2024, 7, 10))


def test_an_answer_may_bear_no_category() -> None:
    assert given(submit(), ASSIGN, LEAD, answer(category=None)).replies[0].category is None


def test_a_case_concludes_unrated_where_no_term_for_feedback_runs() -> None:
    case = given(submit(), ASSIGN, LEAD, ANSWER, COMMIT, CONCLUDE)

    assert case.stage is Stage.FOLLOWING_UP


@pytest.mark.parametrize("text", ["一行\t二列", "一行\n二行", "响\x07铃", "  "])
def test_a_line_of_text_is_one_line_of_text(text: str) -> None:
    with pytest.raises(ValidationError):
        replies.Answer(unit=text, at=on("2024-06-20"))


def test_prose_may_have_paragraphs_but_no_control_characters() -> None:
    paragraphs = handling.GiveOpinion(unit=NDRC, opinion="第一段\n第二段", at=on("2024-04-28"))

    assert types(
        given(local("浙江", Level.PROVINCE), ASSIGN, LEAD, part(NDRC, Role.CO_HANDLING)).decide(
            paragraphs, LAW
        )
    )
    with pytest.raises(ValidationError, match="control characters"):
        handling.GiveOpinion(unit=NDRC, opinion="响\x07铃", at=on("2024-04-28"))


def test_an_event_that_changes_nothing_is_a_version_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    case = given(submit())
    version = case.version
    monkeypatch.setitem(evolution.FACETS, intake.Registered, lambda state, event: state)

    later = case.evolve(intake.Registered(number="1", ref=case.ref, occurred_at=on("2024-05-01")))

    assert (later.version, case.version) == (version + 1, version)
