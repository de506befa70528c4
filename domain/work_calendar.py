"""The official calendar: which days are worked, which are holidays by notice, and how far it is published."""

from collections.abc import Mapping
from datetime import date

from domain.base import Value

SATURDAY = 5


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

    def published(self, day: date) -> bool:
        return self.first <= day <= self.horizon

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

    def name_of(self, day: date) -> str | None:
        """The holiday's English name, or the holiday a make-up workday is exchanged for."""
        return self.holidays.get(day) or self.make_up.get(day)


def is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY
