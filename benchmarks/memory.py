"""The process's memory while it appends, follows and verifies a million events."""

import resource
from contextlib import aclosing
from uuid import uuid4

import asyncpg

from benchmarks.events import CODEC, command
from benchmarks.harness import Bench, Row, Sample, main
from duban.event_log.log import EventLog
from duban.event_log.verify import verify

EVENTS = 1_000_000
PER_CALL = 256  # commands, each of four events
LIMIT = 300  # MB


async def measure(bench: Bench) -> list[Row]:
    size = bench.amount(EVENTS)
    async with asyncpg.create_pool(bench.dsn, server_settings={"role": "duban_app"}) as pool:
        log = EventLog(pool, CODEC)
        while (head := await log.head()) < size:
            await log.append_many([command(f"case/npc/{uuid4()}", 0, 4) for _ in range(PER_CALL)])
        seen = 0
        async with aclosing(log.follow(0)) as batches:
            async for batch in batches:
                seen = batch[-1].position
                if seen == head:
                    break
    report = await verify(bench.dsn)
    assert report.checked == seen
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    helper = (
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    )  # the largest child, PostgreSQL included
    goal = (f"at most {LIMIT} MB", own, own <= LIMIT)
    name = f"peak memory: append, follow and verify {seen:,} events"
    return [Row(name, "MB", Sample([own]), {"largest child process": Sample([helper])}, [goal])]


if __name__ == "__main__":
    main(measure)
