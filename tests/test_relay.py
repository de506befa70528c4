import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import asyncpg
import pytest
from temporalio.api.enums.v1 import EventType

from domain.base import Event, Recorded
from domain.suggestion.assignment import Assign
from duban.bootstrap import connect_temporal, now
from duban.event_log.log import EventLog
from duban.processes import Outlook
from duban.relay import MOVE_CURSOR, Relay, Relayed, Waker, Woken
from tests.conferences import registered
from tests.domain.cases import on
from tests.engine import Engine, people, with_npc

pytestmark = pytest.mark.postgres

Pool = asyncpg.Pool
WITHIN = 10.0  # seconds


class OneByOne:
    """The log, which is followed in batches of a single event."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    async def follow(self, after: int) -> AsyncIterator[list[Recorded[Event]]]:
        async for events in self._log.follow(after):
            for event in events:
                yield [event]

    async def read_streams(self, stream_ids: Any, *, up_to: int | None = None) -> Any:
        return await self._log.read_streams(stream_ids, up_to=up_to)


class HeldWaker:
    """Notes whom it was to wake, and is not done with the first before it is let go."""

    def __init__(self) -> None:
        self.first_may_end = asyncio.Event()
        self.begun: list[str] = []
        self.ended: list[str] = []

    async def wake(self, streams: Mapping[str, Woken]) -> None:
        if not streams:
            return
        self.begun += streams
        if len(self.begun) == 1:
            await self.first_may_end.wait()
        self.ended += streams


async def _assigned(engine: Engine, count: int) -> None:
    for number in range(count):
        await engine.commands.handle(f"npc/14-2/{number}", people(), Assign(to="国务院", at=on("2024-04-01")))


async def test_a_later_batch_overtakes_a_slow_one_but_the_cursor_does_not(pool: Pool) -> None:
    engine, waker = await with_npc(pool), HeldWaker()
    await registered(engine, range(2))
    before = await engine.log.head()
    await pool.execute(MOVE_CURSOR, before)
    await _assigned(engine, 2)
    relay = Relay(OneByOne(engine.log), pool, cast(Waker, waker), now)
    running = asyncio.create_task(relay.run())
    async with asyncio.timeout(WITHIN):
        while not waker.ended:  # noqa: ASYNC110 it is another task
            await asyncio.sleep(0.01)
    assert (waker.begun, waker.ended) == (["case/npc/case-0", "case/npc/case-1"], ["case/npc/case-1"])
    assert await relay.cursor() == before  # should it die now, the first is woken again

    waker.first_may_end.set()
    async with asyncio.timeout(WITHIN):
        while await relay.cursor() < await engine.log.head():  # noqa: ASYNC110 it is another task
            await asyncio.sleep(0.01)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_who_moves_thousands_waits_for_the_relay_while_it_moves(pool: Pool) -> None:
    await pool.execute(MOVE_CURSOR, 3)
    waiting = asyncio.create_task(Relayed(pool).until(5))
    for position in (4, 5):
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await pool.execute(MOVE_CURSOR, position)
    await asyncio.wait_for(waiting, WITHIN)


async def test_a_relay_that_stands_still_holds_nobody_up(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duban.relay.STANDSTILL", 0.2)
    await asyncio.wait_for(Relayed(pool).until(5), WITHIN)
    assert await pool.fetchval("select position from relay_cursor") == 0


@pytest.mark.temporal
async def test_a_workflow_that_was_started_before_the_cursor_moved_is_told_instead(
    temporal_address: str,
) -> None:
    client, stream_id = await connect_temporal(temporal_address, "duban"), f"case/npc/{uuid4()}"
    outlook = Outlook(begun=True, stage="assigned", closed=False, next_at=now() + timedelta(days=30))
    waker = Waker(client, now)

    await waker.wake({stream_id: Woken(3, outlook, first=True)})
    await waker.wake({stream_id: Woken(5, outlook, first=True)})

    history = await client.get_workflow_handle(stream_id).fetch_history()
    types = [event.event_type for event in history.events]
    assert types[0] == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED
    (signal,) = [event for event in history.events if event.event_type == types[1]]
    assert types[1] == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
    (payload,) = signal.workflow_execution_signaled_event_attributes.input.payloads
    assert b'"position":5' in payload.data
