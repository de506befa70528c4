"""The law as a decision needs it: the rules a case is pinned to, and the calendar they are counted by."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.base import Value
from domain.clock import DAY, Deadline, Derivation, compute, day_of, end_of_day
from domain.provisions import Instrument, Rules
from domain.rules import rules_by_id, rules_in_force
from domain.work_calendar import WorkCalendar


class DueBy(Value):
    """A clock that an event sets; without a deadline where the source does not date the anchor."""

    rule: str
    deadline: Deadline | None


@dataclass(frozen=True, slots=True)
class Law:
    """Rules by their id, counted by one official calendar."""

    calendar: WorkCalendar

    def in_force(self, jurisdiction: str, on: date) -> Rules:
        return rules_in_force(jurisdiction, on)

    def due_by(
        self,
        rules_id: str,
        rule: str,
        anchor: datetime | None,
        *,
        anchor_event: str,
        prolongs: Deadline | None = None,
    ) -> DueBy | None:
        """The clock that `rule` starts at `anchor`; None where the rules have no such term."""
        rules = rules_by_id(rules_id)
        if rule not in rules.terms:
            return None
        if anchor is None:
            return DueBy(rule=rule, deadline=None)
        deadline = compute(
            rules, rule, day_of(anchor), self.calendar, anchor_event=anchor_event, prolongs=prolongs
        )
        return DueBy(rule=rule, deadline=deadline)


PROMISE = Instrument(zh="答复中的承诺", en="the promise in the answer")


def promised(made: datetime, due: datetime, rules_id: str, anchor_event: str) -> Deadline:
    """The deadline that a promise sets for itself: the day it names, which no calendar moves."""
    anchor, due_on = day_of(made), day_of(due)
    derivation = Derivation(
        rule="commitment",
        rules_id=rules_id,
        article=None,
        basis="practice",
        instrument=PROMISE,
        anchor_event=anchor_event,
        anchor=anchor,
        count=(due_on - anchor) // DAY,
        unit="days",
        policies=(),
        calendar="none",
        last_day=due_on,
        counted=(due_on - anchor) // DAY,
    )
    return Deadline(
        rule="commitment",
        anchor=anchor,
        due_on=due_on,
        due_at=end_of_day(due_on),
        provisional=False,
        derivation=derivation,
    )
