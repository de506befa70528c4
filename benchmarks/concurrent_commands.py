"""64 clients, one event per command: through the combiner, and through eventsourcing's recorder."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import asyncpg

from benchmarks.events import CODEC, command
from benchmarks.harness import Bench, Row, at_least, in_turn, main, rate
from benchmarks.peers import library, plain_stored
from duban.event_log.log import EventLog
from duban.runtime import memory

CLIENTS = 64


async def measure(bench: Bench) -> list[Row]:
    ours_each, theirs_each = bench.amount(300), bench.amount(30)
    memory.spare()  # as every role of Duban does; the peer waits for its table's lock, not for Python
    factory = library(bench.dsn)
    recorder = factory.application_recorder()
    loop = asyncio.get_running_loop()
    async with asyncpg.create_pool(bench.dsn, server_settings={"role": "duban_app"}) as pool:
        log = EventLog(pool, CODEC)

        async def client() -> None:
            stream_id = f"case/npc/{uuid4()}"
            for version in range(ours_each):
                await log.append(command(stream_id, version))

        def library_client() -> None:
            originator = uuid4()
            for version in range(theirs_each):
                recorder.insert_events(plain_stored(version + 1, 1, originator))

        async def ours() -> float:
            return await rate(CLIENTS * ours_each, asyncio.gather(*(client() for _ in range(CLIENTS))))

        async def theirs() -> float:
            with ThreadPoolExecutor(CLIENTS) as threads:
                work = asyncio.gather(
                    *(loop.run_in_executor(threads, library_client) for _ in range(CLIENTS))
                )
                return await rate(CLIENTS * theirs_each, work)

        results = await in_turn(bench.rounds, {"duban": ours, "eventsourcing.postgres": theirs})
    factory.close()
    peer = results["eventsourcing.postgres"]
    return [
        Row(
            "64 clients, one event per command",
            "commands/s",
            results["duban"],
            {"eventsourcing.postgres": peer},
            [at_least(results["duban"], 20, peer, "eventsourcing.postgres")],
        )
    ]


if __name__ == "__main__":
    main(measure)
