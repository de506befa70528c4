"""Clock table per jurisdiction and version, not "90 days"; old cases keep the old rule."""

from datetime import date

import pytest

from domain.suggestion import assignment, objections
from domain.vocabulary import Level, Role
from tests.domain.cases import ASSIGN, LEAD, MARA, NDRC, answer, due, given, local, on, part, submit, unhappy


def test_the_answer_is_due_three_calendar_months_after_the_assignment_not_ninety_days() -> None:
    case = given(submit(), ASSIGN, LEAD)

    assert due(case, "answer") == date(2024, 7, 2)
    assert due(case, "answer") != date(2024, 7, 1)  # 2 April and 90 days


@pytest.mark.parametrize(
    ("place", "level", "days"),
    [
        ("全国", Level.NATIONAL, date(2024, 4, 13)),  # 10 days from receipt on the 3rd
        ("上海", Level.PROVINCE, date(2024, 4, 15)),  # 7 working days; the 7th is a make-up workday
        ("浙江", Level.PROVINCE, date(2024, 4, 13)),  # 10 days
        ("山东", Level.PROVINCE, date(2024, 4, 8)),  # 5 days
        ("青岛", Level.CITY, date(2024, 4, 11)),  # 5 working days
    ],
)
def test_the_term_to_object_from_receipt_differs_by_place(place: str, level: Level, days: date) -> None:
    congress = "npc" if level is Level.NATIONAL else place
    case = given(
        local(place, level, congress=congress),
        ASSIGN,
        LEAD,
        objections.SignFor(unit=MARA, at=on("2024-04-03")),
    )

    assert due(case, "objection") == days


@pytest.mark.parametrize("place", ["河南", "重庆"])
def test_elsewhere_the_term_to_object_runs_from_the_assignment(place: str) -> None:
    case = given(local(place), ASSIGN, LEAD)

    assert due(case, "objection") == date(2024, 4, 17)  # 10 working days over Tomb-sweeping Day


@pytest.mark.parametrize(
    ("place", "level", "day"),
    [
        ("上海", Level.PROVINCE, date(2024, 5, 6)),  # a month: 2 May is a holiday
        ("浙江", Level.PROVINCE, date(2024, 6, 2)),  # two months
        ("重庆", Level.PROVINCE, date(2024, 5, 16)),  # 30 working days
    ],
)
def test_a_co_handling_opinion_is_due_after_one_or_two_months_or_working_days(
    place: str, level: Level, day: date
) -> None:
    case = given(local(place, level), ASSIGN, LEAD, part(NDRC, Role.CO_HANDLING))

    assert due(case, "co_opinion", NDRC) == day


@pytest.mark.parametrize(
    ("place", "day"), [("北京", date(2024, 7, 11)), ("河南", date(2024, 7, 4)), ("重庆", date(2024, 7, 18))]
)
def test_feedback_is_due_after_ten_to_twenty_working_days(place: str, day: date) -> None:
    assert due(given(local(place), ASSIGN, LEAD, answer()), "feedback") == day


@pytest.mark.parametrize(
    ("place", "day"), [("北京", date(2024, 9, 1)), ("浙江", date(2024, 8, 1)), ("重庆", date(2024, 9, 1))]
)
def test_the_second_reply_is_due_after_one_or_two_months(place: str, day: date) -> None:
    assert due(given(local(place), ASSIGN, LEAD, answer(), unhappy()), "rehandling") == day


def test_between_sessions_the_congress_itself_has_a_term_to_assign() -> None:
    between = local("青岛", Level.CITY, in_session=False, at=on("2024-09-27"))

    # 29 (a make-up Sunday) and 30 September, 8, 9 and 10 October
    assert due(given(between), "dispatch") == date(2024, 10, 10)
    assert not given(between, ASSIGN.model_copy(update={"at": on("2024-10-08")})).owing


def test_an_old_case_keeps_the_old_rule() -> None:
    before = assignment.Assign(to="省政府", at=on("2017-07-31"))
    after = assignment.Assign(to="省政府", at=on("2017-08-01"))
    handed_in = local("河南", at=on("2017-02-01"))

    assert given(handed_in, before).rules_id == "henan@2000-05-27"
    assert given(handed_in, after).rules_id == "henan@2017-07-28"
