"""Supervision: the marks that the passing of time makes on a case, and its conclusion."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.suggestion.commitments import Committing
from domain.vocabulary import Prose, Stage


class Reminded(Event):
    """Somebody was reminded of what they owe, before it is due or when a follow-up is."""

    type: ClassVar[str] = "suggestion.reminded"
    rule: str
    about: str
    due_at: AwareDatetime
    step: str


class BecameOverdue(Event):
    """A term has passed and what was owed by it is not there."""

    type: ClassVar[str] = "suggestion.became-overdue"
    rule: str
    about: str
    due_at: AwareDatetime
    step: str


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


class Conclude(Value):
    """Conclude the case."""

    remark: Prose | None = None
    at: AwareDatetime


class Supervising(Committing):
    """Decisions that end a case."""

    def conclude(self, command: Conclude) -> list[Concluded]:
        self._ensure_assigned()
        if self.owing or not self.replies:
            raise RepliesOwed(ref=self.ref, units=", ".join(self.owing) or "a unit not assigned yet")
        if self.stage is Stage.ANSWERED:
            self._ensure_no_feedback_term_runs()
        self.ensure_not_before("conclusion", command.at, self._last_reply(self.replies[-1].unit).answered_at)
        return [Concluded(remark=command.remark, occurred_at=command.at)]

    def _ensure_no_feedback_term_runs(self) -> None:
        for clock in self.running_clocks:
            if clock.rule == "feedback" and clock.deadline is not None:
                raise FeedbackOpen(ref=self.ref, due_on=clock.deadline.due_on.isoformat())
