"""One client, one event per commit: the chain and the checks against a bare INSERT into the same table."""

from itertools import count

import asyncpg

from benchmarks.events import CODEC, command
from benchmarks.harness import Bench, Row, at_least, in_turn, main, rate
from benchmarks.peers import INSERT, raw_row, raw_table
from duban.event_log.log import EventLog


async def measure(bench: Bench) -> list[Row]:
    each = bench.amount(1500)
    raw = await asyncpg.connect(bench.dsn)
    insert = await raw.prepare(INSERT.format(await raw_table(raw, "raw_insert")))
    positions, streams = count(1), count(1)
    async with asyncpg.create_pool(bench.dsn, server_settings={"role": "duban_app"}) as pool:
        log = EventLog(pool, CODEC)

        async def append() -> None:
            stream_id = f"case/npc/one-{next(streams)}"
            for version in range(each):
                await log.append(command(stream_id, version))

        async def bare() -> None:
            for _ in range(each):
                await insert.fetch(*raw_row(next(positions)))

        async def ours() -> float:
            return await rate(each, append())

        async def theirs() -> float:
            return await rate(each, bare())

        results = await in_turn(bench.rounds, {"duban": ours, "asyncpg INSERT": theirs})
    await raw.close()
    peer = results["asyncpg INSERT"]
    goal = at_least(results["duban"], 0.5, peer, "asyncpg INSERT")
    return [
        Row(
            "one client, one event per commit",
            "commands/s",
            results["duban"],
            {"asyncpg INSERT": peer},
            [goal],
        )
    ]


if __name__ == "__main__":
    main(measure)
