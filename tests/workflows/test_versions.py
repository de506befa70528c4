import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from domain.suggestion.assignment import Assign, SubAssign
from domain.vocabulary import Role
from duban.bootstrap import connect_temporal, now, relay_of, services, worker_of
from duban.runtime.namespace import ensure_namespace
from duban.runtime.versions import (
    NothingToDrainTo,
    UnknownBuild,
    deployment_of,
    drain,
    promote,
    roll_over,
    versions,
)
from duban.settings import Settings
from tests.conferences import registered
from tests.domain.cases import ASSIGN, MARA
from tests.engine import people, with_npc
from workflows.clockwork import Clockwork

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]

CASE = "case/npc/case-1"
WITHIN = (
    90.0  # seconds, before a hang is called one; a change of version takes one or two to be known everywhere
)


async def eventually(client: Client, there: Callable[[Client], Awaitable[bool]]) -> None:
    until = asyncio.get_running_loop().time() + WITHIN
    while not await there(client):
        assert asyncio.get_running_loop().time() < until, await _told_of(client)
        await asyncio.sleep(0.05)


async def _told_of(client: Client) -> str:
    """All that the server says of the case's workflow, for whoever has to find out why a test failed."""
    handle = client.get_workflow_handle(CASE)
    try:
        described, history = await handle.describe(), await handle.fetch_history()
    except RPCError as error:
        return f"no workflow: {error}"
    return f"{described.raw_description}\n{[event.event_type for event in history.events]}"


def build(name: str) -> Any:
    return deployment_of(Settings(worker_build=name, worker_versioning="pinned"))


async def waits(client: Client) -> Any:
    return await client.get_workflow_handle(CASE).query(Clockwork.waits_until)


async def run_of(client: Client) -> str:
    described = await client.get_workflow_handle(CASE).describe()
    return described.run_id


async def test_a_pinned_case_stays_on_its_build_until_that_is_drained_and_keeps_its_next_moment(
    pool: "asyncpg.Pool[Any]", database: str, temporal_address: str
) -> None:
    engine = await with_npc(pool)
    await registered(engine, [1])
    client = await connect_temporal(temporal_address, f"versions-{uuid4()}")
    await ensure_namespace(client)
    yesterday = now() - timedelta(days=1)
    async with services(database) as ready:
        relay = asyncio.create_task(relay_of(ready, client).run())
        with pytest.raises(UnknownBuild):
            await drain(client, "duban", "1")
        async with worker_of(ready, client, build("1")):
            await promote(client, "duban", "1")
            await engine.commands.handle("npc/14-2/1", people(), Assign(to="国务院", at=yesterday))
            await engine.commands.handle(
                "npc/14-2/1", people(), SubAssign(unit=MARA, role=Role.LEAD, at=yesterday)
            )
            await eventually(client, lambda client: _on(client, "1"))
            before, run = await waits(client), await run_of(client)
            with pytest.raises(NothingToDrainTo):
                await drain(client, "duban", "1")

            async with worker_of(ready, client, build("2")):
                await promote(client, "duban", "2")
                assert await _on(client, "1")
                assert await drain(client, "duban", "1", rate=50) == 1
                await eventually(client, lambda client: _on(client, "2"))
                assert await run_of(client) != run
                assert await waits(client) == before
                found = await versions(client, "duban")
                assert (found.current, found.known) == ("2", ("2", "1"))
        relay.cancel()


async def test_every_running_workflow_can_be_rolled_over(
    pool: "asyncpg.Pool[Any]", database: str, temporal_address: str
) -> None:
    engine = await with_npc(pool)
    await registered(engine, [1])
    client = await connect_temporal(temporal_address, f"versions-{uuid4()}")
    await ensure_namespace(client)
    async with services(database) as ready, worker_of(ready, client):
        relay = asyncio.create_task(relay_of(ready, client).run())
        await engine.commands.handle("npc/14-2/1", people(), ASSIGN)  # overdue, so that it begins at once
        await eventually(client, _rests)
        run, position = await run_of(client), await _handled(client)

        assert await roll_over(client) == 1
        await eventually(client, lambda client: _is_another(client, run))
        await eventually(client, _rests)
        assert await _handled(client) == position
        relay.cancel()


async def _on(client: Client, name: str) -> bool:
    try:
        described = await client.get_workflow_handle(CASE).describe()
    except Exception:
        return False
    info = described.raw_description.workflow_execution_info.versioning_info
    return info.deployment_version.build_id == name


async def _rests(client: Client) -> bool:
    try:
        described = await client.get_workflow_handle(CASE).describe()
    except Exception:
        return False
    return described.history_length > 3 and not described.raw_description.HasField("pending_workflow_task")


async def _handled(client: Client) -> int:
    return await client.get_workflow_handle(CASE).query(Clockwork.handled)


async def _is_another(client: Client, run: str) -> bool:
    return await run_of(client) != run
