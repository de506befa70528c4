"""Intake: a suggestion is submitted, by a deputy, several or a delegation, and registered under a number."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.clock import day_of
from domain.jurisdictions import nearest
from domain.law import DueBy, Law
from domain.references import reference_of
from domain.subjects import GENERAL, Scheme, shipped
from domain.suggestion.classification import Classified, Classify, Classifying
from domain.suggestion.records import Signature
from domain.suggestion.state import EVERYBODY
from domain.vocabulary import CONGRESS, Basis, Kind, Level, Line, Prose


class Parts(Value):
    """What a suggestion has to say: the facts, their analysis, and what is proposed."""

    facts: Prose | None = None
    analysis: Prose | None = None
    proposal: Prose | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name, text in self if text is None)


class Submitted(Event):
    """A deputy or a delegation has handed in a suggestion."""

    type: ClassVar[str] = "suggestion.submitted"
    congress: str
    case_id: str
    ref: str
    kind: Kind
    level: Level
    place: str
    term: int | None
    session: int | None
    title: str | None
    text: str | None = None
    lead_deputy: str | None = None
    delegation: str | None = None  # that of the deputy; with `by_delegation`, the one that submits
    in_session: bool = True
    jurisdiction: str
    jurisdiction_reason: str
    gaps: tuple[str, ...] = ()  # what the source does not say
    source: str | None = None  # official address of the published text
    digest: str | None = None  # of the source record, for cases that were imported
    co_signers: tuple[str, ...] = ()
    by_delegation: bool = False
    basis: tuple[Basis, ...] = ()
    grass_roots: bool | None = None
    first_term: bool | None = None
    proposed_units: tuple[str, ...] = ()
    parts: Parts | None = None
    dispatch: DueBy | None = None  # between sessions, by when the congress has to assign it

    @property
    def whole_text(self) -> str | None:
        """What it says, in one piece or in its parts."""
        if self.text is not None or self.parts is None:
            return self.text
        return "\n\n".join(part for _, part in self.parts if part is not None) or None


class Registered(Event):
    """The suggestion bears a number, unique within congress, term, session and kind."""

    type: ClassVar[str] = "suggestion.registered"
    number: str
    ref: str


class AlreadySubmitted(Refusal):
    """{ref} has been submitted already.

    Look at it with `duban case show {ref}`.
    """


class NotSubmitted(Refusal):
    """There is no such case: nothing was ever submitted under it.

    `duban case list` shows the cases that exist.
    """


class AlreadyRegistered(Refusal):
    """{ref} is registered already, under number {number}.

    A number is given once; a wrong one is corrected by a new registration in the next session.
    """


class CoSignersOpen(Refusal):
    """{ref} cannot be registered before each co-signer has confirmed or declined; open: {deputies}.

    Submit it without a number, record each with `duban confirm-signature {ref} --deputy NAME`, then register it.
    """


class PartsMissing(Refusal):
    """A suggestion states facts, their analysis and a proposal; missing: {parts}.

    Complete it, or hand in the whole text as one.
    """


class SeveralMatters(Refusal):
    """A suggestion speaks of one matter (一事一议); this one names {matters}.

    Submit each matter by itself.
    """


class DelegationNotNamed(Refusal):
    """A delegation submits this suggestion, but it is not named, or co-signers are.

    Name the delegation with --delegation; the whole delegation has discussed it, so nobody co-signs.
    """


class OnlyInSession(Refusal):
    """Under {rules_id} a delegation submits suggestions only while the congress is in session.

    A deputy, or several jointly, may submit it now.
    """


class AwaitingRevision(Refusal):
    """{ref} was returned to the deputies and has not been handed in again.

    Record the revision with `duban resubmit {ref}`, or its withdrawal with `duban withdraw {ref}`.
    """


class Submit(Value):
    """Hand in a suggestion to a congress."""

    congress: Line
    case_id: str
    level: Level
    place: Line
    kind: Kind = Kind.SUGGESTION
    term: int | None = None
    session: int | None = None
    number: Line | None = None
    title: Line
    text: Prose | None = None
    lead_deputy: Line | None = None
    delegation: Line | None = None
    in_session: bool = True
    co_signers: tuple[Line, ...] = ()
    by_delegation: bool = False
    basis: tuple[Basis, ...] = ()
    grass_roots: bool | None = None
    first_term: bool | None = None
    proposed_units: tuple[Line, ...] = ()
    parts: Parts | None = None
    matters: int = 1
    subject: Line | None = None
    scheme: Scheme = shipped(GENERAL)
    at: AwareDatetime


class Register(Value):
    """Give the suggestion its number."""

    number: Line
    subject: Line | None = None
    scheme: Scheme = shipped(GENERAL)
    at: AwareDatetime


class Intake(Classifying):
    """Decisions of the intake."""

    def submit(self, command: Submit, law: Law) -> list[Submitted | Registered | Classified]:
        if self.exists:
            raise AlreadySubmitted(ref=self.ref)
        near = nearest(command.level, command.place)
        ref = reference_of(**command.model_dump(include=REFERENCE_PARTS))
        rules_id = law.in_force(near.jurisdiction, day_of(command.at)).rules_id
        _ensure_form(command, law, near.jurisdiction)
        dispatch = None
        if not command.in_session:
            dispatch = law.due_by(rules_id, "dispatch", command.at, anchor_event=Submitted.type)
        submitted = Submitted(
            **command.model_dump(exclude=NOT_SUBMITTED),
            ref=str(ref),
            jurisdiction=near.jurisdiction,
            jurisdiction_reason=near.reason,
            dispatch=dispatch,
            occurred_at=command.at,
        )
        counted = self._counted(command, EVERYBODY)
        if command.number is None:
            return [submitted, *counted]
        if command.co_signers:
            raise CoSignersOpen(ref=ref, deputies=", ".join(command.co_signers))
        registered = Registered(number=command.number, ref=str(ref), occurred_at=command.at)
        return [submitted, registered, *counted]

    def register(self, command: Register) -> list[Registered | Classified]:
        if self.number is not None:
            raise AlreadyRegistered(ref=self.ref, number=self.number)
        self.ensure_not_returned()
        if asked := [s.name for s in self.signatories if s.signature is Signature.ASKED]:
            raise CoSignersOpen(ref=self.ref, deputies=", ".join(asked))
        ref = reference_of(
            congress=self.congress,
            term=self.term,
            session=self.session,
            kind=self.kind,
            number=command.number,
            case_id=self.case_id,
        )
        registered = Registered(number=command.number, ref=str(ref), occurred_at=command.at)
        return [registered, *self._counted(command, CONGRESS)]

    def _counted(self, command: Submit | Register, by: str) -> list[Classified]:
        """The subject that is said along with a submission or a registration; a registration may only confirm one."""
        if command.subject is None:
            return []
        subject = command.scheme.named(command.subject)
        if self.classification is not None and self.classification.name == subject.name:
            return []
        return self.classify(Classify(subject=subject.code, scheme=command.scheme, by=by, at=command.at))

    def ensure_not_returned(self) -> None:
        if self.returned:
            raise AwaitingRevision(ref=self.ref)


def _ensure_form(command: Submit, law: Law, jurisdiction: str) -> None:
    """One matter, its parts, and who may submit now."""
    if command.matters != 1:
        raise SeveralMatters(matters=command.matters)
    if command.parts is not None and command.parts.missing:
        raise PartsMissing(parts=", ".join(command.parts.missing))
    if not command.by_delegation:
        return
    if command.delegation is None or command.co_signers:
        raise DelegationNotNamed
    rules = law.in_force(jurisdiction, day_of(command.at))
    if rules.delegation_submits.value == "in_session" and not command.in_session:
        raise OnlyInSession(rules_id=rules.rules_id)


NOT_SUBMITTED = {"number", "matters", "subject", "scheme", "at"}
REFERENCE_PARTS = {"congress", "term", "session", "kind", "number", "case_id"}
