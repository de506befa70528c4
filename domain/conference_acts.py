"""What happens to an assignment conference, and what people and the assignment itself ask of it."""

from typing import ClassVar, TypeAlias

from domain.base import Event, Refusal, Value
from domain.suggestion.facts import Command
from domain.vocabulary import Line, Prose, Role


class Part(Value):
    """A unit and how it is to take part."""

    unit: Line
    role: Role


class Proposal(Value):
    """One line of the sheet: a case, the system of organs and the units it is to go to."""

    ref: str
    case_id: str
    to: Line
    parts: tuple[Part, ...]
    row: int  # of the sheet


class Fact(Value):
    """What a refusal speaks of."""

    name: str
    value: str


class RefusedCase(Value):
    """A case that the rules did not let be assigned, and why; `refusal` and `facts` say it in any language."""

    ref: str
    case_id: str
    refusal: str
    reason: str
    facts: tuple[Fact, ...] = ()


class ConferencePrepared(Event):
    """The sheet of an assignment conference was found good as a whole; its lines follow in portions."""

    type: ClassVar[str] = "conference.prepared"
    congress: str
    conference_id: str
    term: int
    session: int
    cases: int
    portions: int
    sheet: str  # name of the file
    digest: str  # SHA-256 of what it proposes


class CasesProposed(Event):
    """A portion of what the sheet proposes, in its order."""

    type: ClassVar[str] = "conference.cases-proposed"
    portion: int
    proposals: tuple[Proposal, ...]


class ConferenceStarted(Event):
    """The conference assigns its cases; this is the instant of every assignment, so all terms begin alike."""

    type: ClassVar[str] = "conference.started"


class CasesAssigned(Event):
    """Cases of a portion are assigned; each has its own events."""

    type: ClassVar[str] = "conference.cases-assigned"
    portion: int
    case_ids: tuple[str, ...]


class CasesRefused(Event):
    """Cases of a portion cannot be assigned; the others are not held up."""

    type: ClassVar[str] = "conference.cases-refused"
    portion: int
    refused: tuple[RefusedCase, ...]


class ConferencePaused(Event):
    """Nothing more is assigned until the conference is resumed."""

    type: ClassVar[str] = "conference.paused"
    reason: str | None


class ConferenceResumed(Event):
    """The conference goes on where it stood."""

    type: ClassVar[str] = "conference.resumed"


class ConferenceRetried(Event):
    """The refused cases are tried once more."""

    type: ClassVar[str] = "conference.retried"
    cases: int


class ConferenceFinished(Event):
    """Every case is assigned or refused."""

    type: ClassVar[str] = "conference.finished"
    assigned: int
    refused: int


ConferenceEvent: TypeAlias = (
    ConferencePrepared
    | CasesProposed
    | ConferenceStarted
    | CasesAssigned
    | CasesRefused
    | ConferencePaused
    | ConferenceResumed
    | ConferenceRetried
    | ConferenceFinished
)


class NoSuchConference(Refusal):
    """There is no assignment conference {conference}.

    `duban conference list` shows those that are prepared.
    """


class EmptySheet(Refusal):
    """The sheet proposes no case.

    Each row names a case by its number and at least one lead or separate unit.
    """


class ConferenceIsPaused(Refusal):
    """The conference {conference} is paused.

    Let it go on with `duban conference resume {conference}`.
    """


class ConferenceNotRunning(Refusal):
    """The conference {conference} does not run, so it cannot be paused.

    `duban conference status {conference}` tells where it stands.
    """


class ConferenceNotPaused(Refusal):
    """The conference {conference} is not paused.

    `duban conference status {conference}` tells where it stands.
    """


class NothingToRetry(Refusal):
    """No case of the conference {conference} was refused.

    `duban conference report {conference}` lists refused cases.
    """


class PrepareConference(Command):
    """Record what a sheet proposes."""

    congress: Line
    conference_id: Line
    term: int
    session: int
    sheet: Line
    digest: str
    proposals: tuple[Proposal, ...]


class StartConference(Command):
    """Assign the cases."""


class PauseConference(Command):
    """Assign nothing more for the time being."""

    reason: Prose | None = None


class ResumeConference(Command):
    """Go on."""


class RetryConference(Command):
    """Try the refused cases again, after what stood in their way is gone."""


class SettleCases(Command):
    """What became of cases of one portion."""

    portion: int
    assigned: tuple[str, ...] = ()
    refused: tuple[RefusedCase, ...] = ()


ConferenceCommand: TypeAlias = (
    PrepareConference | StartConference | PauseConference | ResumeConference | RetryConference | SettleCases
)
