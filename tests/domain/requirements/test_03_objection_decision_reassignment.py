"""Objection, decision, reassignment as a trail; no self-forwarding; two-hop ownership."""

from datetime import date

import pytest

from domain.rules import rules_in_force
from domain.suggestion import assignment, objections, supervision
from domain.suggestion.agenda import plan
from domain.vocabulary import Role, Stage
from tests.domain.cases import (
    ASSIGN,
    CHONGQING,
    CO,
    CONCLUDE,
    LAW,
    LEAD,
    MARA,
    MOF,
    NDRC,
    QINGDAO,
    after,
    answer,
    due,
    given,
    on,
    part,
    submit,
    take,
    types,
)

SIGN = objections.SignFor(unit=MARA, at=on("2024-04-03"))
OBJECT = objections.Object(unit=MARA, reasons="不属于我部职责", written=True, at=on("2024-04-08"))
UPHELD = objections.DecideObjection(unit=MARA, upheld=True, by="代表工作委员会", at=on("2024-04-10"))
REFUSED = UPHELD.model_copy(update={"upheld": False, "reason": "属于主要职责"})
REASSIGN = objections.Reassign(unit=MARA, to=NDRC, by="国务院办公厅", reason="异议成立", at=on("2024-04-12"))


def test_the_case_goes_from_the_system_of_organs_to_a_unit_in_two_hops() -> None:
    assigned = given(submit(), ASSIGN)
    assert (assigned.stage, assigned.owing) == (Stage.ASSIGNED, ())
    assert due(assigned, "answer", "国务院") == date(2024, 7, 2)

    sub_assigned = after(assigned, LEAD)
    assert sub_assigned.owing == (MARA,)
    assert due(sub_assigned, "answer") == date(2024, 7, 2)


def test_an_upheld_objection_relieves_the_unit_and_the_reply_is_owed_where_it_was_assigned_to() -> None:
    case = given(submit(), ASSIGN, LEAD, SIGN, OBJECT, UPHELD)

    assert case.owing == ()
    assert due(case, "answer", "国务院") == date(2024, 7, 2)
    assert "reassignment" in plan(case, on("2024-04-11")).waits


def test_reassignment_continues_the_term_and_records_the_policy() -> None:
    case = given(submit(), ASSIGN, LEAD, SIGN, OBJECT, UPHELD)

    (event,) = case.decide(REASSIGN, LAW)
    assert isinstance(event, objections.Reassigned)
    assert (event.clock, event.role, event.by) == ("continues", Role.LEAD, "国务院办公厅")
    moved = case.evolve(event)
    assert moved.owing == (NDRC,)
    assert [c.about for c in moved.running_clocks] == [NDRC]
    assert due(moved, "answer") == date(2024, 7, 2)
    assert after(moved, answer(NDRC)).stage is Stage.ANSWERED


def test_a_reassignment_without_an_objection_moves_an_extended_term_as_it_stands() -> None:
    extended = assignment.SubAssign(unit=MARA, role=Role.LEAD, at=on("2024-04-02"))
    case = given(submit(), ASSIGN, extended, REASSIGN)

    assert case.owing == (NDRC,)
    assert due(case, "answer", NDRC) == date(2024, 7, 2)


def test_a_refused_objection_forces_handling() -> None:
    case = given(QINGDAO, ASSIGN, LEAD, SIGN, OBJECT, REFUSED)

    assert case.owing == (MARA,)
    with pytest.raises(objections.ObjectionClosed, match="refused"):
        case.decide(OBJECT, LAW)
    assert after(case, answer()).stage is Stage.ANSWERED


def test_an_objection_comes_in_writing_where_the_rules_say_so() -> None:
    oral = OBJECT.model_copy(update={"written": False})

    with pytest.raises(objections.ObjectionInWriting):
        given(QINGDAO, ASSIGN, LEAD, SIGN).decide(oral, LAW)
    assert types(given(submit(), ASSIGN, LEAD, SIGN).decide(oral, LAW)) == ["objection-raised"]


def test_a_late_objection_is_marked_late_and_not_heard_where_the_rules_do_not_accept_it() -> None:
    case = given(QINGDAO, ASSIGN, LEAD, SIGN)

    (event,) = case.decide(OBJECT.model_copy(update={"at": on("2024-04-12")}), LAW)
    assert isinstance(event, objections.ObjectionRaised)
    assert event.late
    rules = rules_in_force("qingdao", date(2024, 4, 2))
    strict = rules.model_copy(
        update={"objection_late": rules.objection_late.model_copy(update={"value": "not_accepted"})}
    )
    with pytest.raises(objections.ObjectionTooLate):
        objections.ensure_heard(strict, "ref", MARA, late=True)
    objections.ensure_heard(strict, "ref", MARA, late=False)


