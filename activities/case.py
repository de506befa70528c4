"""What the case workflow asks for, done on the log."""

from datetime import UTC
from typing import cast
from uuid import NAMESPACE_URL, uuid5

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.base import Refusal
from domain.suggestion.agenda import plan
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.steps import TakeStep
from domain.suggestion.suggestion import fold
from duban.commands import Actor, Commands, Log, case_stream
from workflows.contracts import CaseActivities, CasePlan, PlanRequest, StepOutcome, StepRequest

STEP = uuid5(NAMESPACE_URL, "duban:step")
CLOCK = "clock"  # the actor of what time alone brings about


class LoggedCases(CaseActivities):
    """Plans from a fold of the log, and takes steps as commands to the aggregate."""

    def __init__(self, log: Log, commands: Commands) -> None:
        self._log = log
        self._commands = commands

    @activity.defn(name="plan-case")
    async def plan(self, request: PlanRequest) -> CasePlan:
        recorded = await self._log.read_stream(case_stream(request.congress, request.case_id))
        position = recorded[-1].position if recorded else 0
        if position < request.at_least:
            raise ApplicationError(f"the log read ends at {position}, {request.at_least} was observed")
        case = fold(cast(SuggestionEvent, r.body) for r in recorded)
        agenda = plan(case, request.as_of.astimezone(UTC))
        return CasePlan(
            position=position,
            stage=agenda.stage.value,
            closed=agenda.closed,
            due=tuple(step.key for step in agenda.due),
            next_at=agenda.next_at,
        )

    @activity.defn(name="take-step")
    async def take_step(self, request: StepRequest) -> StepOutcome:
        stream_id = case_stream(request.congress, request.case_id)
        by = Actor(name=CLOCK, command_id=uuid5(STEP, f"{stream_id}#{request.key}"))
        try:
            done = await self._commands.take_step(
                stream_id, TakeStep(key=request.key, as_of=request.as_of), by
            )
        except Refusal as refusal:
            return StepOutcome(position=0, taken=False, refusal=str(refusal))
        return StepOutcome(position=max(done.positions, default=0), taken=bool(done.positions))
