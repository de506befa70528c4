import pickle
from contextlib import aclosing
from datetime import UTC
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.base import Event, Recorded
from duban.event_log.codec import MalformedEvent
from duban.event_log.hashing import shard_of
from duban.event_log.log import EventLog, NewEvent
from duban.event_log.reading import of_all, pages
from tests.event_log.given import CODEC, counted, noted, to

pytestmark = pytest.mark.postgres

LAID_OUT = '{"number":7,\n "occurred_at":null,\n "text":"督办\\n"}'.encode()  # JSON, but not canonical


async def scanned(log: EventLog, after: int = 0, **filters: object) -> list[Recorded[Event]]:
    return [event async for batch in log.scan(after, limit=7, **filters) for event in batch]  # type: ignore[arg-type]


async def test_a_scan_gives_every_event_as_it_was_appended(log: EventLog, pool: asyncpg.Pool) -> None:
    causes = [uuid4() if number % 3 == 0 else None for number in range(20)]
    appends = [
        to(f"s{number}", 0, noted("督办"), counted(number))._replace(causation_id=cause)
        for number, cause in enumerate(causes)
    ]
    for append in appends:
        await log.append(append)
    times = await pool.fetch("select recorded_at from event_log order by position")

    events = await scanned(log)

    assert [event.position for event in events] == list(range(1, 41))
    assert [event.event_id for event in events] == [
        new.event_id for a in appends for new in a.writes[0].events
    ]
    assert all(isinstance(event.event_id, UUID) for event in events)
    assert [event.causation_id for event in events[::2]] == causes
    assert {event.correlation_id for event in events} == {appends[0].correlation_id}
    assert [event.recorded_at for event in events] == [row["recorded_at"] for row in times]
    assert {event.recorded_at.tzinfo for event in events} == {UTC}
    assert [CODEC.encode(event.body) for event in events] == [
        new.payload for append in appends for new in append.writes[0].events
    ]
    first = events[0]
    assert (first.stream_id, first.version, first.congress) == ("s0", 1, "npc")
    assert (first.type, first.schema_version, first.actor) == ("test.noted", 1, "tester")


async def test_a_scan_knows_the_filters_of_a_read(log: EventLog) -> None:
    for number in range(30):
        await log.append(to(f"s{number}", 0, noted(), counted(number)))
    shard = shard_of("s7")

    assert await scanned(log, 11) == await log.read_all(after=11)
    assert await scanned(log, types=["test.counted"]) == await log.read_all(types=["test.counted"])
    assert await scanned(log, shard=shard) == await log.read_all(shard=shard)
    assert await scanned(log, 60) == []


async def test_a_scan_may_be_left(log: EventLog, pool: asyncpg.Pool) -> None:
    await log.append(to("a", 0, *(noted() for _ in range(50))))

    async with aclosing(log.scan(limit=10)) as batches:
        first = await anext(batches)
        assert next(first).position == 1

    assert [event.position for event in first] == list(range(2, 11))
    assert await pool.fetchval("select 1") == 1


async def test_payloads_with_line_feeds_come_apart_all_the_same(log: EventLog) -> None:
    laid_out = NewEvent(uuid4(), "test.noted", 1, LAID_OUT)
    await log.append(to("a", 0, noted("before"), laid_out, counted(3)))

    events = await scanned(log)

    assert [event.position for event in events] == [1, 2, 3]
    assert [CODEC.encode(event.body) for event in events][1] == (
        '{"number":7,"occurred_at":null,"reconstructed":null,"text":"督办\\n"}'.encode()
    )
    assert await log.read_stream("a") == events


async def test_a_malformed_event_in_a_page_names_its_position(log: EventLog) -> None:
    await log.append(to("a", 0, noted(), noted(), NewEvent(uuid4(), "test.counted", 1, b'{"count":"many"}')))

    with pytest.raises(MalformedEvent, match="position 3"):
        await log.read_all()


async def test_a_scan_gives_what_comes_before_a_malformed_event(log: EventLog) -> None:
    await log.append(to("a", 0, noted(), noted(), NewEvent(uuid4(), "test.counted", 1, b'{"count":"many"}')))

    async with aclosing(log.scan()) as pages_of_it:
        events = await anext(pages_of_it)

    assert [next(events).position, next(events).position] == [1, 2]
    with pytest.raises(MalformedEvent, match="position 3"):
        next(events)


async def test_a_page_is_decoded_in_another_process_as_here(log: EventLog, pool: asyncpg.Pool) -> None:
    await log.append(to("a", 0, noted("1"), counted(2)))
    (page,) = await pages(pool, *of_all(0, 1000, None, None))

    copy = pickle.loads(pickle.dumps(page))

    assert (len(copy), copy.numbers) == (2, (1, 2))
    assert copy.recorded(CODEC) == await log.read_all()
