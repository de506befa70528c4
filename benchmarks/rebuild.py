"""All read models rebuilt in one pass: how fast against a bare reading of the log, how evenly, in what memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from time import perf_counter

import asyncpg
import psutil

from benchmarks.harness import Bench, Row, Sample, main, rate
from benchmarks.histories import fill, lives
from duban.event_log.log import EventLog
from projections.rebuild.rebuild import rebuild
from projections.registry import PROJECTIONS

FEW, MANY = 100_000, 1_000_000  # events
HISTORIES = 400  # different ones; the cases take them in turn
WORKERS = 2
PAGE = 1000
GOAL = 50_000  # events per second
EVEN = 1.2  # times as long for an event of many as for one of few
MEMORY = 1_500  # MB of all processes together, the server's among them
LOOK_EVERY = 0.5  # seconds between looks at the memory
READ = "select * from event_log where position > $1 order by position limit $2"


async def measure(bench: Bench) -> list[Row]:
    connection = await asyncpg.connect(bench.dsn)
    histories = lives(HISTORIES)
    rows, filled = [], 0
    for size in (bench.amount(FEW), bench.amount(MANY)):
        filled += await fill(connection, size - filled, histories, first=filled)
        await connection.execute("vacuum analyze event_log")
        rows.append(await _rebuilt(bench, connection, filled))
    await connection.close()
    few, many = rows[0][0].ours.median, rows[1][0].ours.median
    even = (f"at most {EVEN:g} x the time of an event of few", few / many, few / many <= EVEN)
    (quick, _), (long, memory) = rows
    return [quick, replace(long, goals=[*long.goals, even]), memory]


async def _rebuilt(bench: Bench, connection: asyncpg.Connection, events: int) -> tuple[Row, Row]:
    async with asyncpg.create_pool(bench.dsn, min_size=1, max_size=4) as pool, _peak() as peak:
        raw = await rate(events, _read(connection))
        start = perf_counter()
        await rebuild(bench.dsn, EventLog(pool), PROJECTIONS, workers=WORKERS, progress=lambda *_: None)
        found = events / (perf_counter() - start)
    name = f"rebuild {len(PROJECTIONS)} read models from {events:,} events"
    speed = (f"at least {GOAL:,}/s", found, found >= GOAL)
    memory = (f"under {MEMORY:,} MB", peak[0], peak[0] < MEMORY)
    return (
        Row(name, "events/s", Sample([found]), {"raw read": Sample([raw])}, [speed]),
        Row(f"memory of all processes, {name}", "MB", Sample([peak[0]]), {}, [memory]),
    )


@asynccontextmanager
async def _peak() -> AsyncIterator[list[float]]:
    """The most memory, in MB, that this process, its workers and the server had at one moment."""
    peak = [0.0]

    async def look() -> None:
        own = psutil.Process()
        while True:
            now = 0.0
            for process in (own, *own.children(recursive=True)):
                with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    now += process.memory_full_info().pss / 1e6
            peak[0] = max(peak[0], now)
            await asyncio.sleep(LOOK_EVERY)

    looking = asyncio.create_task(look())
    try:
        yield peak
    finally:
        looking.cancel()


async def _read(connection: asyncpg.Connection) -> None:
    after = 0
    while rows := await connection.fetch(READ, after, PAGE):
        after = rows[-1]["position"]


if __name__ == "__main__":
    main(measure)
