"""Records a history of every workflow at every stage: `python -m tests.histories.record NAME`, once per release.

The histories are kept for ever and replayed with the workflows of today (tests/workflows/test_histories.py): what
runs somewhere on the code of that release must go on with this one. NAME is the folder, such as 0.1.
"""

import asyncio
import os
import sys
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Worker

from activities.case import LoggedCases
from domain.base import Event, Recorded
from domain.conference_acts import PauseConference, ResumeConference, StartConference
from domain.key_topic_acts import ChooseTopic, MakePlan, NameCommittee
from domain.suggestion.suggestion import SuggestionCommand
from domain.topic_agenda import plan
from duban.bootstrap import connect_temporal, now, relay_of, services, worker_of
from duban.commands import Done
from duban.event_log.log import EventLog
from duban.migrations import migrate
from duban.relay import Relay, Waker
from duban.runtime.postgres import EmbeddedPostgres
from duban.runtime.schedules import RECONCILE, ensure_schedules
from duban.runtime.temporal import EmbeddedTemporal
from tests.conferences import led_by, prepared, registered
from tests.domain.cases import MARA
from tests.engine import people, with_npc
from tests.workflows.season import Season, completed, eventually, live
from workflows.contracts import TASK_QUEUE

HERE = Path(__file__).parent
BEFORE_ITS_FIRST_TASK = 2  # events; nothing to replay


class Kept:
    """The folder of a release."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._number = 0

    async def keep(self, client: Client, workflow_id: str, name: str) -> None:
        history = await client.get_workflow_handle(workflow_id).fetch_history()
        if len(history.events) <= BEFORE_ITS_FIRST_TASK:
            return
        self._number += 1
        file = self._folder / f"{self._number:02}-{name}.json"
        file.write_text(history.to_json() + "\n", "utf-8")


class KeptSeason(Season):
    """A season whose case's history is kept after everything that happens to it."""

    kept: Kept

    async def act(self, *commands: SuggestionCommand) -> Done:
        done = await super().act(*commands)
        await self.kept.keep(self.skipper.client, self.stream_id, f"case-{done.case.stage.value}")
        return done

    async def recorded(self, type_: str, times: int = 1) -> Recorded[Event]:
        found = await super().recorded(type_, times)
        await self.kept.keep(self.skipper.client, self.stream_id, f"case-{type_}")
        return found


async def _case(pool: "asyncpg.Pool[Any]", client: Client, kept: Kept) -> None:
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    log = EventLog(pool)
    season = KeptSeason(log, skipper)
    season.kept = kept
    cases = LoggedCases(log, season.commands)
    season.relay = Relay(log, pool, Waker(skipper.client, season.clock), season.clock)
    relay = asyncio.create_task(season.relay.run())
    async with Worker(skipper.client, task_queue=TASK_QUEUE, activities=[cases.advance]):
        await live(season)
        await eventually(lambda: completed(season))
    await kept.keep(client, season.stream_id, "case-closed")
    relay.cancel()


async def _others(dsn: str, client: Client, kept: Kept) -> None:
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    await ensure_schedules(client, timedelta(hours=1))
    async with services(dsn) as ready:
        relay = asyncio.create_task(relay_of(ready, skipper.client).run())
        await _conference(ready, skipper.client, kept)
        async with worker_of(ready, skipper.client):
            await _topic(ready, skipper, kept)
            await client.get_schedule_handle(RECONCILE).trigger()
            await eventually(lambda: _ended(client, "reconcile"))
            async for run in client.list_workflows("WorkflowType = 'reconcile'"):
                await kept.keep(client, run.id, "reconcile-completed")
        relay.cancel()


async def _conference(ready: Any, client: Client, kept: Kept) -> None:
    engine = await with_npc(ready.pool)
    await registered(engine, range(3))
    with TemporaryDirectory() as folder:
        conference = await prepared(engine, Path(folder) / "sheet.csv", led_by(MARA, range(3)))
    name, stream = conference.name, conference.stream_id
    await ready.conferences.handle(name, StartConference(at=now()), people())
    await ready.conferences.handle(name, PauseConference(at=now()), people())
    async with worker_of(ready, client):
        await eventually(lambda: _begun(client, stream))
        await kept.keep(client, stream, "conference-paused")
        await ready.conferences.handle(name, ResumeConference(at=now()), people())
        await client.get_workflow_handle(stream).result()
        await kept.keep(client, stream, "conference-finished")


async def _topic(ready: Any, skipper: TimeSkipper, kept: Kept) -> None:
    stream = "topic/npc/2026-01"
    chosen = ChooseTopic(
        congress="npc",
        topic_id="2026-01",
        title="深化文旅融合",
        year=2026,
        approved_by="委员长会议",
        at=now(),
    )
    await ready.topics.choose(chosen, people())
    named = NameCommittee(committee="教科文卫委", at=now())
    topic = await ready.topics.handle("npc", "2026-01", people(), named)
    first = plan(topic, now()).next_at
    assert first is not None
    await eventually(lambda: _there(skipper.client, stream))
    handle = skipper.client.get_workflow_handle(stream)
    await skipper.fast_forward(handle, first - await skipper.get_current_time(handle) + timedelta(minutes=1))
    await eventually(lambda: _begun(skipper.client, stream))
    await kept.keep(skipper.client, stream, "topic-reminded")
    await ready.topics.handle("npc", "2026-01", people(), MakePlan(plan="方案", at=now()))
    await asyncio.sleep(2)  # the relay's signal, and its task
    await kept.keep(skipper.client, stream, "topic-planned")


async def _there(client: Client, workflow_id: str) -> bool:
    return bool((await client.count_workflows(f"WorkflowId = '{workflow_id}'")).count)


async def _begun(client: Client, workflow_id: str) -> bool:
    if not await _there(client, workflow_id):
        return False
    described = await client.get_workflow_handle(workflow_id).describe()
    at_rest = not described.raw_description.HasField("pending_workflow_task")
    return at_rest and described.history_length > BEFORE_ITS_FIRST_TASK + 1


async def _ended(client: Client, kind: str) -> bool:
    query = f"WorkflowType = '{kind}' and ExecutionStatus = 'Completed'"
    return bool((await client.count_workflows(query)).count)


async def record(folder: Path) -> None:
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory(prefix="duban-histories-")))
        postgres, temporal = EmbeddedPostgres(home), EmbeddedTemporal(home, time_skipping=True)
        dsn = await postgres.start()
        stack.push_async_callback(postgres.stop)
        address = await temporal.start()
        stack.push_async_callback(temporal.stop)
        connection = await asyncpg.connect(dsn)
        await migrate(connection)
        await connection.close()
        client, kept = await connect_temporal(address, "duban"), Kept(folder)
        async with asyncpg.create_pool(dsn, server_settings={"role": "duban_app"}) as pool:
            await _case(pool, client, kept)
        await _others(dsn, client, kept)


if __name__ == "__main__":
    asyncio.run(record(HERE / sys.argv[1]))
    os._exit(0)  # the SDK can abort while the interpreter takes itself apart
