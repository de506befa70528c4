"""The feed under every order of two writers, and under eight that fail at random."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from itertools import combinations, product

import asyncpg
import pytest

from duban.event_log.log import Appended, EventLog
from duban.event_log.store import send
from tests.event_log.given import noted, to

pytestmark = pytest.mark.postgres

STEPS = ("begin", "append", "end")
SCHEDULES = [tuple(0 if n in first else 1 for n in range(6)) for first in combinations(range(6), 3)]
WAITS_FOR_LOCK = (
    "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = $1::oid"
)


class Writer:
    """One transaction that can be stopped between any two of its steps."""

    def __init__(self, connection: asyncpg.Connection, stream_id: str, *, commits: bool) -> None:
        self._connection, self._stream_id, self._commits = connection, stream_id, commits
        self._transaction = connection.transaction()
        self._steps: dict[str, Callable[[], Awaitable[object]]] = {
            "begin": self._transaction.start,
            "append": self._append,
            "end": self._transaction.commit if commits else self._transaction.rollback,
        }
        self._next = iter(STEPS)
        self.pending: asyncio.Task[object] | None = None

    def step(self) -> bool:
        """Begins the next step; False when there is none left."""
        name = next(self._next, None)
        if name is not None:
            self.pending = asyncio.ensure_future(self._steps[name]())
        return name is not None

    async def _append(self) -> None:
        (outcome,) = await send(self._connection, [to(self._stream_id, 0, noted(), noted())])
        assert isinstance(outcome, Appended)


async def settled(writer: Writer, watch: asyncpg.Connection, database: int) -> None:
    """Returns when the writer's step is done or waits for the log's lock, and in no other state."""
    assert writer.pending is not None
    while not writer.pending.done() and not await watch.fetchval(WAITS_FOR_LOCK, database):  # noqa: ASYNC110
        await asyncio.sleep(0)  # what is awaited happens in the server


async def test_the_feed_never_skips_whatever_the_order_of_two_writers(log: EventLog, database: str) -> None:
    connections = [await asyncpg.connect(database) for _ in range(3)]
    watch = connections.pop()
    oid = await watch.fetchval("select oid::int from pg_database where datname = current_database()")
    seen, played = 0, 0

    for number, (schedule, outcomes) in enumerate(product(SCHEDULES, product((True, False), repeat=2))):
        writers = [
            Writer(connection, f"{number}-{n}", commits=commits)
            for n, (connection, commits) in enumerate(zip(connections, outcomes, strict=True))
        ]
        before = seen
        for turn in schedule:
            writer = writers[turn]
            if writer.pending is not None and not writer.pending.done():
                # It waits for the other's end, so this order cannot happen; let the other end first.
                other = writers[1 - turn]
                await finish(other)
                await writer.pending
            writer.step()
            await settled(writer, watch, oid)
            batch = await log.read_all(after=seen)  # raises at a gap
            seen += len(batch)
        for writer in writers:
            await finish(writer)
        seen += len(await log.read_all(after=seen))
        assert seen - before == 2 * sum(outcomes)
        played += 1

    assert played == 80
    assert seen == await log.head() == 2 * 80
    for connection in (*connections, watch):
        await connection.close()


async def finish(writer: Writer) -> None:
    """Lets it take the steps it has left."""
    remaining = True
    while remaining:
        if writer.pending is not None:
            await writer.pending
        remaining = writer.step()


async def test_the_feed_is_whole_under_writers_that_roll_back_and_are_killed(
    log: EventLog, database: str
) -> None:
    chance = random.Random(20261124)
    committed: list[str] = []
    unknown: set[str] = set()

    async def writer(number: int) -> None:
        connection = await asyncpg.connect(database)
        for turn in range(30):
            stream_id = f"{number}-{turn}"
            fate = chance.choice(("commit", "commit", "rollback", "kill"))
            transaction = connection.transaction()
            await transaction.start()
            await send(connection, [to(stream_id, 0, *(noted() for _ in range(chance.randint(1, 4))))])
            await asyncio.sleep(chance.random() / 500)
            if fate == "commit":
                await transaction.commit()
                committed.append(stream_id)
            elif fate == "rollback":
                await transaction.rollback()
            else:
                connection.terminate()  # the server finds out when it next looks
                unknown.add(stream_id)
                connection = await asyncpg.connect(database)
        await connection.close()

    followed: list[tuple[int, str]] = []

    async def follow() -> None:
        async with aclosing(log.follow(0, limit=50)) as batches:
            async for batch in batches:
                followed.extend((event.position, event.stream_id) for event in batch)

    following = asyncio.create_task(follow())
    await asyncio.gather(*(writer(number) for number in range(8)))
    head = await log.head()
    async with asyncio.timeout(20):
        while not followed or followed[-1][0] < head:  # noqa: ASYNC110  # kept simple: the feed is what is tested
            await asyncio.sleep(0.01)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)

    assert [position for position, _ in followed] == list(range(1, head + 1))
    streams = list(dict.fromkeys(stream_id for _, stream_id in followed))
    assert set(streams) == set(committed)  # nothing that was rolled back or killed before its commit
    assert len(committed) > 50
    assert len(unknown) > 20
    assert [(event.position, event.stream_id) for event in await log.read_all(limit=head)] == followed
