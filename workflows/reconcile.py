"""The scheduled reconciliation: one activity that reads the log and wakes what is late."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.contracts import ReconcileActivities, Reconciled, ReconcileRequest

WHOLE_LOG = timedelta(hours=6)
HEARTBEAT_TIMEOUT = timedelta(minutes=1)  # a page of streams takes a second
RETRY = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=5))


@workflow.defn(name="reconcile")
class ReconcileWorkflow:
    """Started by the schedule of this name; one at a time."""

    @workflow.run
    async def run(self, request: ReconcileRequest) -> Reconciled:
        return await workflow.execute_activity_method(
            ReconcileActivities.reconcile,
            request,
            start_to_close_timeout=WHOLE_LOG,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=RETRY,
        )
