"""The official calendar: which days are worked, which are holidays by notice, and how far it is published."""

from collections.abc import Mapping
from datetime import date
from functools import reduce

from domain.base import Value

SATURDAY = 5


class Amendment(Value):
    """A late notice: days it declares off, with the holiday's name, and days it declares worked."""

    name: str  # names the amended calendar: a document number or the day of the notice
    holidays: Mapping[date, str] = {}
    make_up: Mapping[date, str] = {}
    ordinary: tuple[date, ...] = ()  # days that lose an earlier notice's exception
    horizon: date | None = None  # where the notice publishes a further year


class WorkCalendar(Value):
    """The yearly holiday notices of the State Council's General Office, as facts.

    `holidays` are the days a notice declares off (weekend days inside the announced period included),
    by name; `make_up` are weekend days a notice declares worked. After `horizon` nothing is published:
    there only weekends are known.
    """

    version: str
    first: date
    horizon: date
    holidays: Mapping[date, str]
    make_up: Mapping[date, str]

    def is_workday(self, day: date) -> bool:
        if day in self.make_up:
            return True
        return day not in self.holidays and not is_weekend(day)

    def is_make_up(self, day: date) -> bool:
        """A weekend day worked in exchange for a holiday."""
        return day in self.make_up and is_weekend(day)

    def is_statutory_holiday(self, day: date) -> bool:
        """Inside a holiday period announced by a notice; a plain weekend is not."""
        return day in self.holidays

    def amended(self, *amendments: Amendment) -> "WorkCalendar":
        """The calendar under later notices, each added to its version's name; the latest notice prevails."""
        return reduce(WorkCalendar._under, amendments, self)

    def _under(self, notice: Amendment) -> "WorkCalendar":
        freed = {*notice.holidays, *notice.make_up, *notice.ordinary}
        return WorkCalendar(
            version=f"{self.version}+{notice.name}",
            first=self.first,
            horizon=max(self.horizon, notice.horizon or self.horizon),
            holidays={d: n for d, n in self.holidays.items() if d not in freed} | dict(notice.holidays),
            make_up={d: n for d, n in self.make_up.items() if d not in freed} | dict(notice.make_up),
        )

    def name_of(self, day: date) -> str | None:
        """The holiday's English name, or the holiday a make-up workday is exchanged for."""
        return self.holidays.get(day) or self.make_up.get(day)


def is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY
