"""What a workflow waits for, whether it has begun or still sleeps until its first moment."""

from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from workflows.clockwork import STAGE, Clockwork

Wait = tuple[str, datetime | None]  # stage, and when it looks again
BEFORE_ITS_FIRST_TASK = 2  # events: started, signalled
SLACK = timedelta(seconds=30)  # a sleeping workflow begins later by what the call that started it took


async def waits_for(client: Client, workflow_id: str, planned: Wait) -> bool:
    """Whether the workflow is there, shows the planned stage and looks again at the planned moment."""
    handle = client.get_workflow_handle(workflow_id)
    try:
        described = await handle.describe()
    except RPCError:
        return False  # not started yet
    assert described.status is WorkflowExecutionStatus.RUNNING
    stage, next_at = planned
    if described.typed_search_attributes.get(STAGE) != stage:
        return False
    if described.history_length > BEFORE_ITS_FIRST_TASK:
        try:
            return await handle.query(Clockwork.waits_until) == next_at
        except RPCError as error:
            if error.status is not RPCStatusCode.FAILED_PRECONDITION:  # its clock was moved, and it sleeps on
                raise
    begins = described.execution_time
    return next_at is not None and begins is not None and timedelta(0) <= begins - next_at < SLACK
