"""All read models rebuilt from the log in one pass, against the bare reading of it; and boards of a past day."""

import asyncio
from collections.abc import Sequence
from random import Random
from statistics import quantiles
from time import perf_counter

import asyncpg

from benchmarks.harness import Bench, Row, Sample, main, rate
from benchmarks.histories import fill, lives
from duban.bootstrap import now
from duban.event_log.log import EventLog
from projections.board import find
from projections.filters import Filter
from projections.rebuild.rebuild import rebuild
from projections.registry import PROJECTIONS

USUAL = 100_000  # events; the goal names a million, which takes ten times as long
HISTORIES = 400  # different ones; the cases take them in turn
WORKERS = 2
PAGE = 1000
GOAL = 50_000  # events per second
ASKED = 20  # boards
READ = "select * from event_log where position > $1 order by position limit $2"


async def measure(bench: Bench) -> list[Row]:
    connection = await asyncpg.connect(bench.dsn)
    histories = lives(HISTORIES)
    rows, filled = [], 0
    for size in (bench.amount(USUAL) // 10, bench.amount(USUAL)):
        filled += await fill(connection, size - filled, histories, first=filled)
        await connection.execute("vacuum analyze event_log")
        rows.append(await _rebuilt(bench, connection, filled))
    rows += await _boards(connection, filled)
    await connection.close()
    return rows


async def _rebuilt(bench: Bench, connection: asyncpg.Connection, events: int) -> Row:
    ours, raw = [], []
    async with asyncpg.create_pool(bench.dsn, min_size=1, max_size=4) as pool:
        log = EventLog(pool)
        for _ in range(2):
            raw.append(await rate(events, _read(connection)))
            building = rebuild(bench.dsn, log, PROJECTIONS, workers=WORKERS, progress=lambda *_: None)
            ours.append(await rate(events, building))
    found, peer = Sample(ours), Sample(raw)
    goal = (f"at least {GOAL:,}/s", found.median, found.median >= GOAL)
    name = f"rebuild {len(PROJECTIONS)} read models from {events:,} events"
    return Row(name, "events/s", found, {"raw read": peer}, [goal])


async def _read(connection: asyncpg.Connection) -> None:
    after = 0
    while rows := await connection.fetch(READ, after, PAGE):
        after = rows[-1]["position"]


async def _boards(connection: asyncpg.Connection, head: int) -> list[Row]:
    """The first page of the whole board, now and at random positions."""
    await connection.execute("vacuum analyze")
    chance = Random(1)
    present = await _p95([None] * ASKED, connection)
    past = await _p95([chance.randint(head // 10, head) for _ in range(ASKED)], connection)
    goal = ("as of at most 2 x now", past / present, past / present <= 2)
    sample, peer = Sample([past]), Sample([present])
    return [Row("board as of a position, p95", "ms", sample, {"board now": peer}, [goal])]


async def _p95(positions: Sequence[int | None], connection: asyncpg.Connection) -> float:
    times = []
    for position in positions:
        start = perf_counter()
        await find(connection, Filter(congress="npc"), now=now(), as_of=position)
        times.append((perf_counter() - start) * 1000)
        await asyncio.sleep(0)
    return quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main(measure)
