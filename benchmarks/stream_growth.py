"""Reading one case of 50 events as the log grows from 10 thousand to 10 million events."""

from statistics import median
from time import perf_counter
from uuid import uuid4

import asyncpg

from benchmarks.events import CODEC, command
from benchmarks.harness import Bench, Row, Sample, main
from duban.event_log.bulk import append_bulk
from duban.event_log.log import EventLog

SMALL, LARGE = 10_000, 10_000_000
CASES, EVENTS, READS = 20, 50, 400
AT_MOST = 1.2


async def measure(bench: Bench) -> list[Row]:
    connection = await asyncpg.connect(bench.dsn)
    grown = CASES * EVENTS
    cases = [f"case/npc/{uuid4()}" for _ in range(CASES)]
    await append_bulk(connection, [command(case, n, 1) for n in range(EVENTS) for case in cases], CODEC)
    async with asyncpg.create_pool(bench.dsn, server_settings={"role": "duban_app"}) as pool:
        log = EventLog(pool, CODEC)
        times: dict[int, list[float]] = {}
        for size in (SMALL, LARGE // 50 if bench.quick else LARGE):
            while grown < size:
                step = min(20_000, size - grown)
                await append_bulk(
                    connection, [command(f"case/npc/{uuid4()}", 0, 10) for _ in range(step // 10)], CODEC
                )
                grown += step // 10 * 10
            await connection.execute("vacuum analyze event_log")
            times[size] = [await _read(log, cases) for _ in range(bench.rounds)]
    await connection.close()
    (small, few), (large, many) = ((size, Sample(values)) for size, values in times.items())
    ratio = many.median / few.median
    goal = (f"at most {AT_MOST:g} x the time at {small:,}", ratio, ratio <= AT_MOST)
    name = f"one case of {EVENTS} events at {large:,} events in the log"
    return [Row(name, "microseconds", many, {f"at {small:,}": few}, [goal])]


async def _read(log: EventLog, cases: list[str]) -> float:
    times = []
    for number in range(READS):
        start = perf_counter()
        events = await log.read_stream(cases[number % len(cases)])
        times.append(perf_counter() - start)
        assert len(events) == EVENTS
    return median(times) * 1e6


if __name__ == "__main__":
    main(measure)
