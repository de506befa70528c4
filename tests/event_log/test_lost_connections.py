import asyncio

import asyncpg
import pytest

from duban.event_log.log import Appended, EventLog
from tests.event_log.given import CODEC, to
from tests.faults.wire import Link, Watch, When

pytestmark = pytest.mark.postgres

GIVEN_BACK = "UNLISTEN|RESET ALL"  # what a pool asks of a connection that comes back


async def test_an_append_that_was_answered_is_done_although_its_connection_is_lost_on_the_way_back(
    database: str,
) -> None:
    front, _, back = database.rpartition(":")
    port, _, name = back.partition("/")
    link = Link("people", "postgres", int(port))
    await link.open()
    async with asyncpg.create_pool(f"{front}:{link.port}/{name}", min_size=1, max_size=1) as pool:
        log, watch = EventLog(pool, CODEC), Watch(GIVEN_BACK, When.BEFORE)
        link.watch(watch)
        appending = asyncio.create_task(log.append_many([to("a", 0)]))
        await watch.reached
        link.cut()

        assert await appending == [Appended((1,), repeated=False)]
        assert (await log.append(to("a", 1))).positions == (2,)  # the pool has its place again
    await link.close()
