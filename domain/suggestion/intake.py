"""Intake: a suggestion is submitted and registered under a number."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.jurisdictions import nearest
from domain.references import reference_of
from domain.suggestion.state import CaseState
from domain.vocabulary import Kind, Level, Line, Prose


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
    delegation: str | None = None
    in_session: bool = True
    jurisdiction: str
    jurisdiction_reason: str
    gaps: tuple[str, ...] = ()  # what the source does not say
    source: str | None = None  # official address of the published text
    digest: str | None = None  # of the source record, for cases that were imported


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
    at: AwareDatetime


class Register(Value):
    """Give the suggestion its number."""

    number: Line
    at: AwareDatetime


class Intake(CaseState):
    """Decisions of the intake."""

    def submit(self, command: Submit) -> list[Submitted | Registered]:
        if self.exists:
            raise AlreadySubmitted(ref=self.ref)
        law = nearest(command.level, command.place)
        ref = reference_of(**command.model_dump(include=REFERENCE_PARTS))
        submitted = Submitted(
            **command.model_dump(exclude={"number", "at"}),
            ref=str(ref),
            jurisdiction=law.jurisdiction,
            jurisdiction_reason=law.reason,
            occurred_at=command.at,
        )
        if command.number is None:
            return [submitted]
        return [submitted, Registered(number=command.number, ref=str(ref), occurred_at=command.at)]

    def register(self, command: Register) -> list[Registered]:
        if self.number is not None:
            raise AlreadyRegistered(ref=self.ref, number=self.number)
        ref = reference_of(
            congress=self.congress,
            term=self.term,
            session=self.session,
            kind=self.kind,
            number=command.number,
            case_id=self.case_id,
        )
        return [Registered(number=command.number, ref=str(ref), occurred_at=command.at)]


REFERENCE_PARTS = {"congress", "term", "session", "kind", "number", "case_id"}
