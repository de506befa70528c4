"""Lead, co-handling, separate and reference in one case; more replies are due than there are cases."""

import pytest

from domain.figures import figures
from domain.suggestion import contacts, handling, objections, replies
from domain.suggestion.agenda import plan
from domain.vocabulary import Role, Stage
from tests.domain.cases import (
    ASSIGN,
    CHONGQING,
    CO,
    IN_SHANGHAI,
    LAW,
    LEAD,
    MARA,
    MOF,
    NDRC,
    OPINE,
    QINGDAO,
    after,
    answer,
    given,
    on,
    part,
    submit,
    take,
)


def test_the_lead_cannot_answer_until_the_co_opinions_are_in() -> None:
    case = given(QINGDAO, ASSIGN, LEAD, CO)

    with pytest.raises(replies.CoOpinionsMissing, match=NDRC):
        case.decide(answer(), LAW)
    assert after(after(case, OPINE), answer()).stage is Stage.ANSWERED


def test_or_until_their_lapse_is_recorded() -> None:
    case = given(QINGDAO, ASSIGN, LEAD, CO)

    (lapse,) = [s for s in plan(case, on("2024-05-07")).due if s.rule == "co_opinion"]
    lapsed = case.evolve(take(case, lapse.key, on("2024-05-07"))[0])
    assert after(lapsed, answer()).stage is Stage.ANSWERED


def test_an_empty_opinion_is_asked_for_again_and_blocks_the_answer_again() -> None:
    again = contacts.AskOpinionAgain(unit=NDRC, by=MARA, reason="没有实质内容", at=on("2024-05-06"))
    case = given(CHONGQING, ASSIGN, LEAD, CO, OPINE, again)

    with pytest.raises(replies.CoOpinionsMissing, match=NDRC):
        case.decide(answer(), LAW)
    redone = after(case, handling.GiveOpinion(unit=NDRC, opinion="建议列入规划", at=on("2024-05-10")))
    assert after(redone, answer()).stage is Stage.ANSWERED


def test_separate_units_each_owe_their_own_reply() -> None:
    case = given(submit(), ASSIGN, *(part(u, Role.SEPARATE) for u in (MARA, NDRC, MOF)))

    assert case.owing == (MARA, NDRC, MOF)
    assert after(case, answer(NDRC)).owing == (MARA, MOF)
    assert after(after(after(case, answer(NDRC)), answer(MOF)), answer()).stage is Stage.ANSWERED


def test_a_case_assigned_to_a_unit_at_once_still_lets_each_separate_unit_keep_its_clock() -> None:
    to_the_first = ASSIGN.model_copy(update={"to": MARA})
    case = given(submit(), to_the_first, part(MARA, Role.SEPARATE), part(NDRC, Role.SEPARATE))

    assert sorted(c.about for c in case.running_clocks) == sorted([MARA, NDRC])


def test_a_unit_for_reference_owes_nothing() -> None:
    case = given(submit(), ASSIGN, LEAD, part(MOF, Role.REFERENCE))

    assert case.owing == (MARA,)
    assert not [c for c in case.clocks if c.about == MOF]


def test_several_leads_agree_before_one_of_them_answers_where_the_rules_say_so() -> None:
    case = given(IN_SHANGHAI, ASSIGN, LEAD, part(NDRC))
    agreed = objections.Coordinate(
        units=(MARA, NDRC), by="市政府办公厅", outcome="分工一致", at=on("2024-05-06")
    )

    with pytest.raises(replies.LeadsMustAgree):
        case.decide(answer(), LAW)
    assert after(after(case, agreed), answer()).owing == (NDRC,)
    elsewhere = given(submit(), ASSIGN, LEAD, part(NDRC))
    assert after(elsewhere, answer()).owing == (NDRC,)


def test_more_replies_are_due_than_there_are_cases() -> None:
    apart = given(submit(), ASSIGN, *(part(u, Role.SEPARATE) for u in (MARA, NDRC, MOF)))
    together = given(submit(), ASSIGN, LEAD, CO)

    counted = figures([apart, together])
    assert (counted.cases, counted.replies_due) == (2, 4)
