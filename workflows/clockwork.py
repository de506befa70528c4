"""What every workflow that waits for the log and for moments shares: observing, one timer, rolling over."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NoReturn

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey

from workflows.contracts import CaseRef, ConferenceRef, Observed, ProcessPlan, TopicRef

STAGE = SearchAttributeKey.for_keyword("CaseStage")

ADVANCE_TIMEOUT = timedelta(seconds=30)  # an indexed read, a fold, and an append for each due step
# The log is ours and comes back: never give up on it.
PATIENTLY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=10))
STUCK_PAUSE = timedelta(minutes=1)  # after a round in which a due step could not be taken
LONG_HISTORY = 200  # events; a longer one is slower to replay when an idle process wakes

Ref = CaseRef | ConferenceRef | TopicRef
Advance = Callable[[datetime, int], Awaitable[ProcessPlan]]  # as of a moment, from at least a position


class Clockwork:
    """The log decides; this keeps the clock. People command the aggregate, never a workflow."""

    def __init__(self, seen: int) -> None:
        self._observed = seen
        self._handled = 0
        self._roll_over = False
        self._shown: str | None = None
        self._timer: asyncio.Task[None] | None = None
        self._timer_at: datetime | None = None
        self._rang = False

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
        """The last position of the log that has been taken in."""
        return self._handled

    @workflow.query
    def waits_until(self) -> datetime | None:
        """When this looks again by itself; None: only when the log moves."""
        return self._timer_at

    async def keep(self, advance: Advance) -> bool:
        """True when the process has ended, False when a new run should go on with it."""
        while True:
            now = workflow.now()
            plan = await advance(now, self._observed)
            self._handled = max(self._handled, plan.position)
            self._show(plan)
            if plan.closed:
                return True
            if self.should_roll_over():
                return False
            await self._wait(now + STUCK_PAUSE if plan.due else plan.next_at)

    def go_on_anew(self, ref: Ref) -> NoReturn:
        """A new run, on the current build even where runs are pinned to theirs."""
        workflow.continue_as_new(
            ref.model_copy(update={"seen": max(self._observed, self._handled)}),
            initial_versioning_behavior=workflow.ContinueAsNewVersioningBehavior.AUTO_UPGRADE,
        )

    def should_roll_over(self) -> bool:
        info = workflow.info()
        return (
            self._roll_over
            or info.is_target_worker_deployment_version_changed()
            or info.is_continue_as_new_suggested()
            or info.get_current_history_length() > LONG_HISTORY
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

    def _show(self, plan: ProcessPlan) -> None:
        """What visibility tells; each upsert is an action, so only when the stage is another."""
        if plan.stage == self._shown:
            return
        if workflow.info().typed_search_attributes.get(STAGE) != plan.stage:
            workflow.upsert_search_attributes([STAGE.value_set(plan.stage)])
        self._shown = plan.stage