def test_the_term_to_object_passes_without_anyone_being_late() -> None:
    case = given(CHONGQING, ASSIGN, LEAD)

    (lapse,) = [s for s in plan(case, on("2024-04-18")).due if s.rule == "objection"]
    (event,) = take(case, lapse.key, on("2024-04-18"))
    assert event.type == "suggestion.term-lapsed"
    assert [c.rule for c in case.evolve(event).running_clocks] == ["answer"]


def test_the_congress_has_a_term_to_assign_anew_where_the_rules_give_one() -> None:
    case = given(CHONGQING, ASSIGN, LEAD, OBJECT)

    assert due(case, "redispatch") == date(2024, 4, 22)
    assert [c.rule for c in given(CHONGQING, ASSIGN, LEAD, OBJECT, REFUSED).running_clocks] == ["answer"]


def test_no_unit_can_pass_its_part_on_by_itself() -> None:
    case = given(submit(), ASSIGN, LEAD)

    with pytest.raises(assignment.SelfForwarding):
        case.decide(part(NDRC, by=MARA), LAW)
    with pytest.raises(assignment.SelfForwarding):
        case.decide(REASSIGN.model_copy(update={"by": MARA}), LAW)


def test_nobody_decides_his_own_objection() -> None:
    with pytest.raises(objections.OwnCause):
        given(submit(), ASSIGN, LEAD, OBJECT).decide(UPHELD.model_copy(update={"by": MARA}), LAW)


def test_a_unit_that_answers_has_taken_the_case_on() -> None:
    case = given(CHONGQING, ASSIGN, LEAD, OBJECT, answer())

    assert case.open_objections == ()
    assert {c.rule for c in case.running_clocks} == {"feedback"}


def test_a_case_is_not_concluded_while_a_part_has_no_unit() -> None:
    apart = [part(u, Role.SEPARATE) for u in (MARA, NDRC)]
    case = given(submit(), ASSIGN, *apart, OBJECT, UPHELD, answer(NDRC))

    assert case.stage is Stage.HANDLING
    with pytest.raises(supervision.StillOpen):
        case.decide(CONCLUDE, LAW)
    taken_over = after(case, part(MOF, Role.SEPARATE))
    assert taken_over.unplaced == ()
    assert taken_over.owing == (MOF,)


def test_a_relieved_co_handling_unit_is_not_waited_for() -> None:
    co_objects = OBJECT.model_copy(update={"unit": NDRC})
    upheld = UPHELD.model_copy(update={"unit": NDRC})
    case = given(QINGDAO, ASSIGN, LEAD, CO, co_objects, upheld)

    assert case.missing_opinions(MARA) == ()
    over = after(case, REASSIGN.model_copy(update={"unit": NDRC, "to": MOF}))
    assert over.missing_opinions(MARA) == (MOF,)


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (SIGN.model_copy(update={"unit": MOF}), objections.TakesNoPart),
        (UPHELD, objections.NoObjection),
        (REASSIGN.model_copy(update={"unit": MOF}), objections.NothingToTakeOver),
        (REASSIGN.model_copy(update={"to": MARA}), assignment.AlreadyHasRole),
        (objections.Coordinate(units=(MOF,), by="办公厅", outcome="一致", at=on("2024-05-01")), objections.TakesNoPart),
    ],
)  # fmt: skip
def test_what_cannot_follow_is_refused(command, refusal: type[Exception]) -> None:  # type: ignore[no-untyped-def] # rows
    with pytest.raises(refusal):
        given(submit(), ASSIGN, LEAD).decide(command, LAW)


def test_signing_twice_is_signing_once_and_objecting_after_the_answer_is_refused() -> None:
    assert given(submit(), ASSIGN, LEAD, SIGN).decide(SIGN, LAW) == []
    with pytest.raises(objections.ObjectionClosed, match="answered"):
        given(submit(), ASSIGN, LEAD, answer()).decide(OBJECT, LAW)
    with pytest.raises(objections.ObjectionClosed, match="already"):
        given(submit(), ASSIGN, LEAD, OBJECT).decide(OBJECT, LAW)
