"""Replies: what a unit owes the deputies, what it has answered, and whom the answer has reached."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.clock import day_of
from domain.law import DueBy, Law
from domain.provisions import Outcome
from domain.rules import canonical_outcome, rules_by_id
from domain.suggestion.handling import Handling
from domain.suggestion.state import Reply
from domain.vocabulary import Line, Prose, Role


class OutcomeCategory(Value):
    """A category as printed, in its scheme, and the canonical outcome it stands for, if known."""

    scheme: str | None
    code: str
    canonical: Outcome | None


class Answered(Event):
    """A unit has answered the deputies (答复)."""

    type: ClassVar[str] = "suggestion.answered"
    unit: str
    ordinal: int  # 1 = first answer, 2 = after rehandling
    document_no: str | None
    category: OutcomeCategory | None
    signatory: str | None = None
    text: str | None = None


class ReplyServed(Event):
    """The answer has reached those who made the suggestion; their term for feedback begins."""

    type: ClassVar[str] = "suggestion.reply-served"
    unit: str
    ordinal: int
    on: str
    feedback: DueBy | None


class AlreadyAnswered(Refusal):
    """{unit} has answered {ref} already, on {on}.

    A second answer follows only a rehandling, which feedback “not satisfied” orders.
    """


class CoOpinionsMissing(Refusal):
    """The lead unit may not answer {ref} before the co-handling opinions are in; missing: {units}.

    Record them with `duban opine {ref} --unit UNIT`, or wait until their lapse is recorded.
    """


class UnknownCategory(Refusal):
    """“{code}” is not a category of the scheme {scheme}.

    Its categories are {codes}.
    """


class Answer(Value):
    """Answer the deputies."""

    unit: Line
    document_no: Line | None = None
    category: Line | None = None
    signatory: Line | None = None
    text: Prose | None = None
    served_on: Line | None = None  # whom the answer reached on the same day
    at: AwareDatetime


class Replying(Handling):
    """Decisions about answers."""

    def answer(self, command: Answer, law: Law) -> list[Answered | ReplyServed]:
        self._ensure_assigned()
        self._ensure_may_answer(command.unit)
        self.ensure_not_before("answer", command.at, self.assigned_at)
        ordinal = self.replies_of(command.unit) + 1
        answered = Answered(
            **command.model_dump(exclude={"category", "served_on", "at"}),
            ordinal=ordinal,
            category=self._category(command.category),
            occurred_at=command.at,
        )
        if command.served_on is None:
            return [answered]
        return [answered, self.served(command.unit, ordinal, command.served_on, command.at, law)]

    def served(self, unit: str, ordinal: int, on: str, at: AwareDatetime | None, law: Law) -> ReplyServed:
        feedback = None
        if self.rules_id is not None:
            feedback = law.due_by(self.rules_id, "feedback", at, anchor_event=ReplyServed.type)
        return ReplyServed(unit=unit, ordinal=ordinal, on=on, feedback=feedback, occurred_at=at)

    def _ensure_may_answer(self, unit: str) -> None:
        role = self.role_of(unit)
        if role is not None and role.owes_reply and unit not in self.owing:
            last = self._last_reply(unit)
            on = day_of(last.answered_at) if last.answered_at else "an unknown day"
            raise AlreadyAnswered(ref=self.ref, unit=unit, on=on)
        self.ensure_owes_reply(unit)
        if missing := self.missing_opinions(unit):
            raise CoOpinionsMissing(ref=self.ref, units=", ".join(missing))

    def missing_opinions(self, unit: str) -> tuple[str, ...]:
        """Co-handling units whose opinion the rules ask for, and which neither gave it nor let it lapse."""
        if self.role_of(unit) is not Role.LEAD:
            return ()
        return tuple(c.about for c in self.running_clocks if c.rule == "co_opinion")

    def _last_reply(self, unit: str) -> Reply:
        return [reply for reply in self.replies if reply.unit == unit][-1]

    def _category(self, printed: str | None) -> OutcomeCategory | None:
        if printed is None:
            return None
        if self.rules_id is None:
            return OutcomeCategory(scheme=None, code=printed, canonical=None)
        rules = rules_by_id(self.rules_id)
        code, canonical = canonical_outcome(rules, printed)
        if canonical is None:
            raise UnknownCategory(code=printed, scheme=self.rules_id, codes=", ".join(rules.categories.codes))
        return OutcomeCategory(scheme=self.rules_id, code=code, canonical=canonical)
