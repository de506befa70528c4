import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from duban.bootstrap import connect_temporal, services, worker_of
from duban.reconciliation import latest
from duban.runtime.namespace import ensure_namespace
from duban.runtime.schedules import RECONCILE, ensure_schedules
from tests.conferences import registered
from tests.domain.cases import ASSIGN
from tests.engine import people, with_npc

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]

WITHIN = 20.0  # seconds; it takes about one


async def test_the_schedule_finds_a_case_whose_workflow_is_lost_and_the_case_goes_on(
    pool: "asyncpg.Pool[Any]", database: str, temporal_address: str
) -> None:
    engine = await with_npc(pool)
    await registered(engine, [1])
    await engine.commands.handle("npc/14-2/1", people(), ASSIGN)  # no relay runs, so nobody is told
    client = await connect_temporal(temporal_address, f"reconcile-{uuid4()}")
    await ensure_namespace(client)

    for _ in range(2):
        await ensure_schedules(client, timedelta(hours=1))
    await client.get_schedule_handle(RECONCILE).trigger()
    async with services(database) as ready, worker_of(ready, client), asyncio.timeout(WITHIN):
        while not await _is_overdue(engine.log):  # noqa: ASYNC110 it is elsewhere
            await asyncio.sleep(0.05)
        report = await latest(pool)

    assert report is not None
    assert (report.late, report.examples) == (1, ("case/npc/case-1",))


async def _is_overdue(log: Any) -> bool:
    return any(r.type == "suggestion.became-overdue" for r in await log.read_stream("case/npc/case-1"))
