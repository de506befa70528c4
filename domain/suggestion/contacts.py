"""Contacts: whom a unit has spoken with, opinions asked for again, and leaders who lead the handling."""

from typing import ClassVar

from domain.base import Event, Refusal
from domain.law import DueBy, Law
from domain.suggestion.facts import Command, stated
from domain.suggestion.handling import Handling
from domain.vocabulary import ContactWay, Line, Prose, Role


class DeputyContacted(Event):
    """A unit has spoken with the deputies about the suggestion; the congress sees this log."""

    type: ClassVar[str] = "suggestion.deputy-contacted"
    unit: str
    way: ContactWay
    official: str
    deputies: tuple[str, ...]
    note: str | None


class CoOpinionRedoAsked(Event):
    """The lead unit has asked for a co-handling opinion again, because the first says nothing."""

    type: ClassVar[str] = "suggestion.co-opinion-redo-asked"
    unit: str
    by: str
    reason: str
    due: DueBy | None


class LeaderAppointed(Event):
    """A leader leads the handling himself (领办)."""

    type: ClassVar[str] = "suggestion.leader-appointed"
    unit: str
    leader: str


class NoOpinionToRedo(Refusal):
    """{unit} has given no opinion in {ref} that could be asked for again.

    `duban case show {ref}` shows which opinions are in.
    """


class NotTheLead(Refusal):
    """{unit} is not a lead unit of {ref}; only the lead asks for an opinion again.

    The roles are shown by `duban case show {ref}`.
    """


class RecordContact(Command):
    """Record that a unit spoke with the deputies."""

    unit: Line
    way: ContactWay
    official: Line
    deputies: tuple[Line, ...] = ()
    note: Prose | None = None


class AskOpinionAgain(Command):
    """Ask a co-handling unit for its opinion again."""

    unit: Line
    by: Line
    reason: Prose


class AppointLeader(Command):
    """Have a leader lead the handling."""

    unit: Line
    leader: Line


class Contacting(Handling):
    """Decisions about contacts while a case is handled."""

    def record_contact(self, command: RecordContact) -> list[DeputyContacted]:
        self._ensure_assigned()
        self._ensure_part(command.unit)
        self.ensure_not_before("contact", command.at, self.assigned_at)
        return [stated(DeputyContacted, command)]

    def ask_opinion_again(self, command: AskOpinionAgain, law: Law) -> list[CoOpinionRedoAsked]:
        self._ensure_assigned()
        if self.role_of(command.by) is not Role.LEAD or command.by not in self.owing:
            raise NotTheLead(ref=self.ref, unit=command.by)
        if command.unit not in self.opinions:
            raise NoOpinionToRedo(ref=self.ref, unit=command.unit)
        rules_id = self.rules_at(command.at, law).rules_id
        due = law.due_by(rules_id, "co_opinion_redo", command.at, anchor_event=CoOpinionRedoAsked.type)
        return [stated(CoOpinionRedoAsked, command, due=due)]

    def appoint_leader(self, command: AppointLeader) -> list[LeaderAppointed]:
        self._ensure_assigned()
        self._ensure_part(command.unit)
        return [] if (command.unit, command.leader) in self.leaders else [stated(LeaderAppointed, command)]
