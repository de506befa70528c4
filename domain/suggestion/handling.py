"""Handling: co-handling opinions and extensions, between the assignment and the answer."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.law import DueBy, Law
from domain.suggestion.assignment import Assigned, Assigning, NotAssigned
from domain.vocabulary import Line, Prose, Role


class CoOpinionGiven(Event):
    """A co-handling unit has given the lead unit its opinion (会办意见)."""

    type: ClassVar[str] = "suggestion.co-opinion-given"
    unit: str
    opinion: str | None


class CoOpinionLapsed(Event):
    """A co-handling unit let its term pass; the lead unit may answer without its opinion."""

    type: ClassVar[str] = "suggestion.co-opinion-lapsed"
    unit: str
    step: str


class ExtensionGranted(Event):
    """The unit has the longer term for broad or hard matters (延期)."""

    type: ClassVar[str] = "suggestion.extension-granted"
    unit: str
    reason: str
    approver: str | None
    due: DueBy


class NotCoHandling(Refusal):
    """{unit} is not a co-handling unit of {ref}, so no opinion is asked of it.

    The roles are shown by `duban case show {ref}`.
    """


class OpinionAlreadyGiven(Refusal):
    """The opinion of {unit} on {ref} is in already, or its term has lapsed.

    Its wording is in the history: `duban case show {ref}`.
    """


class OwesNoReply(Refusal):
    """{unit} owes no reply in {ref}.

    {expected}
    """


class AlreadyExtended(Refusal):
    """{unit} already has the longer term in {ref}, to {due_on}.

    The rules allow one extension; the reply is due by that date.
    """


class NoExtensionInRules(Refusal):
    """The rules {rules_id}, to which {ref} is pinned, know no extension.

    The reply stays due on the first date.
    """


class GiveOpinion(Value):
    """Give the lead unit a co-handling opinion."""

    unit: Line
    opinion: Prose | None = None
    at: AwareDatetime


class GrantExtension(Value):
    """Grant a unit the longer term to answer."""

    unit: Line
    reason: Prose
    approver: Line | None = None
    at: AwareDatetime


class Handling(Assigning):
    """Decisions between assignment and answer."""

    def give_opinion(self, command: GiveOpinion) -> list[CoOpinionGiven]:
        self._ensure_assigned()
        if self.role_of(command.unit) is not Role.CO_HANDLING:
            raise NotCoHandling(ref=self.ref, unit=command.unit)
        if command.unit in self.opinions:
            raise OpinionAlreadyGiven(ref=self.ref, unit=command.unit)
        self.ensure_not_before("opinion", command.at, self.assigned_at)
        return [CoOpinionGiven(unit=command.unit, opinion=command.opinion, occurred_at=command.at)]

    def grant_extension(self, command: GrantExtension, law: Law) -> list[ExtensionGranted]:
        self._ensure_assigned()
        self.ensure_owes_reply(command.unit)
        clock = next(
            c for c in self.clocks if c.about == command.unit and c.rule.startswith("answer") and c.running
        )
        if clock.rule == "answer_extended":
            due_on = clock.deadline.due_on.isoformat() if clock.deadline else "?"
            raise AlreadyExtended(ref=self.ref, unit=command.unit, due_on=due_on)
        if self.rules_id is None:
            raise NotAssigned(ref=self.ref)
        due = law.due_by(
            self.rules_id,
            "answer_extended",
            self.assigned_at,
            anchor_event=Assigned.type,
            prolongs=clock.deadline,
        )
        if due is None:
            raise NoExtensionInRules(ref=self.ref, rules_id=self.rules_id)
        self.ensure_not_before("extension", command.at, self.assigned_at)
        return [ExtensionGranted(**command.model_dump(exclude={"at"}), due=due, occurred_at=command.at)]

    def ensure_owes_reply(self, unit: str) -> None:
        if unit in self.owing:
            return
        owing = ", ".join(self.owing)
        expected = f"A reply is owed by {owing}." if owing else "Every reply that was owed has been given."
        raise OwesNoReply(ref=self.ref, unit=unit, expected=expected)
