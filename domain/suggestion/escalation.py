"""Escalation: what is done after the deputies were not satisfied for the second time."""

from typing import ClassVar

from domain.base import Event, Refusal
from domain.law import Law
from domain.suggestion.facts import Command, stated
from domain.suggestion.feedback import Rating, RehandlingOrdered
from domain.vocabulary import Line, Prose


class EscalationResolved(Event):
    """What came of it: handled once more, or left at the reply, by whose decision and why."""

    type: ClassVar[str] = "suggestion.escalation-resolved"
    unit: str
    by: str
    finding: str
    rehandle: bool


class NothingEscalated(Refusal):
    """Nothing about {unit} in {ref} was taken further and waits for a decision.

    That happens when the deputies are not satisfied for the second time.
    """


class ResolveEscalation(Command):
    """Decide what follows after the second “not satisfied”."""

    unit: Line
    by: Line
    finding: Prose
    rehandle: bool


class Escalating(Rating):
    """Decisions about what was taken further."""

    def resolve_escalation(
        self, command: ResolveEscalation, law: Law
    ) -> list[EscalationResolved | RehandlingOrdered]:
        if command.unit not in {e.unit for e in self.open_escalations}:
            raise NothingEscalated(ref=self.ref, unit=command.unit)
        self.ensure_not_own_cause(command.by)
        resolved = stated(EscalationResolved, command)
        if not command.rehandle:
            return [resolved]
        due = self.rehandling_due(command.at, law)
        return [resolved, RehandlingOrdered(unit=command.unit, due=due, occurred_at=command.at)]
