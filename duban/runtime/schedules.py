"""Schedules in Temporal: what runs by the clock rather than by the log."""

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from workflows.contracts import TASK_QUEUE, ReconcileRequest
from workflows.reconcile import ReconcileWorkflow

RECONCILE = "reconcile"


async def ensure_schedules(client: Client, reconcile_every: timedelta) -> None:
    """Make the schedules, or bring those that are there up to date; a pause by hand stays."""
    wanted = _reconciling(reconcile_every)
    try:
        await client.create_schedule(RECONCILE, wanted)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(RECONCILE).update(lambda found: _updated(found, wanted))


def _updated(found: ScheduleUpdateInput, wanted: Schedule) -> ScheduleUpdate:
    wanted.state = found.description.schedule.state
    return ScheduleUpdate(schedule=wanted)


def _reconciling(every: timedelta) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            ReconcileWorkflow.run, ReconcileRequest(), id=RECONCILE, task_queue=TASK_QUEUE
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )
