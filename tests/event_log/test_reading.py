import asyncio
from contextlib import aclosing

import pytest

from duban.event_log.hashing import shard_of
from duban.event_log.log import EventLog
from duban.event_log.streams import by_stream, from_their_first
from tests.event_log.given import command, counted, noted, to, write

pytestmark = pytest.mark.postgres


async def test_a_stream_is_read_from_a_version_and_up_to_a_position(log: EventLog) -> None:
    await log.append(to("a", 0, noted("1"), noted("2")))
    await log.append(to("b", 0, noted("other")))
    await log.append(to("a", 2, noted("3")))

    assert [event.version for event in await log.read_stream("a")] == [1, 2, 3]
    assert [event.version for event in await log.read_stream("a", after_version=1)] == [2, 3]
    assert [event.version for event in await log.read_stream("a", up_to=3)] == [1, 2]
    assert await log.read_stream("nowhere") == []


async def test_several_streams_are_read_in_one_go(log: EventLog) -> None:
    await log.append(command(write("a", 0, noted(), noted()), write("b", 0)))

    streams = await log.read_streams(["b", "a", "nowhere"], up_to=2)

    assert {name: [event.version for event in events] for name, events in streams.items()} == {
        "a": [1, 2],
        "b": [],
        "nowhere": [],
    }


async def test_the_whole_log_is_filtered_by_type_and_by_shard(log: EventLog) -> None:
    for number in range(40):
        await log.append(to(f"s{number}", 0, noted(), counted(number)))
    everything = await log.read_all()
    shard = shard_of("s7")

    def positions(of_type: str | None = None, of_shard: int | None = None) -> list[int]:
        return [
            event.position
            for event in everything
            if of_type in (None, event.type) and of_shard in (None, shard_of(event.stream_id))
        ]

    async def read(types: list[str] | None = None, shard: int | None = None) -> list[int]:
        return [event.position for event in await log.read_all(types=types, shard=shard)]

    assert len(everything) == 80
    assert await read(["test.counted"]) == positions("test.counted")
    assert await read(["test.counted", "test.noted", "test.noted"]) == positions()
    assert await read(shard=shard) == positions(None, shard)
    assert await read(["test.counted"], shard) == positions("test.counted", shard)
    assert await read([]) == []
    page = await log.read_all(after=11, limit=3, types=["test.counted"])
    assert [event.position for event in page] == [12, 14, 16]


async def test_a_follower_gets_what_is_there_and_then_what_comes(log: EventLog) -> None:
    await log.append(to("a", 0, noted(), noted(), noted()))
    seen: list[int] = []

    async with aclosing(log.follow(1, limit=2)) as batches:
        async for batch in batches:
            seen += [event.position for event in batch]
            if seen == [2, 3]:
                await log.append(to("a", 3, noted()))
            if len(seen) == 3:
                break

    assert seen == [2, 3, 4]


async def test_a_follower_is_woken_by_another_process_before_its_next_poll(
    log: EventLog, database: str
) -> None:
    import asyncpg

    from tests.event_log.given import CODEC

    async with asyncpg.create_pool(database, min_size=1) as elsewhere:
        writer = EventLog(elsewhere, CODEC)
        async with aclosing(log.follow(0)) as batches:
            waiting = asyncio.ensure_future(anext(batches))
            await asyncio.sleep(1.2)  # long enough for the follower to be polling once a second
            start = asyncio.get_running_loop().time()
            await writer.append(to("a", 0, counted(1)))
            await waiting
            assert asyncio.get_running_loop().time() - start < 0.3


async def test_a_stream_that_a_batch_goes_on_with_is_read_from_its_first_event(log: EventLog) -> None:
    await log.append(command(write("a", 0, noted(), noted()), write("b", 0), write("c", 0)))
    await log.append(command(write("a", 2), write("d", 0, noted(), noted()), write("b", 1)))
    batch = await log.read_all(after=4)

    parts = {name: events for name, events in by_stream(batch).items() if name != "b"}
    streams = await from_their_first(log, parts, before=batch[0].position)

    assert streams == {name: await log.read_stream(name) for name in ("a", "d")}


async def test_the_tail_is_read_from_the_log_once_for_all_followers(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log.append(to("a", 0, noted(), noted(), noted()))
    read = await log.tail(after=0)
    monkeypatch.setattr(EventLog, "read_all", None)

    assert await log.tail(after=0) == read
    assert await log.tail(after=1, limit=1) == read[1:2]
