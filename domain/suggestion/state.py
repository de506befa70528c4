"""What is known of a case: the frozen state that its events fold into, and the questions put to it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.clock import Deadline
from domain.vocabulary import Kind, Level, Role, Satisfaction, Stage


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


@dataclass(frozen=True, slots=True)
class Assignment:
    """A unit's part in the case."""

    unit: str
    role: Role
    cause: int


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

    @property
    def open(self) -> bool:
        return self.evidence is None


@dataclass(frozen=True)
class CaseState:
    """A suggestion as its events tell it; the empty state is a case nobody has submitted."""

    version: int = 0
    congress: str = ""
    case_id: str = ""
    ref: str = ""
    kind: Kind = Kind.SUGGESTION
    level: Level | None = None
    place: str = ""
    term: int | None = None
    session: int | None = None
    number: str | None = None
    title: str | None = None
    jurisdiction: str = ""
    jurisdiction_reason: str = ""
    gaps: tuple[str, ...] = ()
    submitted_at: datetime | None = None
    registered: bool = False
    assigned_to: str | None = None
    assigned_at: datetime | None = None
    rules_id: str | None = None
    assignments: tuple[Assignment, ...] = ()
    opinions: tuple[str, ...] = ()  # units whose co-handling opinion is in or has lapsed
    replies: tuple[Reply, ...] = ()
    ratings: tuple[Rating, ...] = ()
    lapsed_feedback: tuple[tuple[str, int], ...] = ()  # (unit, ordinal) of replies nobody rated in time
    rehandled: tuple[str, ...] = ()  # a unit stands here once for every rehandling ordered
    commitments: tuple[Commitment, ...] = ()
    clocks: tuple[Clock, ...] = ()
    steps_taken: frozenset[str] = frozenset()
    concluded_at: datetime | None = None
    concluded: bool = False

    @property
    def exists(self) -> bool:
        return self.version > 0

    @property
    def sub_assigned(self) -> bool:
        return bool(self.assignments)

    def role_of(self, unit: str) -> Role | None:
        return next((a.role for a in self.assignments if a.unit == unit), None)

    @property
    def lead_units(self) -> tuple[str, ...]:
        """Units that owe a reply, in the order of their assignment."""
        return tuple(a.unit for a in self.assignments if a.role.owes_reply)

    def replies_of(self, unit: str) -> int:
        return sum(1 for reply in self.replies if reply.unit == unit)

    @property
    def owing(self) -> tuple[str, ...]:
        """Units that still owe a reply, counting the one that each rehandling asks for again."""
        return tuple(u for u in self.lead_units if self.replies_of(u) <= self.rehandled.count(u))

    @property
    def rated(self) -> bool:
        """The latest reply of every unit has its feedback, or the feedback has lapsed."""
        settled = {(r.unit, r.ordinal) for r in self.ratings} | set(self.lapsed_feedback)
        return all((unit, self.replies_of(unit)) in settled for unit in self.lead_units)

    @property
    def open_commitments(self) -> tuple[Commitment, ...]:
        return tuple(c for c in self.commitments if c.open)

    @property
    def running_clocks(self) -> tuple[Clock, ...]:
        return tuple(c for c in self.clocks if c.running)

    @property
    def stage(self) -> Stage:
        if self.concluded:
            return Stage.FOLLOWING_UP if self.open_commitments else Stage.CONCLUDED
        if self.replies and not self.owing:
            return Stage.RATED if self.rated else Stage.ANSWERED
        if self.sub_assigned:
            return Stage.HANDLING
        if self.assigned_to is not None:
            return Stage.ASSIGNED
        return Stage.REGISTERED if self.registered else Stage.SUBMITTED

    @property
    def closed(self) -> bool:
        """Nothing is owed any more: concluded, with every commitment at its end."""
        return self.stage is Stage.CONCLUDED
