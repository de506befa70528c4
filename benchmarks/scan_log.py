"""Reading and decoding the whole log in one process and on all cores, against eventsourcing's select and mapper."""

from uuid import uuid4

import asyncpg

from benchmarks.events import CODEC, command
from benchmarks.harness import Bench, Row, at_least, in_turn, main, rate
from benchmarks.peers import library, library_mapper, stored
from duban.event_log.bulk import append_bulk
from duban.event_log.log import EventLog
from duban.event_log.parallel import Processes, runs
from duban.event_log.readable import Types, Unreadable, read_run

PAGE = 1000


async def read_benched(connection: asyncpg.Connection, first: int, last: int) -> Types | Unreadable:
    return await read_run(connection, first, last, CODEC)


async def measure(bench: Bench) -> list[Row]:  # noqa: C901  # four contenders and their loops
    size = bench.amount(500_000)
    factory = library(bench.dsn)
    recorder, mapper = factory.application_recorder(), library_mapper(factory)
    theirs_size = size // 4 // 500 * 500
    for _ in range(theirs_size // 500):
        recorder.insert_events(stored(mapper, uuid4(), 1, 500))
    connection = await asyncpg.connect(bench.dsn)
    await append_bulk(connection, [command(f"case/npc/{uuid4()}", 0, 10) for _ in range(size // 10)], CODEC)
    await connection.execute("vacuum analyze")
    async with (
        asyncpg.create_pool(bench.dsn, server_settings={"role": "duban_app"}) as pool,
        Processes(bench.dsn) as processes,
    ):
        log = EventLog(pool, CODEC)

        async def scan() -> None:
            seen = 0
            async for events in log.scan(limit=PAGE):
                for _ in events:
                    seen += 1
            assert seen == size

        async def scan_on_all_cores() -> None:
            counted = Types()
            async for _, types in processes.over(read_benched, runs(1, size)):
                assert not isinstance(types, Unreadable)
                counted += types
            assert counted.total() == size

        async def library_scan() -> None:
            after = 0
            while rows := recorder.select_notifications(after, PAGE, inclusive_of_start=False):
                for row in rows:
                    mapper.to_domain_event(row)
                after = rows[-1].id

        async def raw_scan() -> None:
            after = 0
            query = "select * from event_log where position > $1 order by position limit $2"
            while rows := await connection.fetch(query, after, PAGE):
                after = rows[-1]["position"]

        async def ours() -> float:
            return await rate(size, scan())

        async def ours_on_all_cores() -> float:
            return await rate(size, scan_on_all_cores())

        async def theirs() -> float:
            return await rate(theirs_size, library_scan())

        async def raw() -> float:
            return await rate(size, raw_scan())

        contenders = {
            "duban": ours,
            "all cores": ours_on_all_cores,
            "eventsourcing select + mapper": theirs,
            "asyncpg rows": raw,
        }
        results = await in_turn(bench.rounds, contenders)
    factory.close()
    await connection.close()
    one, found = results.pop("duban"), results.pop("all cores")
    name = "eventsourcing select + mapper"
    goal = at_least(found, 4, results[name], name)
    return [
        Row("scan and decode, one process", "events/s", one, results),
        Row("scan and decode, all cores", "events/s", found, results, [goal]),
    ]


if __name__ == "__main__":
    main(measure)
