"""Feedback: the deputies rate an answer on the congress's side, attitude and result apart."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.law import DueBy, Law
from domain.suggestion.service import Serving
from domain.suggestion.state import EVERYBODY
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
    on_behalf_of: tuple[str, ...] = ()  # signatories whose views this form gathers
    after_contact: bool | None = None  # whether the unit had spoken with the deputies before


class FeedbackLapsed(Event):
    """The deputies let their term for feedback pass; the reply stays out of the satisfaction rate."""

    type: ClassVar[str] = "suggestion.feedback-lapsed"
    unit: str
    ordinal: int
    step: str


class Escalated(Event):
    """Not satisfied for the second time: the matter is taken further, in the way the rules name."""

    type: ClassVar[str] = "suggestion.escalated"
    unit: str
    way: str


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


class NotASignatory(Refusal):
    """{by} did not make {ref}, so the rating is not theirs to give.

    It is given by {expected}.
    """


class GiveFeedback(Value):
    """Rate the latest answer of a unit."""

    unit: Line | None = None  # None: the only unit that has answered
    attitude: Satisfaction | None = None
    result: Satisfaction
    reasons: Prose | None = None
    by: Line
    channel: Line = "congress"
    on_behalf_of: tuple[Line, ...] = ()
    at: AwareDatetime


class Rating(Serving):
    """Decisions about feedback."""

    def give_feedback(
        self, command: GiveFeedback, law: Law
    ) -> list[FeedbackGiven | RehandlingOrdered | Escalated]:
        self._ensure_assigned()
        unit = command.unit or self._only_unit_to_rate()
        ordinal = self.replies_of(unit)
        self._ensure_may_rate(command, unit, ordinal)
        given = FeedbackGiven(
            **command.model_dump(exclude={"unit", "at"}),
            unit=unit,
            ordinal=ordinal,
            after_contact=any(contact.unit == unit for contact in self.contacts),
            occurred_at=command.at,
        )
        if command.result is not Satisfaction.NOT_SATISFIED:
            return [given]
        if unit in self.rehandled:
            way = self.rules_at(command.at, law).second_dissatisfaction.value
            return [given, Escalated(unit=unit, way=way, occurred_at=command.at)]
        due = self.rehandling_due(command.at, law)
        return [given, RehandlingOrdered(unit=unit, due=due, occurred_at=command.at)]

    def _ensure_may_rate(self, command: GiveFeedback, unit: str, ordinal: int) -> None:
        for handler in (command.by, command.channel):  # neither rated nor collected by those who are rated
            if self.role_of(handler) is not None:
                raise RatedByTheRated(unit=handler)
        self.ensure_signatory(command.by)
        if not ordinal:
            raise NothingToRate(ref=self.ref, unit=unit)
        if any((r.unit, r.ordinal) == (unit, ordinal) for r in self.ratings):
            raise AlreadyRated(ref=self.ref, unit=unit)
        if command.result is Satisfaction.NOT_SATISFIED and command.reasons is None:
            raise ReasonsMissing
        self.ensure_not_before("feedback", command.at, self.last_reply(unit).answered_at)

    def ensure_signatory(self, by: str) -> None:
        """Where it is known who made the suggestion, nobody else rates."""
        known = self.reply_due_to
        if known and by not in (*known, EVERYBODY):
            raise NotASignatory(ref=self.ref, by=by, expected=", ".join(known))

    def _only_unit_to_rate(self) -> str:
        answered = list(dict.fromkeys(reply.unit for reply in self.replies))
        if len(answered) == 1:
            return answered[0]
        raise NothingToRate(ref=self.ref, unit=" / ".join(answered or self.lead_units) or "nobody")

    def rehandling_due(self, at: AwareDatetime, law: Law) -> DueBy:
        due = None
        if self.rules_id is not None:
            due = law.due_by(self.rules_id, "rehandling", at, anchor_event=FeedbackGiven.type)
        return due or DueBy(rule="rehandling", deadline=None)
