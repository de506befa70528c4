"""The conference workflow: sees to it that what a conference has started is assigned to the end; the log decides."""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.clockwork import ADVANCE_TIMEOUT, PATIENTLY, Clockwork
    from workflows.contracts import ConferenceActivities, ConferenceRef, ConferenceRequest, ProcessPlan

ASSIGN_TIMEOUT = timedelta(minutes=10)  # it hands back earlier, so that it may move to another worker
HEARTBEAT_TIMEOUT = timedelta(seconds=5)  # five missed beats: the worker is dead
PROMPTLY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))


@workflow.defn(name="assignment-conference")
class ConferenceWorkflow(Clockwork):
    """One per conference that was started, id `conference/{congress}/{id}`; a pause or a retry is an event."""

    @workflow.init
    def __init__(self, conference: ConferenceRef) -> None:
        super().__init__(conference.seen)
        self._name = conference.name

    @workflow.run
    async def run(self, conference: ConferenceRef) -> None:
        if not await self.keep(self._advance):
            self.go_on_anew(conference)

    async def _advance(self, now: datetime, at_least: int) -> ProcessPlan:
        plan = await self._look(at_least)
        while plan.to_assign and not self.should_roll_over():
            await workflow.execute_activity_method(
                ConferenceActivities.assign,
                ConferenceRequest(name=self._name, at_least=plan.position),
                summary="until all is settled, or paused",
                start_to_close_timeout=ASSIGN_TIMEOUT,
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                retry_policy=PROMPTLY,
            )
            plan = await self._look(plan.position)
        return plan

    async def _look(self, at_least: int) -> ProcessPlan:
        return await workflow.execute_local_activity_method(
            ConferenceActivities.plan,
            ConferenceRequest(name=self._name, at_least=at_least),
            start_to_close_timeout=ADVANCE_TIMEOUT,
            retry_policy=PATIENTLY,
        )
