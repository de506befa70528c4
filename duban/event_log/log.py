"""The event log: appends, reads and the feed that everything else follows."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

import asyncpg

from domain.base import Event, Recorded
from duban.event_log.codec import CODEC, Codec
from duban.event_log.combiner import Combiner
from duban.event_log.following import Growth, Wakeups
from duban.event_log.limits import check
from duban.event_log.model import (
    Append,
    Appended,
    Conflict,
    EventIdReused,
    GapInLog,
    LogUnavailable,
    NewEvent,
    StoredRow,
    StreamWrite,
    VersionConflict,
)
from duban.event_log.pages import Page
from duban.event_log.reading import HEAD, POSITION_AT, assert_contiguous, of_all, of_stream, of_streams, pages
from duban.event_log.recent import Recent
from duban.event_log.store import Store, is_lost, unwrap

__all__ = [
    "Append",
    "Appended",
    "Conflict",
    "EventIdReused",
    "EventLog",
    "GapInLog",
    "LogUnavailable",
    "NewEvent",
    "StoredRow",
    "StreamWrite",
    "VersionConflict",
]


class EventLog:
    """The log in one database. Connects only when used; keeps nothing that has to be closed."""

    def __init__(self, pool: asyncpg.Pool, codec: Codec = CODEC) -> None:
        self._pool = pool
        self._codec = codec
        self._combiner = Combiner(pool)
        self._wakeups = Wakeups(pool)
        self._recent = Recent()

    async def append(self, append: Append) -> Appended:
        """Records one command's events; when this returns they are in the log for good.

        Commands that run at the same time in this process share commits; none waits for another to come.
        Raises VersionConflict; EventIdReused; a BadAppend before anything is sent; LogUnavailable, after
        which the same event ids may be sent again.
        """
        outcome = unwrap(await self._combiner.append(check(append, self._codec.current)))
        self._wakeups.wake()
        if isinstance(outcome, Conflict):
            raise VersionConflict(outcome)
        return outcome

    async def append_many(self, appends: Sequence[Append]) -> list[Appended | Conflict]:
        """Records many commands in one commit; each is taken, answered as repeated, or conflicts on its own."""
        checked = [check(append, self._codec.current) for append in appends]
        async with Store(self._pool) as store:
            answers = await store.append(checked)
        self._wakeups.wake()
        return [unwrap(answer) for answer in answers]

    async def read_stream(
        self, stream_id: str, *, after_version: int = 0, up_to: int | None = None
    ) -> list[Recorded[Event]]:
        """A stream's events by version, up to the position `up_to` inclusive."""
        return self._recorded(await pages(self._pool, *of_stream(stream_id, after_version, up_to)))

    async def read_streams(
        self, stream_ids: Sequence[str], *, up_to: int | None = None
    ) -> dict[str, list[Recorded[Event]]]:
        """Several streams in one round trip; one that does not exist is an empty list."""
        streams: dict[str, list[Recorded[Event]]] = {stream_id: [] for stream_id in stream_ids}
        for event in self._recorded(await pages(self._pool, *of_streams(stream_ids, up_to))):
            streams[event.stream_id].append(event)
        return streams

    async def read_all(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        types: Sequence[str] | None = None,
        shard: int | None = None,
    ) -> list[Recorded[Event]]:
        """The next events by position."""
        return self._recorded(await self._next_pages(after, limit, types, shard))

    async def scan(
        self,
        after: int = 0,
        *,
        limit: int = 1000,
        types: Sequence[str] | None = None,
        shard: int | None = None,
    ) -> AsyncGenerator[Iterator[Recorded[Event]], None]:
        """The events after a position up to the head, a page at a time; the next is fetched while one is worked at.

        An event is decoded when it is asked for, and those before it may be gone by then: one at a time is
        quicker than a list of them.
        """
        ahead = asyncio.create_task(self._next_pages(after, limit, types, shard))
        try:
            while found := await ahead:
                short = sum(map(len, found)) < limit
                if not short:
                    ahead = asyncio.create_task(self._next_pages(found[-1].numbers[-1], limit, types, shard))
                    await asyncio.sleep(0)  # the request leaves before the page is worked at
                for page in found:
                    yield page.each(self._codec)
                if short:
                    return
        finally:
            ahead.cancel()

    async def read_rows(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        types: Sequence[str] | None = None,
        shard: int | None = None,
    ) -> list[StoredRow]:
        """As `read_all`, but the rows as they are stored, for audit and adapters."""
        query, arguments = of_all(after, limit, types, shard)
        rows = [StoredRow(*row) for row in await self._pool.fetch(query, *arguments)]
        if types is None and shard is None:
            assert_contiguous(after, [row.position for row in rows])
        return rows

    async def read_stream_rows(
        self, stream_id: str, *, after_version: int = 0, up_to: int | None = None
    ) -> list[StoredRow]:
        query, arguments = of_stream(stream_id, after_version, up_to)
        return [StoredRow(*row) for row in await self._pool.fetch(query, *arguments)]

    async def head(self) -> int:
        """The last position, 0 for an empty log."""
        head: int = await self._pool.fetchval(HEAD)
        return head

    async def position_at(self, recorded_until: datetime) -> int:
        """The last position recorded at or before that time, 0 if there is none."""
        position: int = await self._pool.fetchval(POSITION_AT, recorded_until)
        return position

    async def follow(self, after: int, *, limit: int = 500) -> AsyncGenerator[list[Recorded[Event]], None]:
        """Every event after a position, in batches, for ever: first what is there, then what comes.

        Outlives a restart of the database. A missing position raises GapInLog.
        """
        with self.growth() as growth:
            while True:
                try:
                    while events := await self.tail(after=after, limit=limit):
                        yield events
                        after = events[-1].position
                        growth.seen()
                except Exception as error:
                    if not is_lost(error):
                        raise
                await growth.wait()

    def growth(self) -> AbstractContextManager[Growth]:
        """What waits for the log to grow, for followers that read it in their own way."""
        return self._wakeups.growth()

    async def tail(self, *, after: int, limit: int = 1000) -> list[Recorded[Event]]:
        """As `read_all`; what another follower in this process has just read comes from memory."""
        if not (events := self._recent.after(after, limit)):
            events = await self.read_all(after=after, limit=limit)
            self._recent.keep(events)
        return events

    async def _next_pages(
        self, after: int, limit: int, types: Sequence[str] | None, shard: int | None
    ) -> list[Page]:
        found = await pages(self._pool, *of_all(after, limit, types, shard))
        if types is None and shard is None:
            for page in found:
                assert_contiguous(after, page.numbers)
                after += len(page)
        return found

    def _recorded(self, found: Iterable[Page]) -> list[Recorded[Event]]:
        return [event for page in found for event in page.recorded(self._codec)]
