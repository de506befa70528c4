"""What every fold does: clocks start and stop, parts of the state are replaced."""

from collections.abc import Callable
from typing import Any, Self

from domain.base import Event
from domain.law import DueBy
from domain.replacing import replace
from domain.suggestion.records import Clock, ClockStatus, Commitment, Reply
from domain.suggestion.state import CaseState


class Folding(CaseState):
    """The steps that the folds of the facets are made of."""

    def started(self, due: DueBy | None, about: str) -> Self:
        if due is None:
            return self
        clock = Clock(rule=due.rule, about=about, cause=self.version + 1, deadline=due.deadline)
        return replace(self, clocks=(*self.clocks, clock))

    def restarted(self, due: DueBy | None, about: str, event: Event) -> Self:
        """A new term in the place of one that runs; one that has ended is not begun again."""
        if due is None:
            return self
        return self.superseded(due.rule, about, event).started(due, about)

    def superseded(self, rule: str, about: str, event: Event) -> Self:
        return self.stopped(rule, about, event, ClockStatus.SUPERSEDED)

    def all_superseded(self, event: Event, *, about: str | None = None, keep: tuple[str, ...] = ()) -> Self:
        """No clock runs any more, of one unit or of all, but for those of the rules to keep."""
        case = self
        for clock in self.running_clocks:
            if about in (None, clock.about) and clock.rule not in keep:
                case = case.superseded(clock.rule, clock.about, event)
        return case

    def stopped(self, rule: str, about: str, event: Event, ended: ClockStatus | None = None) -> Self:
        """Stop the running clock of `rule`; unless told otherwise it is met, in time or late."""
        clocks = list(self.clocks)
        found = False
        for index, clock in enumerate(clocks):
            if clock.ended is None and clock.rule == rule and clock.about == about:
                clocks[index], found = _ended(clock, event, ended), True
        return replace(self, clocks=tuple(clocks)) if found else self

    def taken(self, step: str | None) -> Self:
        return self if step is None else replace(self, steps_taken=self.steps_taken | {step})

    def change_reply(self, unit: str, ordinal: int, change: Callable[[Reply], dict[str, Any]]) -> Self:
        changed = tuple(
            replace(r, **change(r)) if (r.unit, r.ordinal) == (unit, ordinal) else r for r in self.replies
        )
        return replace(self, replies=changed)

    def change_commitment(self, name: str, change: Callable[[Commitment], dict[str, Any]]) -> Self:
        changed = tuple(replace(c, **change(c)) if c.id == name else c for c in self.commitments)
        return replace(self, commitments=changed)


def _ended(clock: Clock, event: Event, ended: ClockStatus | None) -> Clock:
    at, deadline = event.occurred_at, clock.deadline
    if ended is None:
        late = deadline is not None and at is not None and at > deadline.due_at
        ended = ClockStatus.MET_LATE if late else ClockStatus.MET
    return replace(clock, ended=ended, ended_at=at)
