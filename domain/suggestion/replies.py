"""Replies: what a unit owes the deputies, what it has answered, and whom the answer has reached."""

from hashlib import sha256
from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.clock import day_of
from domain.law import DueBy, Law
from domain.provisions import Outcome
from domain.rules import canonical_outcome, rules_by_id
from domain.suggestion.contacts import Contacting
from domain.suggestion.promises import CommitmentMade, Promise, Promising
from domain.suggestion.records import Signature
from domain.suggestion.state import EVERYBODY
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
    text_hash: str | None = None  # SHA-256 of the full text, in UTF-8
    in_person: bool = False  # 当面答复


class ReplyServed(Event):
    """The answer has reached those who made the suggestion; their term for feedback begins."""

    type: ClassVar[str] = "suggestion.reply-served"
    unit: str
    ordinal: int
    on: str
    feedback: DueBy | None
    way: str | None = None


class AlreadyAnswered(Refusal):
    """{unit} has answered {ref} already, on {on}.

    A second answer follows only a rehandling, which feedback “not satisfied” orders.
    """


class CoOpinionsMissing(Refusal):
    """The lead unit may not answer {ref} before the co-handling opinions are in; missing: {units}.

    Record them with `duban opine {ref} --unit UNIT`, or wait until their lapse is recorded.
    """


class LeadsMustAgree(Refusal):
    """Under {rules_id} several lead units agree before one of them answers {ref}; not agreed: {units}.

    Record what they agreed with `duban coordinate {ref}`.
    """


class PromiseUndated(Refusal):
    """Category {code} says the matter is {outcome}, so the reply to {ref} has to promise something by a day.

    Give the promise and its day: --promise TEXT --due DAY.
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
    in_person: bool = False
    commitments: tuple[Promise, ...] = ()
    at: AwareDatetime


CO_OPINIONS = ("co_opinion", "co_opinion_redo")
UNDER_WAY = (Outcome.PLANNED, Outcome.IN_PROGRESS)  # what a promise has to stand behind


class Replying(Promising, Contacting):
    """Decisions about answers."""

    def answer(self, command: Answer, law: Law) -> list[Answered | ReplyServed | CommitmentMade]:
        self._ensure_assigned()
        self._ensure_may_answer(command.unit)
        self.ensure_not_before("answer", command.at, self.assigned_at)
        ordinal = self.replies_of(command.unit) + 1
        category = self.category_of(command.category)
        self.ensure_promised(command.unit, category, command.commitments)
        answered = Answered(
            **command.model_dump(exclude={"category", "served_on", "commitments", "at"}),
            ordinal=ordinal,
            category=category,
            text_hash=hash_of(command.text),
            occurred_at=command.at,
        )
        promised = self.promised_by(command.unit, command.commitments, command.at, law)
        if command.served_on is None:
            return [answered, *promised]
        served = self.served(command.unit, ordinal, command.served_on, command.at, law)
        return [answered, served, *promised]

    def served(
        self, unit: str, ordinal: int, on: str, at: AwareDatetime | None, law: Law, way: str | None = None
    ) -> ReplyServed:
        feedback = None
        if self.rules_id is not None and self._rates(on):
            feedback = law.due_by(self.rules_id, "feedback", at, anchor_event=ReplyServed.type)
        return ReplyServed(unit=unit, ordinal=ordinal, on=on, feedback=feedback, way=way, occurred_at=at)

    def ensure_promised(
        self, unit: str, category: OutcomeCategory | None, promises: tuple[Promise, ...]
    ) -> None:
        """What is planned or in progress has a promise with a day behind it, new or still open."""
        if category is None or category.canonical not in UNDER_WAY:
            return
        if any(p.due is not None for p in promises) or self._has_dated_promise(unit):
            return
        raise PromiseUndated(ref=self.ref, code=category.code, outcome=category.canonical.value)

    def _has_dated_promise(self, unit: str) -> bool:
        dated = {c.about for c in self.running_clocks if c.rule == "commitment" and c.deadline is not None}
        return any(c.owner == unit and c.id in dated for c in self.open_commitments)

    def _rates(self, on: str) -> bool:
        """The term for feedback begins when the reply reaches whoever gives it: the lead, or the delegation."""
        co_signers = [s.name for s in self.signatories if not s.lead and s.signature is Signature.CONFIRMED]
        return on == EVERYBODY or on not in co_signers

    def _ensure_may_answer(self, unit: str) -> None:
        role = self.role_of(unit)
        if role is not None and role.owes_reply and unit not in self.owing:
            last = self.last_reply(unit)
            on = day_of(last.answered_at) if last.answered_at else "an unknown day"
            raise AlreadyAnswered(ref=self.ref, unit=unit, on=on)
        self.ensure_owes_reply(unit)
        if missing := self.missing_opinions(unit):
            raise CoOpinionsMissing(ref=self.ref, units=", ".join(missing))
        if apart := self._not_agreed(unit):
            raise LeadsMustAgree(ref=self.ref, rules_id=self.rules_id, units=", ".join(apart))

    def missing_opinions(self, unit: str) -> tuple[str, ...]:
        """Co-handling units whose opinion the rules ask for, and which neither gave it nor let it lapse."""
        if self.role_of(unit) is not Role.LEAD:
            return ()
        return tuple(c.about for c in self.running_clocks if c.rule in CO_OPINIONS)

    def _not_agreed(self, unit: str) -> tuple[str, ...]:
        leads = tuple(a.unit for a in self.assignments if a.role is Role.LEAD)
        if self.rules_id is None or unit not in leads or len(leads) == 1:
            return ()
        must = rules_by_id(self.rules_id).several_leads.value == "must_agree"
        return tuple(lead for lead in leads if must and lead not in self.agreed)

    def category_of(self, printed: str | None) -> OutcomeCategory | None:
        if printed is None:
            return None
        if self.rules_id is None:
            return OutcomeCategory(scheme=None, code=printed, canonical=None)
        rules = rules_by_id(self.rules_id)
        code, canonical = canonical_outcome(rules, printed)
        if canonical is None:
            raise UnknownCategory(code=printed, scheme=self.rules_id, codes=", ".join(rules.categories.codes))
        return OutcomeCategory(scheme=self.rules_id, code=code, canonical=canonical)


def hash_of(text: str | None) -> str | None:
    """The SHA-256 of a text, by which a copy of it can be checked."""
    return None if text is None else sha256(text.encode()).hexdigest()
