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
    """Take what is due in the case as of the workflow's clock, from the log up to at least a position."""

    congress: str
    case_id: str
    as_of: datetime
    at_least: int = 0


class ProcessPlan(Value):
    """Where a process stands, what is still due in it, and when to look again."""

    position: int
    stage: str
    closed: bool
    due: tuple[str, ...] = ()  # keys of steps that could not be taken
    next_at: datetime | None = None
    to_assign: int = 0  # cases of a conference; none while it is not started, or paused


class CaseActivities(ABC):
    """Implemented in `activities/`; refusals of the domain leave a step due, and are no failures."""

    @activity.defn(name="advance-case")
    @abstractmethod
    async def advance(self, request: PlanRequest) -> ProcessPlan: ...


class ConferenceRef(Value):
    """Which conference, by its name `congress/id`, and its last position that is known."""

    name: str
    seen: int = 0


class ConferenceRequest(Value):
    """Look at the conference, in the log up to at least a position."""

    name: str
    at_least: int = 0


class ConferenceActivities(ABC):
    """Implemented in `activities/`; what becomes of each case is in the log, not here."""

    @activity.defn(name="plan-conference")
    @abstractmethod
    async def plan(self, request: ConferenceRequest) -> ProcessPlan: ...

    @activity.defn(name="assign-cases")
    @abstractmethod
    async def assign(self, request: ConferenceRequest) -> ProcessPlan: ...


class TopicRef(Value):
    """Which key topic, by its name `congress/id`, and its last position that is known."""

    name: str
    seen: int = 0


class TopicRequest(Value):
    """Give the reminders that are due as of the workflow's clock, from the log up to at least a position."""

    name: str
    as_of: datetime
    at_least: int = 0


class TopicActivities(ABC):
    """Implemented in `activities/`."""

    @activity.defn(name="advance-topic")
    @abstractmethod
    async def advance(self, request: TopicRequest) -> ProcessPlan: ...


class ReconcileRequest(Value):
    """Compare the whole log with what was done; grows by what a reconciliation might be told."""


class Reconciled(Value):
    """How many processes were looked at, and in how many a step was late."""

    looked: int
    late: int


class ReconcileActivities(ABC):
    """Implemented in `activities/`; what it finds is kept beside the log."""

    @activity.defn(name="reconcile")
    @abstractmethod
    async def reconcile(self, request: ReconcileRequest) -> Reconciled: ...
