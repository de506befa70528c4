"""The case page: the status sentence, then what it rests on, down to every event."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from domain.base import Recorded
from domain.clock import SHANGHAI, day_of
from domain.suggestion.intake import Submitted
from domain.suggestion.state import Clock, ClockStatus
from duban.casefile import CaseFile
from duban.wording.facets import commitment_notes, facets, reply_notes
from duban.wording.wording import Wording

IDLE = timedelta(days=14)  # between two events, from which on the time between them is folded away
RUNNING = (ClockStatus.OVERDUE, ClockStatus.OPEN, ClockStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the timeline, with the idle time that came before it."""

    recorded: Recorded[Any]
    when: str | None  # a day, with the time where one is known; None: the source gives no date
    idle_days: int | None


def case_view(file: CaseFile, words: Wording) -> dict[str, Any]:
    """What the case page shows of a case at a moment."""
    case = file.case
    return {
        "case": case,
        "now": file.now,
        "status": words.status_of(file),
        "clocks": sorted(
            (_clock(clock, file.now, words) for clock in case.clocks),
            key=lambda c: (RUNNING.index(c["status"]) if c["running"] else len(RUNNING), c["due_on"] or ""),
        ),
        "roles": [{"unit": a.unit, "role": a.role, "done": list(_done(file, a.unit, words))}
                  for a in case.assignments],
        "commitments": [{"made": c, "clocks": [k for k in case.running_clocks if k.about == c.id]}
                        for c in case.commitments],
        "facets": facets(case, words),
        "reply_notes": lambda reply: reply_notes(reply, case, words),
        "commitment_notes": lambda made: commitment_notes(made, words),
        "timeline": list(reversed(timeline(file.recorded))),
        "source": _source(file),
    }  # fmt: skip


def timeline(recorded: tuple[Recorded[Any], ...]) -> list[Line]:
    """The events in the order of the log."""
    lines: list[Line] = []
    for before, event in pairwise([None, *recorded]):
        assert event is not None
        lines.append(Line(event, when(event), _idle_days(before, event)))
    return lines


def when(recorded: Recorded[Any]) -> str | None:
    """The day on which it happened, and the time, unless only the day is known."""
    at: datetime | None = recorded.body.occurred_at
    if at is None:
        return None
    local = at.astimezone(SHANGHAI)
    clock = local.strftime("%H:%M")
    return local.strftime("%Y-%m-%d") if clock in ("00:00", "23:59") else local.strftime("%Y-%m-%d %H:%M")


def _idle_days(before: Recorded[Any] | None, event: Recorded[Any]) -> int | None:
    if before is None or before.body.occurred_at is None or event.body.occurred_at is None:
        return None
    idle = event.body.occurred_at - before.body.occurred_at
    return idle.days if idle >= IDLE else None


def _clock(clock: Clock, now: datetime, words: Wording) -> dict[str, Any]:
    deadline, status = clock.deadline, clock.status(now)
    return {
        "rule": words.rule(clock.rule),
        "about": words.unit(clock.about),
        "status": status,
        "status_name": words.clock_status(status),
        "running": clock.running,
        "due_on": deadline.due_on.isoformat() if deadline else None,
        "provisional": bool(deadline and deadline.provisional),
        "left": words.left(deadline.due_on, now) if deadline and clock.running else None,
        "ended_on": day_of(clock.ended_at).isoformat() if clock.ended_at else None,
        "facts": words.derivation_facts(deadline.derivation) if deadline else [],
    }


def _done(file: CaseFile, unit: str, words: Wording) -> Iterator[str]:
    """What a unit has done in its part so far."""
    case = file.case
    if unit in case.opinions:
        yield words.text("opinion in, or lapsed")
    for reply in case.replies:
        if reply.unit == unit:
            on = day_of(reply.answered_at).isoformat() if reply.answered_at else None
            yield words.text("answered {day}", day=on) if on else words.text("answered, day not given")
    if unit in file.owing:
        yield words.text("owes a reply")


def _source(file: CaseFile) -> str | None:
    """The official address of the published text; only a web address becomes a link."""
    first = file.recorded[0].body
    source = first.source if isinstance(first, Submitted) else None
    return source if source and source.startswith(("https://", "http://")) else None
