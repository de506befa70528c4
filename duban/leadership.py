"""One leader among processes that offer the same: whoever holds an advisory lock of the database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

LOOK_EVERY = 0.5  # seconds between a standby's attempts, and between a leader's looks at its connection
ANSWERS_WITHIN = 5.0  # seconds; a leader whose connection is silent for longer no longer knows that it leads

# tried again and again: a statement that waits for the lock would keep vacuum from its work all the while
TRY = "select pg_try_advisory_lock($1, $2)"

Lock = tuple[int, int]  # class and number


async def lead(pool: "asyncpg.Pool[Any]", lock: Lock, work: Callable[[], Awaitable[None]]) -> None:
    """Stand by until nobody else leads, then work; fails, work stopped, when the connection with the lock dies.

    The pool gives the lock back when it takes the connection back, and the server when the connection ends.
    """
    async with pool.acquire() as connection:
        while not await connection.fetchval(TRY, *lock):  # noqa: ASYNC110 the database tells nobody
            await asyncio.sleep(LOOK_EVERY)
        async with asyncio.TaskGroup() as group:
            holding = group.create_task(_hold(connection))
            await work()
            holding.cancel()


async def _hold(connection: Any) -> None:
    while True:
        await connection.execute("select 1", timeout=ANSWERS_WITHIN)
        await asyncio.sleep(LOOK_EVERY)
