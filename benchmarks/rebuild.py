"""All read models rebuilt in one pass: how fast, how evenly, in what memory.

Beside it a bare reading of the log, and what PostgreSQL takes alone for rows that are there already: to copy them, to
vacuum and to index. No fold, in whatever language, is faster than the last.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import asyncpg
import psutil

from benchmarks.harness import Bench, Row, Sample, main, rate
from benchmarks.histories import fill, lives
from duban.event_log.log import EventLog
from projections.rebuild import tables
from projections.rebuild.rebuild import rebuild
from projections.rebuild.worker import SETTINGS
from projections.registry import PROJECTIONS

FEW, MANY, MOST = 100_000, 1_000_000, 10_000_000  # events; the last with --long, in three quarters of an hour
HISTORIES = 400  # different ones; the cases take them in turn
WORKERS = 2
PAGE = 1000
GOAL = 50_000  # events per second
EVEN = 1.2  # times as long for an event of many as for one of few
MEMORY = 1_500  # MB of all processes together, the server's among them
LOOK_EVERY = 0.5  # seconds between looks at the memory
SHARE = "select {columns} from {table} where (ctid::text::point)[0]::bigint % $1 = $2"
READ = "select * from event_log where position > $1 order by position limit $2"


async def measure(bench: Bench) -> list[Row]:
    connection = await asyncpg.connect(bench.dsn)
    histories = lives(HISTORIES)
    rows: list[Row] = []
    filled, before = 0, None
    for size in (bench.amount(FEW), bench.amount(MANY), *([MOST] if bench.long else [])):
        filled += await fill(connection, size - filled, histories, first=filled)
        await connection.execute("vacuum analyze event_log")
        speed, memory = await _rebuilt(bench, connection, filled)
        found = speed.ours.median
        if before is not None:
            even = (
                f"at most {EVEN:g} x the time of an event of a tenth",
                before / found,
                before / found <= EVEN,
            )
            speed = replace(speed, goals=[*speed.goals, even])
        before = found
        rows += [speed, memory]
    await connection.close()
    return rows


async def _rebuilt(bench: Bench, connection: asyncpg.Connection, events: int) -> tuple[Row, Row]:
    async with asyncpg.create_pool(bench.dsn, min_size=1, max_size=4) as pool, _peak() as peak:
        raw = await rate(events, _read(connection))
        start = perf_counter()
        await rebuild(bench.dsn, EventLog(pool), PROJECTIONS, workers=WORKERS, progress=lambda *_: None)
        found = events / (perf_counter() - start)
    alone = await _postgres_alone(bench.dsn, connection, events)
    name = f"rebuild {len(PROJECTIONS)} read models from {events:,} events"
    speed = (f"at least {GOAL:,}/s", found, found >= GOAL)
    memory = (f"under {MEMORY:,} MB", peak[0], peak[0] < MEMORY)
    return (
        Row(
            name,
            "events/s",
            Sample([found]),
            {"raw read": Sample([raw]), "PostgreSQL alone": Sample([alone])},
            [speed],
        ),
        Row(f"memory of all processes, {name}", "MB", Sample([peak[0]]), {}, [memory]),
    )


async def _postgres_alone(dsn: str, connection: asyncpg.Connection, events: int) -> float:
    """Events per second of a rebuild whose rows cost nothing: each worker copies its share, then all is indexed."""
    with TemporaryDirectory(prefix="duban-bench-") as home:
        await tables.create(connection, PROJECTIONS)
        for projection in PROJECTIONS:
            for number in range(WORKERS):
                share = SHARE.format(columns=", ".join(projection.stored), table=projection.table)
                file = Path(home, f"{projection.name}.{number}")
                await connection.copy_from_query(share, WORKERS, number, output=file, format="binary")
        start = perf_counter()
        await asyncio.gather(*(_copied(dsn, Path(home), number) for number in range(WORKERS)))
        await tables.finish(dsn, connection, PROJECTIONS, connections=WORKERS, progress=lambda *_: None)
        found = events / (perf_counter() - start)
        await tables.drop(connection, PROJECTIONS)
    return found


async def _copied(dsn: str, home: Path, number: int) -> None:
    connection = await asyncpg.connect(dsn, server_settings=SETTINGS)
    for projection in PROJECTIONS:
        file = home / f"{projection.name}.{number}"
        await connection.copy_to_table(
            tables.next_of(projection), source=file, columns=projection.stored, format="binary"
        )
    await connection.close()


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
