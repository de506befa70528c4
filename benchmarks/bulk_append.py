"""Bulk: the import path and the function against eventsourcing's batches, UNNEST and COPY."""

from collections.abc import Iterator
from itertools import count
from uuid import uuid4

import asyncpg

from benchmarks.events import CODEC, command
from benchmarks.harness import Bench, Row, at_least, in_turn, main, rate
from benchmarks.peers import UNNEST, library, plain_stored, raw_row, raw_table
from duban.event_log.bulk import append_bulk
from duban.event_log.log import EventLog

EVENTS_PER_STREAM = 10


async def measure(bench: Bench) -> list[Row]:
    size = bench.amount(20_000)
    connection = await asyncpg.connect(bench.dsn)
    unnest = await connection.prepare(UNNEST.format(await raw_table(connection, "raw_unnest")))
    copied = await raw_table(connection, "raw_copy")
    positions: Iterator[int] = count(1)
    factory = library(bench.dsn)
    recorder = factory.application_recorder()
    async with asyncpg.create_pool(bench.dsn, server_settings={"role": "duban_app"}) as pool:
        log = EventLog(pool, CODEC)

        async def bulk() -> float:
            streams = size // EVENTS_PER_STREAM
            commands = [command(f"case/npc/{uuid4()}", 0, EVENTS_PER_STREAM) for _ in range(streams)]
            return await rate(size, append_bulk(connection, commands, CODEC))

        async def function() -> float:
            commands = [command(f"case/npc/{uuid4()}", 0, EVENTS_PER_STREAM) for _ in range(200)]
            return await rate(200 * EVENTS_PER_STREAM, log.append_many(commands))

        async def copy() -> float:
            rows = [raw_row(next(positions)) for _ in range(size)]
            return await rate(size, connection.copy_records_to_table(copied, records=rows))

        async def unnested() -> float:
            columns = zip(*(raw_row(next(positions)) for _ in range(size)), strict=True)
            return await rate(size, unnest.fetch(*map(list, columns)))

        async def batches() -> float:
            stacks = [plain_stored(1, 500) for _ in range(bench.amount(10))]

            async def insert() -> None:
                for stack in stacks:  # its batch insert of thousands was seen to hang
                    recorder.insert_events(stack)

            return await rate(500 * len(stacks), insert())

        contenders = {"duban": bulk, "append_many": function, "eventsourcing batch": batches}
        results = await in_turn(bench.rounds, {**contenders, "UNNEST": unnested, "COPY": copy})
    factory.close()
    await connection.close()
    ours = results.pop("duban")
    goals = [
        at_least(ours, 3, results["eventsourcing batch"], "eventsourcing batch"),
        at_least(ours, 0.3, results["COPY"], "COPY"),
    ]
    return [Row("bulk append", "events/s", ours, results, goals)]


if __name__ == "__main__":
    main(measure)
