"""Reading one case of 50 events in a log of 10 thousand events and in one of 10 million, in turn."""

from statistics import median, quantiles
from time import perf_counter
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from benchmarks.events import CODEC, command
from benchmarks.harness import Bench, Row, in_turn, main
from duban.event_log.bulk import append_bulk
from duban.event_log.log import EventLog
from duban.migrations import migrate

SMALL, LARGE = 10_000, 10_000_000
STEP = 20_000  # events per import
CASES, EVENTS, READS = 20, 50, 400
AT_MOST = 1.2


async def measure(bench: Bench) -> list[Row]:
    size = LARGE // 50 if bench.quick else LARGE
    beside = await _database_beside(bench.dsn)
    async with (
        asyncpg.create_pool(beside, server_settings={"role": "duban_app"}) as few,
        asyncpg.create_pool(bench.dsn, server_settings={"role": "duban_app"}) as many,
    ):
        small_cases, large_cases = await _grown(beside, SMALL), await _grown(bench.dsn, size)
        small_log, large_log = EventLog(few, CODEC), EventLog(many, CODEC)
        results = await in_turn(
            2 * bench.rounds,
            {
                "small": lambda: _read(small_log, small_cases),
                "large": lambda: _read(large_log, large_cases),
            },
        )
    found, peer = results["large"], results["small"]
    ratio = median(large / small for large, small in zip(found.values, peer.values, strict=True))
    goal = (f"at most {AT_MOST:g} x the time at {SMALL:,}", ratio, ratio <= AT_MOST)
    name = f"one case of {EVENTS} events at {size:,} events in the log"
    return [Row(name, "microseconds", found, {f"at {SMALL:,}": peer}, [goal])]


async def _database_beside(dsn: str) -> str:
    """Another log on the same server."""
    owner = await asyncpg.connect(dsn)
    await owner.execute("create database small")
    await owner.close()
    beside = urlsplit(dsn)._replace(path="/small").geturl()
    connection = await asyncpg.connect(beside)
    await migrate(connection)
    await connection.close()
    return beside


async def _grown(dsn: str, size: int) -> list[str]:
    """Cases whose events lie scattered over the first thousand positions, and other cases' events after them."""
    connection = await asyncpg.connect(dsn)
    cases = [f"case/npc/{uuid4()}" for _ in range(CASES)]
    await append_bulk(connection, [command(case, n, 1) for n in range(EVENTS) for case in cases], CODEC)
    rest = size - CASES * EVENTS
    while rest > 0:
        streams = min(STEP, rest) // 10
        await append_bulk(connection, [command(f"case/npc/{uuid4()}", 0, 10) for _ in range(streams)], CODEC)
        rest -= streams * 10
    await connection.execute("vacuum analyze event_log")
    await connection.close()
    return cases


async def _read(log: EventLog, cases: list[str]) -> float:
    """The time that a tenth of the reads stay under: whatever else the machine does only adds to a read."""
    times = []
    for number in range(READS):
        start = perf_counter()
        events = await log.read_stream(cases[number % len(cases)])
        times.append(perf_counter() - start)
        assert len(events) == EVENTS
    return quantiles(times, n=10)[0] * 1e6


if __name__ == "__main__":
    main(measure)
