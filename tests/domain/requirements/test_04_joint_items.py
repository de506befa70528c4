"""Joint items: co-signers confirm, each signatory is served, withdrawal by rule; delegation items go elsewhere."""

from typing import Any

import pytest

from domain.suggestion import feedback, intake, service, signatories, supervision
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Basis, Stage
from tests.domain.cases import (
    ASSIGN,
    CONCLUDE,
    LAW,
    LEAD,
    MARA,
    SATISFIED,
    after,
    answer,
    due,
    given,
    local,
    on,
    submit,
)

JOINT: dict[str, Any] = {"number": None, "lead_deputy": "黄代表", "co_signers": ("马代表", "李代表")}
MA = signatories.ConfirmCoSignature(deputy="马代表", at=on("2024-03-09"))
LI = signatories.DeclineCoSignature(deputy="李代表", reason="不了解情况", at=on("2024-03-09"))
REGISTER = intake.Register(number="3973", at=on("2024-03-10"))
WITHDRAW = signatories.Withdraw(by=("黄代表",), reason="已经解决", at=on("2024-03-20"))


def joint(place: str | None = None) -> Suggestion:
    """A joint suggestion that one of two co-signers has confirmed."""
    command = local(place, **JOINT) if place else submit(**JOINT)
    return given(command, MA, LI, REGISTER)


def served(on_whom: str, at: str = "2024-06-21") -> service.Serve:
    return service.Serve(unit=MARA, on=on_whom, way="挂号信", at=on(at))


def test_a_joint_suggestion_is_not_registered_before_each_co_signer_has_spoken() -> None:
    with pytest.raises(intake.CoSignersOpen, match="李代表"):
        given(submit(**JOINT), MA).decide(REGISTER, LAW)
    with pytest.raises(intake.CoSignersOpen):
        Suggestion().decide(submit(**(JOINT | {"number": "3973"})), LAW)
    assert joint().reply_due_to == ("黄代表", "马代表")


def test_a_co_signer_speaks_once_and_only_who_was_asked() -> None:
    with pytest.raises(signatories.NotACoSigner, match="李代表"):
        given(submit(**JOINT), MA).decide(MA, LAW)
    with pytest.raises(signatories.NotACoSigner, match="none"):
        given(submit()).decide(MA, LAW)


def test_each_signatory_is_served_before_the_case_is_concluded() -> None:
    case = after(after(joint(), ASSIGN), LEAD)
    case = after(case, answer(served_on="黄代表"))
    rated = after(case, SATISFIED.model_copy(update={"by": "黄代表"}))

    with pytest.raises(supervision.NotServed, match="马代表"):
        rated.decide(CONCLUDE, LAW)
    assert after(after(rated, served("马代表")), CONCLUDE).stage is Stage.CONCLUDED


def test_nobody_is_served_the_same_reply_twice() -> None:
    case = after(after(after(joint(), ASSIGN), LEAD), answer(served_on=None))
    assert case.unserved(case.last_reply(MARA)) == ("黄代表", "马代表")

    case = after(after(case, served("黄代表")), served("马代表"))
    with pytest.raises(service.AlreadyServed):
        case.decide(served("马代表"), LAW)


def test_the_lead_deputy_gathers_the_feedback_and_its_term_runs_from_his_receipt() -> None:
    case = after(after(joint("重庆"), ASSIGN), LEAD)
    case = after(case, answer(served_on="马代表"))
    assert not [c for c in case.running_clocks if c.rule == "feedback"]

    case = after(case, served("黄代表", "2024-06-25"))
    assert due(case, "feedback").isoformat() == "2024-07-23"
    gathered = SATISFIED.model_copy(update={"by": "黄代表", "on_behalf_of": ("马代表",)})
    (given_,) = case.decide(gathered, LAW)
    assert isinstance(given_, feedback.FeedbackGiven)
    assert given_.on_behalf_of == ("马代表",)
    with pytest.raises(feedback.NotASignatory):
        case.decide(SATISFIED.model_copy(update={"by": "旁人"}), LAW)


def test_in_beijing_it_is_withdrawn_only_before_the_assignment() -> None:
    assert after(joint("北京"), WITHDRAW).stage is Stage.ENDED

    with pytest.raises(signatories.TooLateToWithdraw, match="assigned"):
        after(joint("北京"), ASSIGN).decide(WITHDRAW.model_copy(update={"at": on("2024-04-20")}), LAW)


def test_in_shanghai_all_who_signed_withdraw_it_together() -> None:
    case = after(joint("上海"), ASSIGN)

    with pytest.raises(signatories.NotEverySignatory, match="马代表"):
        case.decide(WITHDRAW, LAW)
    gone = after(case, WITHDRAW.model_copy(update={"by": ("黄代表", "马代表")}))
    assert (gone.ended_as, gone.closed, gone.running_clocks) == ("withdrawn", True, ())


def test_elsewhere_the_lead_deputy_withdraws_it_and_nobody_else() -> None:
    with pytest.raises(signatories.NotEverySignatory, match="黄代表"):
        joint("山东").decide(WITHDRAW.model_copy(update={"by": ("马代表",)}), LAW)
    assert after(joint("山东"), WITHDRAW).ended_as == "withdrawn"


def test_what_was_answered_is_not_withdrawn() -> None:
    with pytest.raises(signatories.TooLateToWithdraw, match="answered"):
        given(submit(), ASSIGN, LEAD, answer()).decide(WITHDRAW, LAW)


def test_the_reply_to_a_delegation_goes_to_the_delegation() -> None:
    command = local("重庆", number="5", by_delegation=True, delegation="渝中代表团", basis=(Basis.RESEARCH,))
    case = given(command, ASSIGN, LEAD, answer(served_on=None))

    assert case.unserved(case.last_reply(MARA)) == ("渝中代表团",)
    reached = after(case, served("渝中代表团"))
    assert reached.unserved(reached.last_reply(MARA)) == ()


def test_in_chongqing_a_delegation_submits_only_in_session() -> None:
    between = local("重庆", by_delegation=True, delegation="渝中代表团", in_session=False)

    with pytest.raises(intake.OnlyInSession):
        Suggestion().decide(between, LAW)
    elsewhere = local("山东", by_delegation=True, delegation="济南代表团", in_session=False)
    assert given(elsewhere).by_delegation


def test_a_delegation_is_named_and_nobody_co_signs_for_it() -> None:
    cases: tuple[dict[str, Any], ...] = ({}, {"delegation": "渝中代表团", "co_signers": ("马代表",)})
    for facts in cases:
        with pytest.raises(intake.DelegationNotNamed):
            Suggestion().decide(local("山东", by_delegation=True, **facts), LAW)


def test_a_suggestion_speaks_of_one_matter_and_has_its_parts() -> None:
    with pytest.raises(intake.SeveralMatters):
        Suggestion().decide(submit(matters=2), LAW)
    with pytest.raises(intake.PartsMissing, match="analysis, proposal"):
        Suggestion().decide(submit(parts=intake.Parts(facts="水源不足")), LAW)
    whole = intake.Parts(facts="水源不足", analysis="缺少调度", proposal="统一调度")
    assert given(submit(parts=whole)).exists
