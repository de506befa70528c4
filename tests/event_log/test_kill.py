"""kill -9 of PostgreSQL in the middle of a load: what was acknowledged is there, once."""

import asyncio
from collections import Counter
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from duban.event_log.log import EventLog
from duban.event_log.verify import verify
from duban.migrations import migrate
from duban.runtime.child import free_port
from duban.runtime.postgres import EmbeddedPostgres
from tests.event_log.given import CODEC, noted, to

pytestmark = pytest.mark.postgres

CLIENTS = 64
UNDER_LOAD = 0.4  # seconds between the server's return and the next kill


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
async def test_every_acknowledged_event_survives_the_server_once(tmp_path: Path, kills: int) -> None:
    server = EmbeddedPostgres(tmp_path, port=free_port())  # with fsync, unlike the server of the other tests
    dsn = await server.start()
    owner = await asyncpg.connect(dsn)
    await migrate(owner)
    await owner.close()
    acknowledged: dict[UUID, int] = {}
    sent: set[UUID] = set()
    stop = asyncio.Event()

    async def client(log: EventLog, number: int) -> None:
        for version in range(1_000_000):
            if stop.is_set():
                return
            event = noted(f"{number}/{version}")
            sent.add(event.event_id)
            (position,) = (await log.append(to(f"client/{number}", version, event))).positions
            acknowledged[event.event_id] = position

    try:
        async with asyncpg.create_pool(dsn, min_size=1, server_settings={"role": "duban_app"}) as pool:
            log = EventLog(pool, CODEC)
            clients = [asyncio.create_task(client(log, number)) for number in range(CLIENTS)]
            for _ in range(kills):
                progress = len(acknowledged)
                async with asyncio.timeout(30):
                    while len(acknowledged) < progress + CLIENTS:  # noqa: ASYNC110  # a count, not an event
                        await asyncio.sleep(0.01)
                await asyncio.sleep(UNDER_LOAD)
                assert not any(client.done() for client in clients)
                server.kill()
                await server.stop()
                await server.start()
            stop.set()
            await asyncio.gather(*clients)
            stored = await pool.fetch("select event_id, position from event_log order by position")
        report = await verify(dsn)
    finally:
        await server.stop()

    positions = {row["event_id"]: row["position"] for row in stored}
    assert max(Counter(row["event_id"] for row in stored).values()) == 1
    assert {event_id: positions.get(event_id) for event_id in acknowledged} == acknowledged
    assert set(positions) <= sent
    assert [row["position"] for row in stored] == list(range(1, len(stored) + 1))
    assert (report.checked, report.difference) == (len(stored), None)
    assert len(acknowledged) > kills * CLIENTS
    print(f"{kills} kills: {len(acknowledged)} events acknowledged, {len(stored)} stored, {len(sent)} sent")
