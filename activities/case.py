"""What the case workflow asks for, done on the log."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import cast
from uuid import NAMESPACE_URL, uuid5

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.base import Event, Recorded, Refusal
from domain.suggestion.agenda import plan
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.steps import Plan, TakeStep
from domain.suggestion.suggestion import fold
from duban.commands import Actor, Commands, Log, case_stream
from workflows.contracts import CaseActivities, PlanRequest, ProcessPlan

logger = structlog.get_logger(__name__)

STEP = uuid5(NAMESPACE_URL, "duban:step")
CLOCK = "clock"  # the actor of what time alone brings about
ROUNDS = 10  # of taking what is due; a step may make another due at once, but not for ever


class LoggedCases(CaseActivities):
    """Takes due steps as commands to the aggregate, and plans from a fold of the log."""

    def __init__(self, log: Log, commands: Commands) -> None:
        self._log = log
        self._commands = commands

    @activity.defn(name="advance-case")
    async def advance(self, request: PlanRequest) -> ProcessPlan:
        stream_id = case_stream(request.congress, request.case_id)
        for _ in range(ROUNDS):
            recorded = await self._log.read_stream(stream_id)
            position = recorded[-1].position if recorded else 0
            if position < request.at_least:
                raise ApplicationError(f"the log read ends at {position}, {request.at_least} was observed")
            agenda = _agenda(recorded, request.as_of)
            taken = [await self._take(stream_id, step.key, request.as_of) for step in agenda.due]
            if not any(taken):
                break
        return ProcessPlan(
            position=position,
            stage=agenda.stage.value,
            closed=agenda.closed,
            due=tuple(step.key for step in agenda.due),
            next_at=agenda.next_at,
        )

    async def _take(self, stream_id: str, key: str, as_of: datetime) -> bool:
        by = Actor(name=CLOCK, command_id=uuid5(STEP, f"{stream_id}#{key}"))
        try:
            done = await self._commands.on_stream(stream_id, TakeStep(key=key, as_of=as_of), by)
        except Refusal as refusal:
            await logger.awarning("step refused", stream=stream_id, step=key, refusal=type(refusal).__name__)
            return False
        return bool(done.positions)


def _agenda(recorded: Iterable[Recorded[Event]], as_of: datetime) -> Plan:
    case = fold(cast(SuggestionEvent, r.body) for r in recorded)
    return plan(case, as_of.astimezone(UTC))
