"""The conference workflow: sees to it that what a conference has started is assigned to the end; the log decides."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import (
        ConferenceActivities,
        ConferencePlan,
        ConferenceRef,
        ConferenceRequest,
        Observed,
    )

PLAN_TIMEOUT = timedelta(seconds=30)  # one read and fold of thousands of proposals
ASSIGN_TIMEOUT = timedelta(minutes=10)  # it hands back earlier, so that it may move to another worker
HEARTBEAT_TIMEOUT = timedelta(seconds=10)  # a portion takes one; a dead worker is noticed by this
# The log is ours and comes back: never give up on it.
PATIENTLY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
LONG_HISTORY = 200  # events


@workflow.defn(name="assignment-conference")
class ConferenceWorkflow:
    """One per conference, id `conference/{congress}/{id}`; a pause or a retry is an event that wakes this."""

    @workflow.init
    def __init__(self, conference: ConferenceRef) -> None:
        self._observed = conference.seen
        self._handled = 0
        self._roll_over = False

    @workflow.run
    async def run(self, conference: ConferenceRef) -> None:
        while True:
            plan = await self._plan(conference)
            if plan.closed:
                return
            if plan.to_assign:
                await self._assign(conference)
                continue
            if self._history_is_long():
                seen = max(self._observed, self._handled)
                workflow.continue_as_new(conference.model_copy(update={"seen": seen}))
            await workflow.wait_condition(lambda: self._observed > self._handled or self._roll_over)

    @workflow.signal
    def observe(self, seen: Observed) -> None:
        """The log has moved; delivered twice or out of order it means the same."""
        self._observed = max(self._observed, seen.position)

    @workflow.signal
    def roll_over(self) -> None:
        """Continue as a new run, on the code of today."""
        self._roll_over = True

    @workflow.query
    def handled(self) -> int:
        """The last position of the log that the plan has taken in."""
        return self._handled

    async def _plan(self, conference: ConferenceRef) -> ConferencePlan:
        plan = await workflow.execute_local_activity_method(
            ConferenceActivities.plan,
            ConferenceRequest(name=conference.name, at_least=self._observed),
            start_to_close_timeout=PLAN_TIMEOUT,
            retry_policy=PATIENTLY,
        )
        self._handled = max(self._handled, plan.position)
        return plan

    async def _assign(self, conference: ConferenceRef) -> None:
        await workflow.execute_activity_method(
            ConferenceActivities.assign,
            ConferenceRequest(name=conference.name, at_least=self._handled),
            summary="until all is settled, or paused",
            start_to_close_timeout=ASSIGN_TIMEOUT,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=PATIENTLY,
        )

    def _history_is_long(self) -> bool:
        info = workflow.info()
        return (
            self._roll_over
            or info.is_continue_as_new_suggested()
            or info.get_current_history_length() > LONG_HISTORY
        )
