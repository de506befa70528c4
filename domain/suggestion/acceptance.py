"""Acceptance: what becomes of something that should not be a suggestion, or was something else before."""

from enum import StrEnum
from typing import ClassVar, assert_never

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.law import Law
from domain.references import reference_of
from domain.suggestion.facts import Command, stated
from domain.suggestion.signatories import Signing
from domain.vocabulary import Ground, Kind, Line, Prose


class Outcome(StrEnum):
    """What becomes of something that is not acceptable as a suggestion."""

    ADVISED_TO_WITHDRAW = "advised-to-withdraw"
    RETURNED = "returned"
    DECLINED = "declined"
    LETTER = "letter"
    REFERENCE = "reference"
    RAISED = "raised"


class AdvisedToWithdraw(Event):
    """The office has advised the deputies to withdraw it, and said why."""

    type: ClassVar[str] = "suggestion.advised-to-withdraw"
    ground: Ground
    explanation: str


class Returned(Event):
    """It went back to the deputies, who may revise it and hand it in again (退回)."""

    type: ClassVar[str] = "suggestion.returned"
    ground: Ground
    explanation: str


class Resubmitted(Event):
    """The deputies have handed the revised suggestion in again; it is the same case."""

    type: ClassVar[str] = "suggestion.resubmitted"
    title: str
    text: str | None


class Declined(Event):
    """It is not accepted, and the deputies were told why (不予受理, 不予交办)."""

    type: ClassVar[str] = "suggestion.declined"
    ground: Ground
    explanation: str


class ConvertedToLetter(Event):
    """It is handled as a deputy's letter (代表来信), which bears this reference where it is handled."""

    type: ClassVar[str] = "suggestion.converted-to-letter"
    ground: Ground
    explanation: str
    to: str | None


class PassedOnForReference(Event):
    """An organ has it for its work's reference (工作参考); no reply is owed."""

    type: ClassVar[str] = "suggestion.passed-on-for-reference"
    ground: Ground
    explanation: str
    to: str | None


class RaisedUpward(Event):
    """It lies with the level above, where deputies of that level or the organ raise it."""

    type: ClassVar[str] = "suggestion.raised-upward"
    ground: Ground
    explanation: str
    to: str | None


class ConvertedFromMotion(Event):
    """The Presidium made a motion a suggestion (转为建议); it is the same case under a new reference."""

    type: ClassVar[str] = "suggestion.converted-from-motion"
    motion: str  # the reference it bore as a motion
    ref: str
    decided_by: str
    reason: str | None


class Merged(Event):
    """It is handled together with another (并案); its deputies keep their right to a reply."""

    type: ClassVar[str] = "suggestion.merged"
    into: str
    reason: str


class TookIn(Event):
    """Another suggestion is handled together with this one."""

    type: ClassVar[str] = "suggestion.took-in"
    other: str


class OutcomeNotInRules(Refusal):
    """The rules {rules_id} do not let a suggestion be {outcome}.

    They know: {known}.
    """


class AlreadyUnderHandling(Refusal):
    """{ref} was assigned to {to}; whether it is acceptable is decided before the assignment.

    A unit that finds the matter is not its own objects: `duban object {ref} --unit UNIT`.
    """


class NotReturned(Refusal):
    """{ref} was not returned, so there is no revision to hand in.

    `duban case show {ref}` tells where it stands.
    """


class NotAMotion(Refusal):
    """{ref} is a suggestion already.

    `duban case show {ref}` tells where it comes from.
    """


class AlreadyMerged(Refusal):
    """{ref} is handled together with {into} already, or is {into} itself.

    Each suggestion is merged into one other.
    """


class TurnAway(Command):
    """Decide that something is not acceptable as a suggestion, and what becomes of it."""

    outcome: Outcome
    ground: Ground
    explanation: Prose
    to: Line | None = None


class Resubmit(Command):
    """Hand a revised suggestion in again."""

    title: Line
    text: Prose | None = None


class ConvertMotion(Command):
    """Make a motion a suggestion, by decision of the Presidium."""

    decided_by: Line
    reason: Prose | None = None


class Merge(Command):
    """Handle the suggestion together with another."""

    into: Line
    reason: Prose


class TakeIn(Command):
    """The other side of a merger."""

    other: Line


TurnedAway = AdvisedToWithdraw | Returned | Declined | ConvertedToLetter | PassedOnForReference | RaisedUpward

# The words of the rules, by outcome. To raise it upward needs no rule: it follows from the competence.
IN_RULES = {
    Outcome.ADVISED_TO_WITHDRAW: {"advised_to_withdraw", "withdrawn"},
    Outcome.RETURNED: {"returned", "revise_and_resubmit"},
    Outcome.DECLINED: {"declined_with_notice", "not_assigned_with_notice"},
    Outcome.LETTER: {"deputy_letter"},
    Outcome.REFERENCE: {"reference"},
}


class Accepting(Signing):
    """Decisions about what is acceptable."""

    def turn_away(self, command: TurnAway, law: Law) -> list[TurnedAway]:
        self._ensure_not_assigned()
        self._ensure_outcome_known(command.outcome, command.at, law)
        facts: dict[str, object] = {"ground": command.ground, "explanation": command.explanation}
        facts["occurred_at"] = command.at
        match command.outcome:
            case Outcome.ADVISED_TO_WITHDRAW:
                return [AdvisedToWithdraw.model_validate(facts)]
            case Outcome.RETURNED:
                return [Returned.model_validate(facts)]
            case Outcome.DECLINED:
                return [Declined.model_validate(facts)]
            case Outcome.LETTER:
                return [ConvertedToLetter.model_validate({**facts, "to": command.to})]
            case Outcome.REFERENCE:
                return [PassedOnForReference.model_validate({**facts, "to": command.to})]
            case Outcome.RAISED:
                return [RaisedUpward.model_validate({**facts, "to": command.to})]
            case _:
                assert_never(command.outcome)

    def resubmit(self, command: Resubmit) -> list[Resubmitted]:
        if not self.returned:
            raise NotReturned(ref=self.ref)
        return [stated(Resubmitted, command)]

    def convert_motion(self, command: ConvertMotion) -> list[ConvertedFromMotion]:
        if self.kind is not Kind.MOTION:
            raise NotAMotion(ref=self.ref)
        return [stated(ConvertedFromMotion, command, motion=self.ref, ref=str(self._unnumbered_ref()))]

    def merge(self, command: Merge) -> list[Merged]:
        if self.merged_into is not None or command.into == self.ref:
            raise AlreadyMerged(ref=self.ref, into=self.merged_into or self.ref)
        return [stated(Merged, command)]

    def take_in(self, command: TakeIn) -> list[TookIn]:
        return [] if command.other in self.merged_with else [stated(TookIn, command)]

    def _ensure_not_assigned(self) -> None:
        if self.assigned_to is not None:
            raise AlreadyUnderHandling(ref=self.ref, to=self.assigned_to)
        self.ensure_not_returned()

    def _ensure_outcome_known(self, outcome: Outcome, at: AwareDatetime, law: Law) -> None:
        rules = self.rules_at(at, law)
        words = IN_RULES.get(outcome)
        if words is not None and not words & set(rules.not_acceptable.value):
            known = [o.value for o, names in IN_RULES.items() if names & set(rules.not_acceptable.value)]
            raise OutcomeNotInRules(rules_id=rules.rules_id, outcome=outcome.value, known=", ".join(known))

    def _unnumbered_ref(self) -> Value:
        return reference_of(
            congress=self.congress,
            term=self.term,
            session=self.session,
            kind=Kind.SUGGESTION,
            number=None,
            case_id=self.case_id,
        )
