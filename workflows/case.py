"""The case workflow: a durable clock and dispatcher for one case; the log decides."""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import (
        CaseActivities,
        CasePlan,
        CaseRef,
        Observed,
        PlanRequest,
        StepOutcome,
        StepRequest,
    )

CASE_STAGE = SearchAttributeKey.for_keyword("CaseStage")
NEXT_DEADLINE = SearchAttributeKey.for_datetime("NextDeadline")

PLAN_TIMEOUT = timedelta(seconds=10)  # one indexed read and a fold
STEP_TIMEOUT = timedelta(seconds=30)  # one append
# The log is ours and comes back: never give up on it.
PATIENTLY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=10))
STUCK_PAUSE = timedelta(minutes=1)  # after a round in which no due step could be taken
LONG_HISTORY = 200  # events; a longer one is slower to replay when an idle case wakes


@workflow.defn(name="case")
class CaseWorkflow:
    """One per open case, id `case/{congress}/{case_id}`; people command the aggregate, never this."""

    @workflow.init
    def __init__(self, case: CaseRef) -> None:
        self._observed = case.seen
        self._handled = 0
        self._roll_over = False
        self._shown: tuple[str, datetime | None] | None = None
        self._timer: asyncio.Task[None] | None = None
        self._timer_at: datetime | None = None
        self._rang = False

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        while True:
            plan = await self._plan(case)
            self._show(plan)
            if plan.closed:
                return
            if plan.due:
                await self._take(case, plan)
                continue
            if self._history_is_long():
                workflow.continue_as_new(case.model_copy(update={"seen": max(self._observed, self._handled)}))
            await self._wait(plan.next_at)

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

    async def _plan(self, case: CaseRef) -> CasePlan:
        self._now = workflow.now()
        request = PlanRequest(
            congress=case.congress, case_id=case.case_id, as_of=self._now, at_least=self._observed
        )
        plan = await workflow.execute_local_activity_method(
            CaseActivities.plan, request, start_to_close_timeout=PLAN_TIMEOUT, retry_policy=PATIENTLY
        )
        self._handled = max(self._handled, plan.position)
        return plan

    async def _take(self, case: CaseRef, plan: CasePlan) -> None:
        outcomes = [await self._take_one(case, key) for key in plan.due]
        if not any(outcome.taken for outcome in outcomes):
            await self._wait(self._now + STUCK_PAUSE)

    async def _take_one(self, case: CaseRef, key: str) -> StepOutcome:
        request = StepRequest(congress=case.congress, case_id=case.case_id, key=key, as_of=self._now)
        return await workflow.execute_activity_method(
            CaseActivities.take_step,
            request,
            activity_id=key,
            summary=key,
            start_to_close_timeout=STEP_TIMEOUT,
            retry_policy=PATIENTLY,
        )

    async def _wait(self, until: datetime | None) -> None:
        """Until the log moves, the moment comes, or a new run is asked for; one timer, kept while it fits."""
        self._set_timer(until)
        await workflow.wait_condition(lambda: self._observed > self._handled or self._rang or self._roll_over)

    def _set_timer(self, until: datetime | None) -> None:
        if until == self._timer_at and self._timer is not None and not self._rang:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_at, self._rang = None, until, False
        if until is not None:
            self._timer = asyncio.create_task(self._ring(until))

    async def _ring(self, until: datetime) -> None:
        delay = max(until - workflow.now(), timedelta(milliseconds=1))
        await workflow.sleep(delay, summary=f"until {until.isoformat()}")
        self._rang = True

    def _show(self, plan: CasePlan) -> None:
        """What visibility tells of the case; each upsert is an action, so only when it changed."""
        if (plan.stage, plan.next_at) == self._shown:
            return
        deadline = (
            NEXT_DEADLINE.value_unset() if plan.next_at is None else NEXT_DEADLINE.value_set(plan.next_at)
        )
        workflow.upsert_search_attributes([CASE_STAGE.value_set(plan.stage), deadline])
        self._shown = (plan.stage, plan.next_at)

    def _history_is_long(self) -> bool:
        info = workflow.info()
        return (
            self._roll_over
            or info.is_continue_as_new_suggested()
            or info.get_current_history_length() > LONG_HISTORY
        )
