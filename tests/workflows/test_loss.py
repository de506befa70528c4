import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from temporalio.client import Client

from domain.conference import ConferenceStatus
from domain.conference_acts import PauseConference, ResumeConference, StartConference
from domain.key_topic_acts import ChooseTopic, NameCommittee
from domain.suggestion.assignment import Assign
from duban.bootstrap import Services, connect_temporal, now, rehydration_of, relay_of, services, worker_of
from duban.runtime.namespace import ensure_namespace
from duban.waiting import pages
from tests.conferences import assignments, led_by, prepared, registered
from tests.domain.cases import MARA
from tests.engine import Engine, people, with_npc
from tests.waits import Wait, waits_for
from tests.workflows.season import eventually

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]


async def test_after_the_loss_of_temporal_cases_topics_and_conferences_wait_for_what_they_waited_for(
    pool: "asyncpg.Pool[Any]", database: str, temporal_address: str, tmp_path: Path
) -> None:
    engine = await with_npc(pool)
    before, after = [await _namespace(temporal_address) for _ in range(2)]
    async with services(database) as ready:
        conference = await _three_processes(engine, ready, tmp_path)
        relay = asyncio.create_task(relay_of(ready, before).run())
        async with worker_of(ready, before):
            planned = await _at_rest(ready, before)
        relay.cancel()

        async with worker_of(ready, after):  # an empty namespace, as after the loss of Temporal's database
            assert (await rehydration_of(ready, after).run()).woken == 3
            assert await _at_rest(ready, after) == planned

            relay = asyncio.create_task(relay_of(ready, after).run())
            await ready.conferences.handle(conference, ResumeConference(at=now()), people())
            await _ended(after, f"conference/{conference}")
            relay.cancel()
        finished = await ready.conferences.conference(conference)
        assert finished.status is ConferenceStatus.FINISHED
        assert set((await assignments(engine.log, finished)).values()) == {1}
    assert {name.partition("/")[0] for name in planned} == {"case", "conference", "topic"}


async def _three_processes(engine: Engine, ready: Services, tmp_path: Path) -> str:
    """A case, a topic with a committee, and a conference that was started and paused; the conference's name."""
    await registered(engine, range(4))
    await engine.commands.handle("npc/14-2/0", people(), Assign(to="国务院", at=now()))
    chosen = ChooseTopic(
        congress="npc",
        topic_id="2026-01",
        title="深化文旅融合",
        year=2026,
        approved_by="委员长会议",
        at=now(),
    )
    await ready.topics.choose(chosen, people())
    await ready.topics.handle("npc", "2026-01", people(), NameCommittee(committee="教科文卫委", at=now()))
    name = (await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, range(1, 4)))).name
    await ready.conferences.handle(name, StartConference(at=now()), people())
    await ready.conferences.handle(name, PauseConference(at=now()), people())
    return name


async def _at_rest(ready: Services, client: Client) -> dict[str, Wait]:
    """What every process waits for, once its workflow waits for the same."""
    planned = {
        name: (woken.outlook.stage, woken.outlook.next_at)
        async for page in pages(ready.log, ready.pool, now())
        for name, woken in page.waiting.items()
    }

    async def all_wait() -> bool:
        return all([await waits_for(client, name, wait) for name, wait in planned.items()])

    await eventually(all_wait)
    return planned


async def _namespace(address: str) -> Client:
    client = await connect_temporal(address, f"loss-{uuid4()}")
    await ensure_namespace(client)
    return client


async def _ended(client: Client, workflow_id: str) -> None:
    await client.get_workflow_handle(workflow_id).result()
