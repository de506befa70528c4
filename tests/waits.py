"""What a workflow waits for, whether it has begun or still sleeps until its first moment."""

from datetime import UTC, datetime

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from workflows.clockwork import STAGE, Clockwork

Wait = tuple[str, datetime | None]  # stage, and when it looks again
BEFORE_ITS_FIRST_TASK = 2  # events: started, signalled


async def wait_of(client: Client, workflow_id: str) -> Wait | None:
    """None while it is not there."""
    handle = client.get_workflow_handle(workflow_id)
    try:
        described = await handle.describe()
    except RPCError:
        return None  # not started yet
    assert described.status is WorkflowExecutionStatus.RUNNING
    stage = described.typed_search_attributes.get(STAGE) or ""
    if described.history_length <= BEFORE_ITS_FIRST_TASK and described.execution_time is not None:
        return stage, described.execution_time.astimezone(UTC).replace(microsecond=0)
    return stage, await handle.query(Clockwork.waits_until)
