"""Feedback: the deputies rate an answer on the congress's side, attitude and result apart."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.law import DueBy, Law
from domain.suggestion.replies import Replying
from domain.vocabulary import Line, Prose, Satisfaction


class FeedbackGiven(Event):
    """A feedback form (征询意见表) is in; `printed` keeps a rating's words where they fit no class."""

    type: ClassVar[str] = "suggestion.feedback-given"
    unit: str
    ordinal: int
    attitude: Satisfaction | None
    result: Satisfaction | None
    printed: str | None = None
    reasons: str | None = None
    by: str
    channel: str


class FeedbackLapsed(Event):
    """The deputies let their term for feedback pass; the reply stays out of the satisfaction rate."""

    type: ClassVar[str] = "suggestion.feedback-lapsed"
    unit: str
    ordinal: int
    step: str


class RehandlingOrdered(Event):
    """The deputies are not satisfied, so the unit must handle and answer again (再次办理)."""

    type: ClassVar[str] = "suggestion.rehandling-ordered"
    unit: str
    due: DueBy


class NothingToRate(Refusal):
    """{unit} has not answered {ref}, so there is nothing to rate.

    Feedback follows an answer: `duban answer {ref} --unit {unit}`.
    """


class AlreadyRated(Refusal):
    """The reply of {unit} in {ref} has its feedback already.

    A new rating follows a new answer.
    """


class ReasonsMissing(Refusal):
    """“Not satisfied” needs its reasons.

    Say them with --reasons; the unit has to answer them point by point.
    """


class RatedByTheRated(Refusal):
    """{unit} handled the case, so it cannot give or pass on its rating.

    Feedback comes from the deputies through the congress.
    """


class GiveFeedback(Value):
    """Rate the latest answer of a unit."""

    unit: Line | None = None  # None: the only unit that has answered
    attitude: Satisfaction | None = None
    result: Satisfaction
    reasons: Prose | None = None
    by: Line
    channel: Line = "congress"
    at: AwareDatetime


class Rating(Replying):
    """Decisions about feedback."""

    def give_feedback(self, command: GiveFeedback, law: Law) -> list[FeedbackGiven | RehandlingOrdered]:
        self._ensure_assigned()
        unit = command.unit or self._only_unit_to_rate()
        ordinal = self.replies_of(unit)
        self._ensure_may_rate(command, unit, ordinal)
        given = FeedbackGiven(
            **command.model_dump(exclude={"unit", "at"}), unit=unit, ordinal=ordinal, occurred_at=command.at
        )
        if command.result is not Satisfaction.NOT_SATISFIED:
            return [given]
        due = self._rehandling_due(command.at, law)
        return [given, RehandlingOrdered(unit=unit, due=due, occurred_at=command.at)]

    def _ensure_may_rate(self, command: GiveFeedback, unit: str, ordinal: int) -> None:
        if command.by in self.lead_units:
            raise RatedByTheRated(unit=command.by)
        if not ordinal:
            raise NothingToRate(ref=self.ref, unit=unit)
        if any((r.unit, r.ordinal) == (unit, ordinal) for r in self.ratings):
            raise AlreadyRated(ref=self.ref, unit=unit)
        if command.result is Satisfaction.NOT_SATISFIED and command.reasons is None:
            raise ReasonsMissing
        self.ensure_not_before("feedback", command.at, self._last_reply(unit).answered_at)

    def _only_unit_to_rate(self) -> str:
        answered = list(dict.fromkeys(reply.unit for reply in self.replies))
        if len(answered) == 1:
            return answered[0]
        raise NothingToRate(ref=self.ref, unit=" / ".join(answered or self.lead_units) or "nobody")

    def _rehandling_due(self, at: AwareDatetime, law: Law) -> DueBy:
        due = None
        if self.rules_id is not None:
            due = law.due_by(self.rules_id, "rehandling", at, anchor_event=FeedbackGiven.type)
        return due or DueBy(rule="rehandling", deadline=None)
