"""Hurry: what waits for a later try is tried now, because nobody has a quarter of an hour here."""

import asyncio
from typing import Any

import asyncpg

from duban.event_log.store import is_lost

LOOK_EVERY = 2.0  # seconds


async def hurried(pool: "asyncpg.Pool[Any]", statement: str, *values: Any) -> None:
    """Run a statement again and again, for ever; a database that is away is asked the next time."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            await pool.execute(statement, *values)
        except Exception as error:
            if not is_lost(error):
                raise
