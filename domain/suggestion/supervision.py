"""Supervision: the marks that the passing of time makes on a case, and its conclusion."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.suggestion.facts import Command, stated
from domain.suggestion.fulfilment import Fulfilling
from domain.vocabulary import Line, Prose, Stage


class Reminded(Event):
    """Somebody was reminded of what they owe, before it is due or when a follow-up is."""

    type: ClassVar[str] = "suggestion.reminded"
    rule: str
    about: str
    due_at: AwareDatetime
    step: str
    to: str | None = None  # the rung of the ladder that a reminder after the deadline has reached


class BecameOverdue(Event):
    """A term has passed and what was owed by it is not there."""

    type: ClassVar[str] = "suggestion.became-overdue"
    rule: str
    about: str
    due_at: AwareDatetime
    step: str


class TermLapsed(Event):
    """A term in which somebody could have acted has passed; nobody is late."""

    type: ClassVar[str] = "suggestion.term-lapsed"
    rule: str
    about: str
    step: str


class Inspected(Event):
    """The congress or its deputies went to see how a suggestion is handled (督办视察)."""

    type: ClassVar[str] = "suggestion.inspected"
    by: str
    place: str | None
    deputies: tuple[str, ...]
    finding: str


class PutUnderKeySupervision(Event):
    """The case belongs to a key topic, which a committee supervises (重点督办)."""

    type: ClassVar[str] = "suggestion.put-under-key-supervision"
    topic: str
    committee: str | None


class ReleasedFromKeySupervision(Event):
    """The case does not belong to the key topic any more, or the topic is closed."""

    type: ClassVar[str] = "suggestion.released-from-key-supervision"
    topic: str
    reason: str | None


class Concluded(Event):
    """Handling is at its end (办结); open commitments live on."""

    type: ClassVar[str] = "suggestion.concluded"
    remark: str | None = None


class RepliesOwed(Refusal):
    """{ref} cannot be concluded: a reply is still owed by {units}.

    Record it with `duban answer {ref} --unit UNIT`.
    """


class FeedbackOpen(Refusal):
    """{ref} cannot be concluded: the deputies may give feedback until {due_on}.

    Record it with `duban feedback {ref}`, or wait until it lapses.
    """


class NotServed(Refusal):
    """{ref} cannot be concluded: the reply of {unit} has not reached {missing}.

    Each deputy who signed gets the reply; record it with `duban serve {ref} --unit {unit} --recipient NAME`.
    """


class StillOpen(Refusal):
    """{ref} cannot be concluded: {what} is not decided yet.

    `duban case show {ref}` tells who decides it.
    """


class NotUnderKeySupervision(Refusal):
    """{ref} does not belong to the key topic {topic}.

    It belongs to: {topics}.
    """


class Inspect(Command):
    """Record an inspection visit."""

    by: Line
    place: Line | None = None
    deputies: tuple[Line, ...] = ()
    finding: Prose


class PutUnder(Command):
    """Put the case under a key topic."""

    topic: Line
    committee: Line | None = None


class Release(Command):
    """Take the case out of a key topic."""

    topic: Line
    reason: Prose | None = None


class Conclude(Value):
    """Conclude the case."""

    remark: Prose | None = None
    at: AwareDatetime


class Supervising(Fulfilling):
    """Decisions of those who supervise, and the end of handling."""

    def inspect(self, command: Inspect) -> list[Inspected]:
        self.ensure_not_before("inspection", command.at, self.assigned_at)
        self.ensure_not_own_cause(command.by)
        return [stated(Inspected, command)]

    def put_under(self, command: PutUnder) -> list[PutUnderKeySupervision]:
        return [] if command.topic in self.key_topics else [stated(PutUnderKeySupervision, command)]

    def release(self, command: Release) -> list[ReleasedFromKeySupervision]:
        if command.topic not in self.key_topics:
            topics = ", ".join(self.key_topics) or "none"
            raise NotUnderKeySupervision(ref=self.ref, topic=command.topic, topics=topics)
        return [stated(ReleasedFromKeySupervision, command)]

    def conclude(self, command: Conclude) -> list[Concluded]:
        self._ensure_assigned()
        if self.owing or not self.replies:
            raise RepliesOwed(ref=self.ref, units=", ".join(self.owing) or "a unit not assigned yet")
        self._ensure_all_served()
        if self.unplaced or self.open_objections:
            raise StillOpen(ref=self.ref, what="who takes over a part, or an objection,")
        if self.open_escalations:
            raise StillOpen(ref=self.ref, what="what follows after the second “not satisfied”")
        if self.stage is Stage.ANSWERED:
            self._ensure_no_feedback_term_runs()
        self.ensure_not_before("conclusion", command.at, self.replies[-1].answered_at)
        return [Concluded(remark=command.remark, occurred_at=command.at)]

    def _ensure_all_served(self) -> None:
        for unit in self.lead_units:
            if missing := self.unserved(self.last_reply(unit)):
                raise NotServed(ref=self.ref, unit=unit, missing=", ".join(missing))

    def _ensure_no_feedback_term_runs(self) -> None:
        for clock in self.running_clocks:
            if clock.rule == "feedback" and clock.deadline is not None:
                raise FeedbackOpen(ref=self.ref, due_on=clock.deadline.due_on.isoformat())
