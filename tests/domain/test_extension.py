from datetime import date

import pytest

from domain.base import Refusal
from domain.suggestion import commitments, handling, objections, replies
from domain.suggestion.assignment import Assigned
from domain.suggestion.moves import Recount
from domain.suggestion.promises import CommitmentMade
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Role
from tests.domain.cases import (
    ASSIGN,
    EXTEND,
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
    on,
    part,
    submit,
    types,
    unhappy,
)  # fmt: skip

ASK = handling.RequestExtension(unit=MARA, reason="须实地调研", at=on("2024-06-01"))
RECOUNT = Recount(because="2027", at=on("2024-07-05"))
REFUSE = handling.RefuseExtension(unit=MARA, by="代表工作委员会", reason="理由不足", at=on("2024-06-03"))


def handled(*more: object) -> Suggestion:
    return given(submit(), ASSIGN, LEAD, *more)  # type: ignore[arg-type] # commands


def test_a_unit_asks_once_and_is_refused_or_granted_and_may_ask_again() -> None:
    asked = handled(ASK)

    assert asked.extension_requests == (MARA,)
    assert asked.decide(ASK, LAW) == []
    assert types(asked.decide(REFUSE, LAW)) == ["extension-refused"]
    refused = after(asked, REFUSE)
    assert refused.extension_requests == ()
    assert due(refused, "answer") == date(2024, 7, 2)
    granted = after(after(refused, ASK), EXTEND)
    assert (granted.extension_requests, due(granted, "answer_extended")) == ((), date(2024, 10, 8))


def test_what_was_not_asked_is_not_refused_and_nobody_decides_his_own() -> None:
    with pytest.raises(handling.NoExtensionAsked):
        handled().decide(REFUSE, LAW)
    own = REFUSE.model_copy(update={"by": MARA})
    with pytest.raises(Refusal, match=MARA):
        handled(ASK).decide(own, LAW)


def test_the_longer_term_is_given_once_and_by_the_approver_that_the_rules_name() -> None:
    with pytest.raises(handling.AlreadyExtended, match="2024-10-08"):
        handled(EXTEND).decide(EXTEND, LAW)
    shanghai = given(IN_SHANGHAI, ASSIGN, LEAD)
    with pytest.raises(handling.ApproverMissing):
        shanghai.decide(EXTEND, LAW)
    by_itself = EXTEND.model_copy(update={"approver": MARA})
    with pytest.raises(Refusal, match=MARA):
        shanghai.decide(by_itself, LAW)


def test_only_who_owes_a_reply_asks_for_more_time() -> None:
    with pytest.raises(handling.OwesNoReply, match=MARA):
        handled().decide(ASK.model_copy(update={"unit": MOF}), LAW)
    with pytest.raises(handling.NobodyOwesAReply):
        handled(answer()).decide(ASK, LAW)


def without_rules(case: Suggestion) -> Suggestion:
    """As a record kept it that names no rules."""
    (assigned,) = case.decide(ASSIGN, LAW)
    assert isinstance(assigned, Assigned)
    answer = assigned.answer.model_copy(update={"deadline": None})
    return case.evolve(assigned.model_copy(update={"rules_id": None, "answer": answer}))


def test_a_case_held_to_no_rules_has_no_terms_and_takes_categories_as_printed() -> None:
    case = without_rules(given(submit()))
    case = after(after(case, LEAD), part(NDRC, Role.CO_HANDLING))

    assert {c.deadline for c in case.clocks} == {None}
    with pytest.raises(handling.NotExtendable):
        case.decide(EXTEND, LAW)
    replied = after(case, replies.Answer(unit=MARA, category="Z9", served_on="deputies", at=on("2024-06-20")))
    assert (replied.replies[0].category, replied.replies[0].outcome) == ("Z9", None)
    assert case.decide(RECOUNT, LAW) == []
    assert {c.deadline for c in after(replied, unhappy()).running_clocks} == {None}
    promised = replied.decide(
        commitments.Commit(promise="办成", due=on("2026-12-31"), at=on("2024-07-01")), LAW
    )
    assert isinstance(promised[0], CommitmentMade)
    assert promised[0].follow_up is None


def test_a_unit_signs_for_its_part_once_also_where_no_rules_give_it_a_term() -> None:
    case = after(without_rules(given(submit())), LEAD)
    sign = objections.SignFor(unit=MARA, at=on("2024-04-03"))

    (signed,) = case.decide(sign, LAW)

    assert isinstance(signed, objections.SignedFor)
    assert signed.due == ()
    assert case.evolve(signed).decide(sign, LAW) == []
