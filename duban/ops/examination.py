"""The examination: the doctor's questions put to the parts that run."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import asyncpg

from duban.migrations import pending
from duban.ops.doctor import (
    ANSWERS,
    SAMPLE,
    START_IT,
    Finding,
    of_disk,
    of_figures,
    of_reconciliation,
    of_schema,
    of_workflows,
    unreachable,
)
from duban.ops.doctor_notices import of_notices
from duban.ops.figures import figures
from duban.reconciliation import latest
from duban.settings import Settings
from projections.board import CaseBoard
from projections.registry import PROJECTIONS

if TYPE_CHECKING:
    from temporalio.client import Client

# Open cases with a date to wait for, chosen by chance among the positions of the log.
OPEN_CASES = f"""
    select 'case/' || congress || '/' || case_id from {CaseBoard.table}
    where to_position is null and stage not in ('concluded', 'ended') and next_due is not null
    order by md5(case_id || $1::text) limit $2
"""
KNOWN = [(projection.name, projection.version) for projection in PROJECTIONS]


async def examine(settings: Settings, dsn: str, temporal: str | None) -> AsyncIterator[Finding]:
    """Every finding, the gravest first: without a database there is nothing more to look at."""
    yield of_disk(settings.home)
    try:
        pool = await asyncpg.create_pool(dsn, min_size=1, max_size=2)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        yield unreachable("database", str(error) or type(error).__name__, START_IT)
        return
    async with pool:
        yield Finding("database", True, ANSWERS)
        waiting = await pending(pool)
        yield of_schema(waiting)
        if waiting:
            return
        found = await figures(pool, KNOWN, CaseBoard.table)
        for finding in of_figures(found, datetime.now(UTC)):
            yield finding
        if found.notices is not None:
            for finding in of_notices(found, found.notices, mail_is_set=settings.smtp_url is not None):
                yield finding
        yield of_reconciliation(await latest(pool))
        async for finding in _of_temporal(settings, pool, temporal):
            yield finding


async def _of_temporal(
    settings: Settings, pool: "asyncpg.Pool[Any]", address: str | None
) -> AsyncIterator[Finding]:
    from duban.bootstrap import connect_temporal  # the SDK is slow to load

    if address is None:
        yield unreachable("Temporal", "DUBAN_TEMPORAL_ADDRESS", START_IT)
        return
    try:
        client = await connect_temporal(address, settings.temporal_namespace)
    except (RuntimeError, OSError) as error:
        yield unreachable("Temporal", str(error).splitlines()[0][:200], START_IT)
        return
    yield Finding("Temporal", True, ANSWERS)
    rows = await pool.fetch(OPEN_CASES, str(datetime.now(UTC).timestamp()), SAMPLE)
    yield await of_workflows([row[0] for row in rows], lambda stream_id: _runs(client, stream_id))


async def _runs(client: "Client", stream_id: str) -> bool:
    from temporalio.client import WorkflowExecutionStatus
    from temporalio.service import RPCError

    try:
        found = await client.get_workflow_handle(stream_id).describe()
    except RPCError:
        return False
    return found.status is WorkflowExecutionStatus.RUNNING
