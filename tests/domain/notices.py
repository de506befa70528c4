"""The State Council General Office's holiday notices of 2020-2026, typed in by hand, for the tests alone."""

from collections.abc import Iterator
from datetime import date, timedelta

from domain.work_calendar import WorkCalendar

# Per year: holiday periods "month/day-month/day", then the weekend days worked in exchange.
NOTICES: dict[int, tuple[dict[str, str], str]] = {
    2020: (
        {
            "1/1": "New Year's Day",
            "1/24-2/2": "Spring Festival",
            "4/4-4/6": "Tomb-sweeping Day",
            "5/1-5/5": "Labour Day",
            "6/25-6/27": "Dragon Boat Festival",
            "10/1-10/8": "National Day",
        },
        "1/19 4/26 5/9 6/28 9/27 10/10",
    ),
    2021: (
        {
            "1/1-1/3": "New Year's Day",
            "2/11-2/17": "Spring Festival",
            "4/3-4/5": "Tomb-sweeping Day",
            "5/1-5/5": "Labour Day",
            "6/12-6/14": "Dragon Boat Festival",
            "9/19-9/21": "Mid-autumn Festival",
            "10/1-10/7": "National Day",
        },
        "2/7 2/20 4/25 5/8 9/18 9/26 10/9",
    ),
    2022: (
        {
            "1/1-1/3": "New Year's Day",
            "1/31-2/6": "Spring Festival",
            "4/3-4/5": "Tomb-sweeping Day",
            "4/30-5/4": "Labour Day",
            "6/3-6/5": "Dragon Boat Festival",
            "9/10-9/12": "Mid-autumn Festival",
            "10/1-10/7": "National Day",
            "12/31": "New Year's Day",
        },
        "1/29 1/30 4/2 4/24 5/7 10/8 10/9",
    ),
    2023: (
        {
            "1/1-1/2": "New Year's Day",
            "1/21-1/27": "Spring Festival",
            "4/5": "Tomb-sweeping Day",
            "4/29-5/3": "Labour Day",
            "6/22-6/24": "Dragon Boat Festival",
            "9/29-10/6": "National Day",
        },
        "1/28 1/29 4/23 5/6 6/25 10/7 10/8",
    ),
    2024: (
        {
            "1/1": "New Year's Day",
            "2/10-2/17": "Spring Festival",
            "4/4-4/6": "Tomb-sweeping Day",
            "5/1-5/5": "Labour Day",
            "6/10": "Dragon Boat Festival",
            "9/15-9/17": "Mid-autumn Festival",
            "10/1-10/7": "National Day",
        },
        "2/4 2/18 4/7 4/28 5/11 9/14 9/29 10/12",
    ),
    2025: (
        {
            "1/1": "New Year's Day",
            "1/28-2/4": "Spring Festival",
            "4/4-4/6": "Tomb-sweeping Day",
            "5/1-5/5": "Labour Day",
            "5/31-6/2": "Dragon Boat Festival",
            "10/1-10/8": "National Day",
        },
        "1/26 2/8 4/27 9/28 10/11",
    ),
    2026: (
        {
            "1/1-1/3": "New Year's Day",
            "2/15-2/23": "Spring Festival",
            "4/4-4/6": "Tomb-sweeping Day",
            "5/1-5/5": "Labour Day",
            "6/19-6/21": "Dragon Boat Festival",
            "9/25-9/27": "Mid-autumn Festival",
            "10/1-10/7": "National Day",
        },
        "1/4 2/14 2/28 5/9 9/20 10/10",
    ),
}
# From here on a day without a notice is an ordinary one; 2015-2019 hold only rows far from any holiday.
FIRST, HORIZON = date(2015, 1, 1), date(2026, 12, 31)


def _days(year: int, period: str) -> Iterator[date]:
    first, _, last = period.partition("-")
    day, end = _day(year, first), _day(year, last or first)
    while day <= end:
        yield day
        day += timedelta(days=1)


def _day(year: int, text: str) -> date:
    month, day = text.split("/")
    return date(year, int(month), int(day))


BY_HAND = WorkCalendar(
    version="by-hand/2026",
    first=FIRST,
    horizon=HORIZON,
    holidays={
        day: name
        for year, (periods, _) in NOTICES.items()
        for period, name in periods.items()
        for day in _days(year, period)
    },
    make_up={_day(year, text): "make-up" for year, (_, worked) in NOTICES.items() for text in worked.split()},
)
