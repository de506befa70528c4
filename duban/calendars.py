"""The official calendar from the `chinesecalendar` package, and calendars amended by late notices."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.metadata import version

from chinese_calendar import constants

from domain.base import Value
from domain.work_calendar import WorkCalendar


class Amendment(Value):
    """A late notice: days it declares off, with the holiday's name, and days it declares worked."""

    name: str  # names the amended calendar: a document number or the day of the notice
    holidays: Mapping[date, str] = {}
    make_up: Mapping[date, str] = {}
    ordinary: tuple[date, ...] = ()  # days that lose an earlier notice's exception
    horizon: date | None = None  # where the notice publishes a further year


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


def amended(calendar: WorkCalendar, *amendments: Amendment) -> WorkCalendar:
    """The calendar under later notices, each added to its version's name; the latest notice prevails."""
    for amendment in amendments:
        calendar = _amended(calendar, amendment)
    return calendar


def _amended(calendar: WorkCalendar, amendment: Amendment) -> WorkCalendar:
    freed = {*amendment.holidays, *amendment.make_up, *amendment.ordinary}
    return WorkCalendar(
        version=f"{calendar.version}+{amendment.name}",
        first=calendar.first,
        horizon=max(calendar.horizon, amendment.horizon or calendar.horizon),
        holidays={d: n for d, n in calendar.holidays.items() if d not in freed} | dict(amendment.holidays),
        make_up={d: n for d, n in calendar.make_up.items() if d not in freed} | dict(amendment.make_up),
    )
