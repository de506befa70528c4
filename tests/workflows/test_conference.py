import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.worker import Replayer

from domain.conference import PORTION, ConferenceStatus
from domain.conference_acts import PauseConference, ResumeConference, StartConference
from duban.bootstrap import connect_temporal, relay_of, services, worker_of
from duban.runtime.namespace import ensure_namespace
from tests.conferences import assignments, conferences_on, led_by, prepared, registered
from tests.domain.cases import MARA, on
from tests.engine import people, with_npc
from workflows.plugin import DubanPlugin

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]

WITHIN = 30.0  # seconds; it takes about one
START = StartConference(at=on("2024-04-02"))


async def a_namespace(address: str) -> Client:
    """A client of a namespace of its own, so that no other test's worker takes part."""
    client = await connect_temporal(address, f"conference-{uuid4()}")
    await ensure_namespace(client)
    return client


async def status(conferences: Any, name: str, wanted: ConferenceStatus) -> None:
    async with asyncio.timeout(WITHIN):
        while (await conferences.conference(name)).status is not wanted:  # noqa: ASYNC110 it is elsewhere
            await asyncio.sleep(0.05)


async def test_a_conference_is_assigned_to_the_end_by_its_workflow_paused_and_resumed(
    pool: "asyncpg.Pool[Any]", database: str, temporal_address: str, tmp_path: Path
) -> None:
    engine = await with_npc(pool)
    numbers = range(2 * PORTION)
    await registered(engine, numbers)
    conferences = conferences_on(engine.log)
    conference = await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, numbers))
    client = await a_namespace(temporal_address)
    async with services(database) as ready, asyncio.TaskGroup() as group:
        relay = group.create_task(relay_of(ready, client).run())
        await conferences.handle(conference.name, START, people())
        await conferences.handle(conference.name, PauseConference(at=START.at), people())
        async with worker_of(ready, client):
            await asyncio.sleep(0.5)
            assert (await conferences.conference(conference.name)).pending == len(numbers)

            await conferences.handle(conference.name, ResumeConference(at=START.at), people())
            await status(conferences, conference.name, ConferenceStatus.FINISHED)
            handle = client.get_workflow_handle(conference.stream_id)
            await handle.result()
        relay.cancel()

    assert set((await assignments(engine.log, conference)).values()) == {1}
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED
    replayed = await Replayer(workflows=[], plugins=[DubanPlugin()]).replay_workflow(
        await handle.fetch_history()
    )
    assert replayed.replay_failure is None
