"""What the scheduled reconciliation asks for, done on the log."""

from typing import Protocol
from uuid import UUID

from temporalio import activity

from duban.reconciliation import Report
from workflows.contracts import ReconcileActivities, Reconciled, ReconcileRequest


class Reconciliation(Protocol):
    """What this activity asks of the application."""

    async def run(self, run: UUID, after: str, reached: "Reached") -> Report: ...


class Reached(Protocol):
    """Told how far it is."""

    def __call__(self, stream: str, /) -> None: ...


class LoggedReconciliation(ReconcileActivities):
    """A second attempt goes on after the last stream that the first one reached."""

    def __init__(self, reconciliation: Reconciliation) -> None:
        self._reconciliation = reconciliation

    @activity.defn(name="reconcile")
    async def reconcile(self, request: ReconcileRequest) -> Reconciled:
        info = activity.info()
        after = str(info.heartbeat_details[0]) if info.heartbeat_details else ""
        run = UUID(info.workflow_run_id)
        report = await self._reconciliation.run(run, after, activity.heartbeat)
        return Reconciled(looked=report.looked, late=report.late)
