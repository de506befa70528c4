"""What the case workflow asks for, and the values that cross Temporal: ids, positions and instants only.

Fields are only ever added, with defaults; a signal is one number, because one that cannot be decoded is
dropped without a word.
"""

from abc import ABC, abstractmethod
from datetime import datetime

from temporalio import activity

from domain.base import Value

TASK_QUEUE = "duban-cases"


class CaseRef(Value):
    """Which case, and the last position of the log that it is known to have reached."""

    congress: str
    case_id: str
    seen: int = 0


class Observed(Value):
    """The log has an event of this case at this position."""

    position: int


class PlanRequest(Value):
    """Plan the case as of a moment of the workflow's clock, from the log up to at least a position."""

    congress: str
    case_id: str
    as_of: datetime
    at_least: int = 0


class CasePlan(Value):
    """What is due in the case, by step key, and when to look again."""

    position: int
    stage: str
    closed: bool
    due: tuple[str, ...] = ()
    next_at: datetime | None = None


class StepRequest(Value):
    """Take one due step."""

    congress: str
    case_id: str
    key: str
    as_of: datetime


class StepOutcome(Value):
    """What came of it: the case's last position, and why the step was not taken, if it was not."""

    position: int
    taken: bool
    refusal: str | None = None


class CaseActivities(ABC):
    """Implemented in `activities/`; refusals of the domain come back as values."""

    @activity.defn(name="plan-case")
    @abstractmethod
    async def plan(self, request: PlanRequest) -> CasePlan: ...

    @activity.defn(name="take-step")
    @abstractmethod
    async def take_step(self, request: StepRequest) -> StepOutcome: ...


class ConferenceRef(Value):
    """Which conference, by its name `congress/id`, and its last position that is known."""

    name: str
    seen: int = 0


class ConferenceRequest(Value):
    """Look at the conference, in the log up to at least a position."""

    name: str
    at_least: int = 0


class ConferencePlan(Value):
    """Whether there is something to assign now, and whether everything is settled."""

    position: int
    to_assign: int  # cases; none while the conference is not started, or paused
    closed: bool


class ConferenceActivities(ABC):
    """Implemented in `activities/`; what becomes of each case is in the log, not here."""

    @activity.defn(name="plan-conference")
    @abstractmethod
    async def plan(self, request: ConferenceRequest) -> ConferencePlan: ...

    @activity.defn(name="assign-cases")
    @abstractmethod
    async def assign(self, request: ConferenceRequest) -> ConferencePlan: ...
