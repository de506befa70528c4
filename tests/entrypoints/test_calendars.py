"""The calendar as the package publishes it, and as a late notice amends it."""

from datetime import date, timedelta

from domain.clock import compute
from domain.rules import rules_by_id
from domain.work_calendar import Amendment
from duban.calendars import official
from tests.domain.notices import BY_HAND, NOTICES

# The notice for 2024 gives New Year's Day alone, "with the weekend"; the package counts the weekend in.
WITH_THE_WEEKEND = (date(2023, 12, 30), date(2023, 12, 31))
QINGDAO = rules_by_id("qingdao@2021-07-29")


def test_the_packages_days_are_those_of_the_notices_typed_in_by_hand() -> None:
    day = date(min(NOTICES), 1, 1)
    while day <= BY_HAND.horizon:
        assert official().is_workday(day) == BY_HAND.is_workday(day), day
        announced = BY_HAND.is_statutory_holiday(day) or day in WITH_THE_WEEKEND
        assert official().is_statutory_holiday(day) == announced, day
        assert official().is_make_up(day) == BY_HAND.is_make_up(day), day
        day += timedelta(days=1)


def test_the_calendar_is_published_to_the_end_of_its_last_year_and_named_after_its_package() -> None:
    calendar = official()

    assert (calendar.first, calendar.horizon.month, calendar.horizon.day) == (date(2004, 1, 1), 12, 31)
    assert calendar.version.startswith(f"cn-official/{calendar.horizon.year}@chinesecalendar-")


def test_days_have_the_name_of_their_holiday() -> None:
    assert official().name_of(date(2026, 10, 3)) == "National Day"
    assert official().name_of(date(2026, 10, 10)) == "National Day"  # worked in exchange for it
    assert official().name_of(date(2026, 10, 17)) is None  # a plain weekend


def test_a_late_notice_makes_a_new_calendar_and_moves_the_dates_it_touches() -> None:
    notice = Amendment(
        name="notice-2026-09-01",
        holidays={date(2026, 9, 30): "National Day"},
        make_up={date(2026, 10, 11): "National Day"},
        ordinary=(date(2026, 10, 10),),
    )

    calendar = BY_HAND.amended(notice)

    before = compute(QINGDAO, "objection", date(2026, 9, 28), BY_HAND, anchor_event="test")
    after = compute(QINGDAO, "objection", date(2026, 9, 28), calendar, anchor_event="test")
    assert (before.due_on, after.due_on) == (date(2026, 10, 10), date(2026, 10, 12))
    assert after.derivation.calendar == "by-hand/2026+notice-2026-09-01"
    assert BY_HAND.is_workday(date(2026, 9, 30))


def test_a_notice_for_the_next_year_moves_the_horizon_and_settles_what_was_provisional() -> None:
    notice = Amendment(
        name="2027",
        holidays={date(2027, 1, n): "New Year's Day" for n in (1, 2, 3)},
        horizon=date(2027, 12, 31),
    )

    calendar = BY_HAND.amended(notice)

    before = compute(QINGDAO, "answer", date(2026, 10, 1), BY_HAND, anchor_event="test")
    after = compute(QINGDAO, "answer", date(2026, 10, 1), calendar, anchor_event="test")
    assert (before.due_on, before.provisional) == (date(2027, 1, 1), True)
    assert (after.due_on, after.provisional) == (date(2027, 1, 4), False)


def test_amendments_are_applied_in_turn_and_the_later_prevails() -> None:
    off = Amendment(name="off", holidays={date(2026, 9, 30): "National Day"})
    worked = Amendment(name="worked", ordinary=(date(2026, 9, 30),))

    calendar = BY_HAND.amended(off, worked)

    assert calendar.version == "by-hand/2026+off+worked"
    assert calendar.is_workday(date(2026, 9, 30))
