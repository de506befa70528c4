"""Handling: co-handling opinions and extensions, between the assignment and the answer."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.law import DueBy, Law
from domain.rules import rules_by_id
from domain.suggestion.assignment import Assigned
from domain.suggestion.facts import Command, stated
from domain.suggestion.objections import Objecting
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
    deputies_told: bool = False


class ExtensionRequested(Event):
    """A unit has asked for the longer term."""

    type: ClassVar[str] = "suggestion.extension-requested"
    unit: str
    reason: str


class ExtensionRefused(Event):
    """The longer term was not granted; the first date stands."""

    type: ClassVar[str] = "suggestion.extension-refused"
    unit: str
    by: str
    reason: str


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

    A reply is owed by {owing}.
    """


class NobodyOwesAReply(OwesNoReply):
    """{unit} owes no reply in {ref}.

    Every reply that was owed has been given.
    """


class AlreadyExtended(Refusal):
    """{unit} already has the longer term in {ref}, to {due_on}.

    The rules allow one extension; the reply is due by that date.
    """


class ApproverMissing(Refusal):
    """Under {rules_id} an extension is granted by {approver}, not by the unit that needs it.

    Name who granted it with --approver.
    """


class NotExtendable(Refusal):
    """No term of {unit} in {ref} can be extended: the one for a second reply is as the rules set it.

    `duban case clock {ref}` shows the terms that run.
    """


class NoExtensionAsked(Refusal):
    """{unit} has not asked for an extension in {ref}.

    Record the request first: `duban request-extension {ref} --unit {unit}`.
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
    deputies_told: bool = False
    at: AwareDatetime


class RequestExtension(Command):
    """Ask for the longer term to answer."""

    unit: Line
    reason: Prose


class RefuseExtension(Command):
    """Refuse a unit the longer term."""

    unit: Line
    by: Line
    reason: Prose


class Handling(Objecting):
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
        clock = self.answer_clock(command.unit)
        if clock is None or self.rules_id is None:
            raise NotExtendable(ref=self.ref, unit=command.unit)
        if clock.rule == "answer_extended":
            due_on = clock.deadline.due_on.isoformat() if clock.deadline else "?"
            raise AlreadyExtended(ref=self.ref, unit=command.unit, due_on=due_on)
        self._ensure_approved(command)
        due = law.due_by(
            self.rules_id,
            "answer_extended",
            self.assigned_at,
            anchor_event=Assigned.type,
            prolongs=clock.deadline,
        )
        assert due is not None  # every jurisdiction has a longer term
        self.ensure_not_before("extension", command.at, self.assigned_at)
        return [ExtensionGranted(**command.model_dump(exclude={"at"}), due=due, occurred_at=command.at)]

    def request_extension(self, command: RequestExtension) -> list[ExtensionRequested]:
        self._ensure_assigned()
        self.ensure_owes_reply(command.unit)
        if command.unit in self.extension_requests:
            return []
        return [stated(ExtensionRequested, command)]

    def refuse_extension(self, command: RefuseExtension) -> list[ExtensionRefused]:
        self._ensure_assigned()
        if command.unit not in self.extension_requests:
            raise NoExtensionAsked(ref=self.ref, unit=command.unit)
        self.ensure_not_own_cause(command.by)
        return [stated(ExtensionRefused, command)]

    def _ensure_approved(self, command: GrantExtension) -> None:
        """The approver is the one the rules name; a unit never grants its own."""
        assert self.rules_id is not None
        rules = rules_by_id(self.rules_id)
        named = rules.extension_approver.value
        if command.approver is None and named != "none":
            raise ApproverMissing(rules_id=rules.rules_id, approver=named)
        if command.approver is not None:
            self.ensure_not_own_cause(command.approver)

    def ensure_owes_reply(self, unit: str) -> None:
        if unit in self.owing:
            return
        if not self.owing:
            raise NobodyOwesAReply(ref=self.ref, unit=unit)
        raise OwesNoReply(ref=self.ref, unit=unit, owing=", ".join(self.owing))
