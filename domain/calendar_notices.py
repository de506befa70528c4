"""Notices that amend the official calendar after it was published: one stream for the whole country."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import ClassVar

from domain.base import Event, Refusal, Value
from domain.suggestion.facts import Command, stated
from domain.vocabulary import Line
from domain.work_calendar import Amendment, WorkCalendar, is_weekend

CALENDAR_STREAM = "calendar/cn"


class NamedDay(Value):
    """A day, and the holiday that it belongs to."""

    day: date
    name: Line


class CalendarAmended(Event):
    """The State Council's General Office has changed the calendar by a notice."""

    type: ClassVar[str] = "calendar.amended"
    notice: str
    holidays: tuple[NamedDay, ...]
    make_up: tuple[NamedDay, ...]
    ordinary: tuple[date, ...]
    horizon: date | None

    @property
    def amendment(self) -> Amendment:
        return Amendment(
            name=self.notice,
            holidays={named.day: named.name for named in self.holidays},
            make_up={named.day: named.name for named in self.make_up},
            ordinary=self.ordinary,
            horizon=self.horizon,
        )


class NothingInNotice(Refusal):
    """The notice {notice} changes no day.

    Name a day with --holiday DAY=NAME, --workday DAY or --ordinary DAY.
    """


class DayNamedTwice(Refusal):
    """The notice {notice} says two things of {day}.

    A day is a holiday, a make-up workday or an ordinary day.
    """


class NotAWeekend(Refusal):
    """{day} is a weekday; only a weekend day can be made up for a holiday.

    Check the notice. A weekday that is no holiday any more is given with --ordinary.
    """


class NoticeKnownOtherwise(Refusal):
    """A notice called {notice} is recorded already, and says something else.

    Give this one a name of its own; a later notice prevails over an earlier one.
    """


class AmendCalendar(Command):
    """Record a notice that changes the calendar."""

    notice: Line
    holidays: tuple[NamedDay, ...] = ()
    make_up: tuple[NamedDay, ...] = ()
    ordinary: tuple[date, ...] = ()
    horizon: date | None = None


@dataclass(frozen=True)
class CalendarNotices:
    """The notices in the order in which they were recorded."""

    notices: tuple[CalendarAmended, ...] = ()

    @property
    def version(self) -> int:
        return len(self.notices)

    def applied_to(self, calendar: WorkCalendar) -> WorkCalendar:
        return calendar.amended(*(notice.amendment for notice in self.notices))

    def amend(self, command: AmendCalendar) -> list[CalendarAmended]:
        _ensure_says_something(command)
        event = stated(CalendarAmended, command)
        for known in self.notices:
            if known.notice == command.notice:
                if known.amendment != event.amendment:
                    raise NoticeKnownOtherwise(notice=command.notice)
                return []  # recorded already
        return [event]

    def evolve(self, event: CalendarAmended) -> "CalendarNotices":
        return CalendarNotices((*self.notices, event))


def _ensure_says_something(command: AmendCalendar) -> None:
    named = (*command.holidays, *command.make_up)
    days = [*(one.day for one in named), *command.ordinary]
    if not days and command.horizon is None:
        raise NothingInNotice(notice=command.notice)
    for day in days:
        if days.count(day) > 1:
            raise DayNamedTwice(notice=command.notice, day=day.isoformat())
    for made_up in command.make_up:
        if not is_weekend(made_up.day):
            raise NotAWeekend(day=made_up.day.isoformat())


def fold_calendar(events: Iterable[CalendarAmended]) -> CalendarNotices:
    """The notices as they stand after these events."""
    return reduce(CalendarNotices.evolve, events, CalendarNotices())
