"""Reading and decoding the whole log, against eventsourcing's select and mapper on the same events."""

from uuid import uuid4

import asyncpg

from benchmarks.events import CODEC, command
from benchmarks.harness import Bench, Row, at_least, in_turn, main, rate
from benchmarks.peers import library, library_mapper, stored
from duban.event_log.bulk import append_bulk
from duban.event_log.log import EventLog

PAGE = 1000


async def measure(bench: Bench) -> list[Row]:  # noqa: C901  # three contenders and their loops
    size = bench.amount(50_000)
    factory = library(bench.dsn)
    recorder, mapper = factory.application_recorder(), library_mapper(factory)
    for _ in range(size // 500):
        recorder.insert_events(stored(mapper, uuid4(), 1, 500))
    theirs_size = size // 500 * 500
    connection = await asyncpg.connect(bench.dsn)
    await append_bulk(connection, [command(f"case/npc/{uuid4()}", 0, 10) for _ in range(size // 10)], CODEC)
    await connection.execute("vacuum analyze")
    async with asyncpg.create_pool(bench.dsn, server_settings={"role": "duban_app"}) as pool:
        log = EventLog(pool, CODEC)

        async def scan() -> None:
            seen = 0
            async for events in log.scan(limit=PAGE):
                seen += len(events)
            assert seen == size

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

        async def theirs() -> float:
            return await rate(theirs_size, library_scan())

        async def raw() -> float:
            return await rate(size, raw_scan())

        contenders = {"duban": ours, "eventsourcing select + mapper": theirs, "asyncpg rows": raw}
        results = await in_turn(bench.rounds, contenders)
    factory.close()
    await connection.close()
    found = results.pop("duban")
    name = "eventsourcing select + mapper"
    return [Row("scan and decode", "events/s", found, results, [at_least(found, 4, results[name], name)])]


if __name__ == "__main__":
    main(measure)
