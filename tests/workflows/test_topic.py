import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from domain.base import Event, Recorded
from domain.key_topic_acts import ChooseTopic, MakePlan, NameCommittee
from domain.topic_agenda import plan
from duban.bootstrap import connect_temporal, now, relay_of, services, worker_of
from duban.runtime.namespace import ensure_namespace
from tests.engine import people, with_npc
from tests.waits import waits_for
from tests.workflows.season import eventually

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]

NAME = "topic/npc/2026-01"
A_MINUTE = timedelta(minutes=1)


async def test_a_committee_is_reminded_of_what_it_owes_a_topic(
    pool: "asyncpg.Pool[Any]", database: str, temporal_address: str
) -> None:
    engine = await with_npc(pool)
    client = await connect_temporal(temporal_address, f"topic-{uuid4()}")
    await ensure_namespace(client)
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    chosen = ChooseTopic(
        congress="npc",
        topic_id="2026-01",
        title="深化文旅融合",
        year=2026,
        approved_by="委员长会议",
        at=now(),
    )
    async with services(database) as ready, worker_of(ready, skipper.client):
        relay = asyncio.create_task(relay_of(ready, skipper.client).run())
        await ready.topics.choose(chosen, people())
        topic = await ready.topics.handle(
            "npc", "2026-01", people(), NameCommittee(committee="教科文卫委", at=now())
        )
        first = plan(topic, now()).next_at
        assert first is not None
        await eventually(lambda: waits_for(skipper.client, NAME, ("chosen", first)))

        handle = skipper.client.get_workflow_handle(NAME)
        await skipper.fast_forward(handle, first - await skipper.get_current_time(handle) + A_MINUTE)
        await eventually(lambda: _reminded(engine.log, 1))
        planned = await ready.topics.handle("npc", "2026-01", people(), MakePlan(plan="方案", at=now()))
        symposium = plan(planned, now() + timedelta(days=40)).next_at
        assert symposium is not None
        await eventually(lambda: waits_for(skipper.client, NAME, ("planned", symposium)))
        relay.cancel()

    (recorded,) = await _reminders(engine.log)
    assert recorded.body.model_dump()["duty"] == "plan"
    assert recorded.actor == "clock"


async def _reminders(log: Any) -> list[Recorded[Event]]:
    return [r for r in await log.read_stream(NAME) if r.type == "topic.reminded"]


async def _reminded(log: Any, times: int) -> bool:
    return len(await _reminders(log)) == times
