import asyncio
from typing import Any

import asyncpg
import pytest

from duban.leadership import lead

pytestmark = pytest.mark.postgres

LOCK = (7, 7)
WITHIN = 10.0  # seconds; it takes less than one
KILL_HOLDER = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 7"


async def test_a_leader_whose_connection_dies_stops_and_the_next_one_takes_over(
    pool: "asyncpg.Pool[Any]", database: str
) -> None:
    leading: asyncio.Queue[str] = asyncio.Queue()

    async def work(name: str) -> None:
        await leading.put(name)
        try:
            await asyncio.Event().wait()
        finally:
            await leading.put(f"{name} stopped")

    first = asyncio.create_task(lead(pool, LOCK, lambda: work("first")))
    async with asyncio.timeout(WITHIN):
        assert await leading.get() == "first"
        second = asyncio.create_task(lead(pool, LOCK, lambda: work("second")))
        owner = await asyncpg.connect(database)
        await owner.execute(KILL_HOLDER)
        await owner.close()
        said = {await leading.get(), await leading.get()}
        assert said == {"first stopped", "second"}
        with pytest.raises(ExceptionGroup):
            await first

        second.cancel()  # in order: the lock is free as soon as the pool has its connection back
        await asyncio.wait({second})
        third = asyncio.create_task(lead(pool, LOCK, lambda: work("third")))
        assert await leading.get() == "second stopped"
        assert await leading.get() == "third"
        third.cancel()
        await asyncio.wait({third})
