from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from duban.event_log import limits
from duban.event_log.log import Append, EventLog, NewEvent, StreamWrite
from tests.event_log.given import CODEC, command, noted, to, write

EVENT = noted()
BAD = [
    (to("a", 0, EVENT._replace(payload=b"x" * (1024 * 1024 + 1))), limits.PayloadTooLarge),
    (to("a", 0, EVENT._replace(type="test.unheard-of")), limits.UnregisteredEventType),
    (to("a", 0, EVENT._replace(schema_version=2)), limits.UnregisteredEventType),
    (to("a", -1), limits.VersionSkips),
    (command(write("a", 0), write("b", 0), write("a", 2)), limits.VersionSkips),
    (to("", 0), limits.BadStreamId),
    (to("a" * 201, 0), limits.BadStreamId),
    (to("a\nb", 0), limits.BadStreamId),
    (to("a\x00b", 0), limits.BadStreamId),
    (to("a\x85b", 0), limits.BadStreamId),
    (to("a\ud800b", 0), limits.BadStreamId),
    (command(write("a", 0), actor="x\x00y"), limits.BadName),
    (command(write("a", 0), congress="npc\n"), limits.BadName),
    (command(write("a", 0), actor=""), limits.BadName),
    (command(), limits.NothingToAppend),
    (command(StreamWrite("a", 0, ())), limits.NothingToAppend),
    (to("a", 0, EVENT, EVENT), limits.EventIdTwice),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def nowhere() -> EventLog:
    """A log whose database does not exist: what reaches it fails otherwise than by name."""
    return EventLog(asyncpg.create_pool("postgresql://nobody@127.0.0.1:1/nothing"), CODEC)


@pytest.mark.parametrize(
    ("append", "error"), BAD, ids=[f"{number}-{error.__name__}" for number, (_, error) in enumerate(BAD)]
)
async def test_a_bad_append_is_named_before_anything_reaches_the_database(
    nowhere: EventLog, append: Append, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await nowhere.append(append)
    with pytest.raises(error):
        await nowhere.append_many([append])


@pytest.mark.postgres
async def test_the_largest_event_and_the_longest_chinese_stream_id_are_taken(log: EventLog) -> None:
    largest = NewEvent(
        uuid4(), "test.noted", 1, b'{"occurred_at":null,"text":"%s"}' % (b"x" * (1024 * 1024 - 30))
    )
    assert len(largest.payload) == 1024 * 1024

    assert (await log.append(to("办" * 200, 0, largest))).positions == (1,)
    assert len(await log.read_stream("办" * 200)) == 1


@pytest.mark.postgres
async def test_a_command_may_return_to_a_stream(log: EventLog) -> None:
    returning = command(write("a", 0), write("b", 0), write("a", 1, noted(), noted()))

    assert (await log.append(returning)).positions == (1, 2, 3, 4)
    assert [event.stream_id for event in await log.read_all()] == ["a", "b", "a", "a"]
