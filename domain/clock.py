"""The statutory clock: a deadline from rule, anchor and calendar, with the derivation that explains it."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import assert_never

from pydantic import AwareDatetime

from domain.base import Value
from domain.provisions import Anchor, Basis, Instrument, Rules, Term, Text, Unit
from domain.rules import term_of
from domain.work_calendar import WorkCalendar, is_weekend

# A constant, because zoneinfo reads files, which Temporal's sandbox forbids; Shanghai has had no summer
# time since 1991.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
DAY = timedelta(days=1)
LAST_SECOND = time(23, 59, 59)


class Skip(Value):
    """A day that was not counted, or over which the last day was moved."""

    day: date
    reason: str  # "weekend", or the holiday's name


class Prolonged(Value):
    """The deadline this one extends."""

    due_on: date
    article: str | None


class Derivation(Value):
    """Why a deadline falls on its day; `duban.wording.clock` puts it in words.

    Working days: due = anchor + counted + skipped. Days: due = anchor + counted + rolled. Months: due =
    the corresponding day (`last_day`) + rolled.
    """

    rule: str
    rules_id: str
    article: str | None
    basis: Basis
    instrument: Instrument
    anchor_event: str
    anchor: date
    count: int
    unit: Unit
    policies: tuple[str, ...]
    calendar: str
    last_day: date  # before rolling
    counted: int | None  # days counted; none for months and quarters
    skipped: tuple[Skip, ...] = ()
    made_up: tuple[date, ...] = ()  # weekend days counted as working days
    rolled: tuple[Skip, ...] = ()
    prolongs: Prolonged | None = None
    provisional: bool = False
    before_effect: bool = False  # the anchor lies before these rules took effect
    before_calendar: bool = False  # it lies before the calendar's first notice: only weekends are known
    anchored: Anchor | None = (
        None  # what the article counts from; `anchor_event` is the event that it was here
    )
    note: Text | None = None

    @property
    def due_on(self) -> date:
        return self.last_day + len(self.rolled) * DAY


class Deadline(Value):
    rule: str
    anchor: date
    due_on: date
    due_at: AwareDatetime
    provisional: bool
    derivation: Derivation


class _Count(Value):
    last_day: date
    counted: int | None
    skipped: tuple[Skip, ...] = ()
    made_up: tuple[date, ...] = ()


def compute(
    rules: Rules,
    rule: str,
    anchor: date,
    calendar: WorkCalendar,
    *,
    anchor_event: str,
    prolongs: Deadline | None = None,
) -> Deadline:
    """The deadline of a rule from the day of its anchor (Asia/Shanghai). Refuses with `NoSuchRule`.

    `provisional`: it ends after the published calendar, so a holiday not yet announced may move it.
    """
    term = term_of(rules, rule)
    count = _count(term, anchor, calendar)
    rolled = _rolled(rules, count.last_day, calendar)
    due_on = count.last_day + len(rolled) * DAY
    provisional = due_on > calendar.horizon
    derivation = Derivation(
        rule=rule,
        rules_id=rules.rules_id,
        article=term.article,
        basis=term.basis,
        instrument=rules.instruments[term.instrument],
        anchor_event=anchor_event,
        anchor=anchor,
        count=term.count,
        unit=term.unit,
        policies=rules.counting.names(),
        calendar=calendar.version,
        **dict(count),
        rolled=rolled,
        prolongs=prolongs and Prolonged(due_on=prolongs.due_on, article=prolongs.derivation.article),
        provisional=provisional,
        before_effect=anchor < rules.effective_from,
        before_calendar=anchor < calendar.first,
        anchored=term.anchor,
        note=term.note,
    )
    return Deadline(
        rule=rule,
        anchor=anchor,
        due_on=due_on,
        due_at=end_of_day(due_on),
        provisional=provisional,
        derivation=derivation,
    )


def end_of_day(day: date) -> datetime:
    """The last second of the day in Shanghai, as a UTC instant."""
    return datetime.combine(day, LAST_SECOND, SHANGHAI).astimezone(UTC)


def day_of(instant: datetime) -> date:
    """The calendar day of an instant in Shanghai: what an anchor is counted from."""
    return instant.astimezone(SHANGHAI).date()


def plus_months(day: date, months: int) -> date:
    """The corresponding day, or the month's last where there is none (Civil Code art. 202)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _count(term: Term, anchor: date, calendar: WorkCalendar) -> _Count:
    match term.unit:
        case "months":
            return _Count(last_day=plus_months(anchor, term.count), counted=None)
        case "days":
            return _Count(last_day=anchor + term.count * DAY, counted=term.count)
        case "workdays":
            return _workdays(term.count, anchor, calendar)
        case "quarter":
            return _Count(last_day=_end_of_next_quarter(term.count, anchor), counted=None)
        case _:
            assert_never(term.unit)


def _workdays(count: int, anchor: date, calendar: WorkCalendar) -> _Count:
    day, left = anchor, count
    skipped: list[Skip] = []
    made_up: list[date] = []
    while left:
        day += DAY
        if not calendar.is_workday(day):
            skipped.append(_skip(day, calendar))
            continue
        left -= 1
        if calendar.is_make_up(day):
            made_up.append(day)
    return _Count(last_day=day, counted=count, skipped=tuple(skipped), made_up=tuple(made_up))


def _end_of_next_quarter(quarter: int, anchor: date) -> date:
    """The end of the first such quarter that begins after the anchor."""
    first_month = 3 * quarter - 2
    year = anchor.year if anchor < date(anchor.year, first_month, 1) else anchor.year + 1
    return date(year, first_month + 2, monthrange(year, first_month + 2)[1])


def _rolled(rules: Rules, last_day: date, calendar: WorkCalendar) -> tuple[Skip, ...]:
    """The days over which the last day moves, by the policy `last_day_rolls` (Civil Code art. 203)."""
    policy = rules.counting.last_day_rolls.value
    day, rolled = last_day, []
    while policy != "none" and (
        calendar.is_statutory_holiday(day) or (policy == "rest-day" and not calendar.is_workday(day))
    ):
        rolled.append(_skip(day, calendar))
        day += DAY
    return tuple(rolled)


def _skip(day: date, calendar: WorkCalendar) -> Skip:
    reason = calendar.name_of(day) if calendar.is_statutory_holiday(day) else None
    assert reason or is_weekend(day)
    return Skip(day=day, reason=reason or "weekend")
