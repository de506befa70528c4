"""What a case keeps of its events: clocks, parts, objections, replies, ratings, commitments."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.clock import Deadline
from domain.vocabulary import Role, Satisfaction


class ClockStatus(StrEnum):
    """How a clock stands. The first three are moving, the others are final."""

    OPEN = "open"
    OVERDUE = "overdue"
    UNKNOWN = "unknown"  # it runs, but the source does not date its anchor
    MET = "met"
    MET_LATE = "met-late"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline that somebody owes something by."""

    rule: str
    about: str  # the unit, deputies or commitment concerned
    cause: int  # version of the event that set it
    deadline: Deadline | None  # None: its anchor has no date in the source
    ended: ClockStatus | None = None
    ended_at: datetime | None = None

    @property
    def running(self) -> bool:
        return self.ended is None

    def status(self, as_of: datetime) -> ClockStatus:
        if self.ended is not None:
            return self.ended
        if self.deadline is None:
            return ClockStatus.UNKNOWN
        return ClockStatus.OVERDUE if as_of > self.deadline.due_at else ClockStatus.OPEN


class Signature(StrEnum):
    """How a co-signer stands to a joint suggestion."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Signatory:
    """A deputy under the suggestion; the lead deputy signs by handing it in."""

    name: str
    lead: bool
    signature: Signature


@dataclass(frozen=True, slots=True)
class Classification:
    """The subject that a suggestion is counted under, by its list."""

    scheme: str
    code: str
    name: str
    aspect: str | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """A unit's part in the case."""

    unit: str
    role: Role
    cause: int


@dataclass(frozen=True, slots=True)
class Objection:
    """A unit says that the case is not its business."""

    unit: str
    late: bool
    decided: str | None = None  # upheld, refused, or moot where the unit answered after all


@dataclass(frozen=True, slots=True)
class Contact:
    """A unit spoke with the deputies."""

    unit: str
    way: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as given; `served_on` lists those it has reached."""

    unit: str
    ordinal: int
    document_no: str | None
    category: str | None
    outcome: str | None
    answered_at: datetime | None
    cause: int
    served_on: tuple[str, ...] = ()
    text_hash: str | None = None
    text: str | None = None  # None too where a correction's text was not recorded
    in_person: bool = False
    corrections: int = 0
    first_category: str | None = None  # as first given, where it was changed later
    copied_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rating:
    """One feedback form: attitude and result are rated apart."""

    unit: str
    ordinal: int  # of the reply rated
    attitude: Satisfaction | None
    result: Satisfaction | None
    printed: str | None
    by: str
    channel: str
    reasons: str | None = None
    on_behalf_of: tuple[str, ...] = ()  # signatories whose views the form gathers
    after_contact: bool | None = None  # whether the unit had spoken with the deputies before


@dataclass(frozen=True, slots=True)
class Escalation:
    """Not satisfied twice: the matter is taken further, in the way the rules name."""

    unit: str
    way: str
    open: bool = True


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promise made in an answer."""

    id: str
    owner: str
    promise: str
    made_at: datetime | None
    cause: int
    follow_ups: int = 0
    fulfilled_at: datetime | None = None
    evidence: str | None = None
    progress: int = 0
    verified_by: str | None = None
    failed_because: str | None = None
    carried_over: tuple[str, ...] = ()  # into which years and terms
    reported: bool = False  # to the deputies, who have not rated it yet
    rated: Satisfaction | None = None  # the deputies' second rating, of the fulfilment

    @property
    def open(self) -> bool:
        return self.evidence is None and self.failed_because is None


@dataclass(frozen=True, slots=True)
class Publication:
    """What is published of one part of a case."""

    part: str
    unit: str | None
    extent: str
    reason: str | None = None
