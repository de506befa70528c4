"""Deadlines that move: the official calendar is amended, or the case goes over to another version of its rules."""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from domain.base import Event, Refusal
from domain.clock import compute
from domain.law import DueBy, Law
from domain.rules import rules_by_id
from domain.suggestion.facts import Command
from domain.suggestion.fold import Folding
from domain.suggestion.records import Clock
from domain.vocabulary import Line, Prose


class DeadlineMoved(Event):
    """A running clock ends on another day, or its day has become certain."""

    type: ClassVar[str] = "suggestion.deadline-moved"
    rule: str
    about: str
    before: date
    due: DueBy
    because: str  # the notice that amends the calendar, or the rules that the case goes over to


class RulesMigrated(Event):
    """The case is held to another version of its jurisdiction's rules."""

    type: ClassVar[str] = "suggestion.rules-migrated"
    before: str
    after: str
    by: str
    reason: str


class NotPinned(Refusal):
    """{ref} is not held to a version of the rules yet: that begins with its assignment.

    Assign it first.
    """


class OtherJurisdiction(Refusal):
    """{ref} is held to {rules_id}; {to} are the rules of another jurisdiction.

    `duban rules list` shows the versions of each.
    """


class SameRules(Refusal):
    """{ref} is held to {rules_id} already.

    Nothing has to be done.
    """


class Recount(Command):
    """Compute every running clock again by the calendar as it stands now."""

    because: Line


class MigrateRules(Command):
    """Hold the case to another version of its jurisdiction's rules."""

    to: Line
    by: Line
    reason: Prose


class Moving(Folding):
    """A case whose deadlines may move; each move is an event, so that its clock has a cause of its own."""

    def recount(self, command: Recount, law: Law) -> list[DeadlineMoved]:
        return [
            self._moved(clock, due, command.because, command)
            for clock, due in self._recounted(law, None)
            if clock.deadline is not None and due.deadline is not None
            if (due.deadline.due_on, due.deadline.provisional)
            != (clock.deadline.due_on, clock.deadline.provisional)
        ]

    def migrate(self, command: MigrateRules, law: Law) -> list[RulesMigrated | DeadlineMoved]:
        if self.rules_id is None:
            raise NotPinned(ref=self.ref)
        after, now = rules_by_id(command.to), rules_by_id(self.rules_id)
        if after.jurisdiction != now.jurisdiction:
            raise OtherJurisdiction(ref=self.ref, rules_id=self.rules_id, to=command.to)
        if command.to == self.rules_id:
            raise SameRules(ref=self.ref, rules_id=self.rules_id)
        migrated = RulesMigrated(
            before=self.rules_id,
            after=command.to,
            by=command.by,
            reason=command.reason,
            occurred_at=command.at,
        )
        moved = [self._moved(c, due, command.to, command) for c, due in self._recounted(law, command.to)]
        return [migrated, *moved]

    def _recounted(self, law: Law, rules_id: str | None) -> Iterator[tuple[Clock, DueBy]]:
        """Running clocks as they would be counted now; those that the rules do not set stay as they are."""
        for clock in self.running_clocks:
            if clock.deadline is None:
                continue
            derivation = clock.deadline.derivation
            rules = rules_by_id(rules_id or derivation.rules_id)
            if clock.rule not in rules.terms:
                continue  # as a promise, which names its own day
            again = compute(
                rules, clock.rule, derivation.anchor, law.calendar, anchor_event=derivation.anchor_event
            )
            explained = again.derivation.model_copy(update={"prolongs": derivation.prolongs})
            yield clock, DueBy(rule=clock.rule, deadline=again.model_copy(update={"derivation": explained}))

    def _moved(self, clock: Clock, due: DueBy, because: str, command: Command) -> DeadlineMoved:
        assert clock.deadline is not None  # clocks without a date are not counted again
        return DeadlineMoved(
            rule=clock.rule,
            about=clock.about,
            before=clock.deadline.due_on,
            due=due,
            because=because,
            occurred_at=command.at,
        )
