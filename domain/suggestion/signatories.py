"""Signatories: co-signers who speak for themselves, and withdrawal as the rules of the place allow it."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal
from domain.law import Law
from domain.suggestion.facts import Command, stated
from domain.suggestion.intake import Intake
from domain.suggestion.records import Signature
from domain.vocabulary import Line, Prose


class CoSignatureConfirmed(Event):
    """A co-signer has confirmed that the suggestion is his own will."""

    type: ClassVar[str] = "suggestion.co-signature-confirmed"
    deputy: str


class CoSignatureDeclined(Event):
    """A co-signer does not put his name to the suggestion."""

    type: ClassVar[str] = "suggestion.co-signature-declined"
    deputy: str
    reason: str | None


class Withdrawn(Event):
    """Those who made the suggestion have withdrawn it in writing (撤回); its handling ends."""

    type: ClassVar[str] = "suggestion.withdrawn"
    by: tuple[str, ...]
    reason: str | None


class NotACoSigner(Refusal):
    """{deputy} was not asked to co-sign {ref}, or has answered already.

    Open are: {open}.
    """


class TooLateToWithdraw(Refusal):
    """{ref} cannot be withdrawn any more: {why}.

    The deputies can say what they think of the reply in their feedback.
    """


class NotEverySignatory(Refusal):
    """{ref} is withdrawn only by all who have to agree; missing: {missing}.

    Name each of them with --deputy.
    """


class ConfirmCoSignature(Command):
    """A co-signer confirms."""

    deputy: Line


class DeclineCoSignature(Command):
    """A co-signer declines, or does not answer the lead deputy in time."""

    deputy: Line
    reason: Prose | None = None


class Withdraw(Command):
    """Withdraw the suggestion, in writing."""

    by: tuple[Line, ...]
    reason: Prose | None = None


class Signing(Intake):
    """Decisions of those who sign."""

    def confirm(self, command: ConfirmCoSignature) -> list[CoSignatureConfirmed]:
        self._ensure_asked(command.deputy)
        return [stated(CoSignatureConfirmed, command)]

    def decline_to_sign(self, command: DeclineCoSignature) -> list[CoSignatureDeclined]:
        self._ensure_asked(command.deputy)
        return [stated(CoSignatureDeclined, command)]

    def withdraw(self, command: Withdraw, law: Law) -> list[Withdrawn]:
        until = self.rules_at(command.at, law).withdrawal_until.value
        if self.assigned_to is not None and until == "before_assignment":
            raise TooLateToWithdraw(ref=self.ref, why="it has been assigned")
        if self.replies:
            raise TooLateToWithdraw(ref=self.ref, why="it has been answered")
        if missing := self._who_must_agree(command.at, law) - set(command.by):
            raise NotEverySignatory(ref=self.ref, missing=", ".join(sorted(missing)))
        return [stated(Withdrawn, command)]

    def _who_must_agree(self, at: AwareDatetime, law: Law) -> set[str]:
        if self.rules_at(at, law).withdrawal_joint.value == "all_signatories":
            return set(self.reply_due_to)
        return {s.name for s in self.signatories if s.lead}

    def _ensure_asked(self, deputy: str) -> None:
        asked = [s.name for s in self.signatories if s.signature is Signature.ASKED]
        if deputy not in asked:
            raise NotACoSigner(ref=self.ref, deputy=deputy, open=", ".join(asked) or "none")
