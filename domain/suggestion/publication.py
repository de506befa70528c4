"""Publication and secrecy: content, replies and feedback are decided apart, each with its reason."""

from typing import ClassVar, assert_never

from domain.base import Event, Refusal
from domain.suggestion.facts import Command, stated
from domain.suggestion.supervision import Supervising
from domain.vocabulary import Extent, Line, Part, Prose


class PublicationDecided(Event):
    """One part of a case is published in full, as a summary, or not at all, and why."""

    type: ClassVar[str] = "suggestion.publication-decided"
    part: Part
    unit: str | None
    extent: Extent
    reason: str | None
    by: str


class ConfidentialityRequested(Event):
    """A deputy has asked that the suggestion be kept confidential."""

    type: ClassVar[str] = "suggestion.confidentiality-requested"
    by: str
    reason: str


class IdentityProtected(Event):
    """The names of those who made the suggestion are kept from the units and the public."""

    type: ClassVar[str] = "suggestion.identity-protected"
    by: str
    reason: str


class PublicationUnreasoned(Refusal):
    """What is not published in full needs its reason.

    Say it with --reason: a state or trade secret, privacy, or the deputies' request.
    """


class NothingToPublish(Refusal):
    """There is no {part} of {unit} in {ref}.

    `duban case show {ref}` shows what there is.
    """


class IdentityIsProtected(Refusal):
    """The identity of those who made {ref} is protected, so its {part} is not published in full.

    Publish a summary without names, or withhold it.
    """


class DecidePublication(Command):
    """Decide what is published of one part."""

    part: Part
    unit: Line | None = None
    extent: Extent
    reason: Prose | None = None
    by: Line


class RequestConfidentiality(Command):
    """Ask that the suggestion be kept confidential."""

    by: Line
    reason: Prose


class ProtectIdentity(Command):
    """Keep the names of those who made the suggestion from the units and the public."""

    by: Line
    reason: Prose


class Publishing(Supervising):
    """Decisions about what is public."""

    def decide_publication(self, command: DecidePublication) -> list[PublicationDecided]:
        if command.extent is not Extent.FULL and command.reason is None:
            raise PublicationUnreasoned
        if not self._exists(command.part, command.unit):
            raise NothingToPublish(ref=self.ref, part=command.part.value, unit=command.unit or "any unit")
        if self.identity_protected and command.extent is Extent.FULL:
            raise IdentityIsProtected(ref=self.ref, part=command.part.value)
        return [stated(PublicationDecided, command)]

    def request_confidentiality(self, command: RequestConfidentiality) -> list[ConfidentialityRequested]:
        self.ensure_signatory(command.by)
        return [] if self.confidentiality_asked else [stated(ConfidentialityRequested, command)]

    def protect_identity(self, command: ProtectIdentity) -> list[IdentityProtected]:
        self.ensure_not_own_cause(command.by)
        return [] if self.identity_protected else [stated(IdentityProtected, command)]

    def _exists(self, part: Part, unit: str | None) -> bool:
        match part:
            case Part.CONTENT:
                return True
            case Part.REPLY:
                return any(unit in (None, reply.unit) for reply in self.replies)
            case Part.FEEDBACK:
                return any(unit in (None, rating.unit) for rating in self.ratings)
            case _:
                assert_never(part)
