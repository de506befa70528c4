"""Proving the log: every hash and the chain, in as many processes as there are cores."""

from uuid import uuid4

import asyncpg

from benchmarks.events import CODEC, command
from benchmarks.harness import Bench, Row, in_turn, main, rate
from duban.event_log.bulk import append_bulk
from duban.event_log.verify import verify

GOAL = 100_000  # events/s on 2 cores


async def measure(bench: Bench) -> list[Row]:
    size = bench.amount(500_000)
    connection = await asyncpg.connect(bench.dsn)
    for _ in range(size // 10_000):
        await append_bulk(connection, [command(f"case/npc/{uuid4()}", 0, 10) for _ in range(1000)], CODEC)
    await connection.execute("vacuum analyze")
    await connection.close()

    async def ours() -> float:
        return await rate(size // 10_000 * 10_000, verify(bench.dsn))

    found = (await in_turn(min(bench.rounds, 3), {"duban": ours}))["duban"]
    goal = (f"at least {GOAL:,} events/s", found.median, found.median >= GOAL)
    return [Row("verify the chain", "events/s", found, {}, [goal])]


if __name__ == "__main__":
    main(measure)
