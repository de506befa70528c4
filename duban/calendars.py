"""The official calendar, as the `chinesecalendar` package carries it."""

from datetime import date
from functools import cache
from importlib.metadata import version

from chinese_calendar import constants

from domain.work_calendar import WorkCalendar


@cache
def official() -> WorkCalendar:
    """Every notice the installed package knows, up to the end of its last year."""
    last_year = max(constants.holidays).year
    return WorkCalendar(
        version=f"cn-official/{last_year}@chinesecalendar-{version('chinesecalendar')}",
        first=date(min(constants.holidays).year, 1, 1),
        horizon=date(last_year, 12, 31),
        holidays=dict(constants.holidays),
        make_up=dict(constants.workdays),
    )
