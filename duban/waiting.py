"""The processes of the log that wait for something, read page by page in the order of their streams' names."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

import asyncpg

from domain.base import Event, Recorded
from duban.processes import PROCESSES, outlook_of
from duban.relay import Woken

PAGE = 500  # streams folded at a time

STREAMS = """
    select stream_id from event_log
    where version = 1 and stream_id > $1 and split_part(stream_id, '/', 1) = any($2)
    order by stream_id limit $3
"""
COUNT = """
    select count(*) from event_log
    where version = 1 and stream_id > $1 and split_part(stream_id, '/', 1) = any($2)
"""


class Log(Protocol):
    """What is asked of the event log."""

    async def read_streams(self, stream_ids: Sequence[str]) -> dict[str, list[Recorded[Event]]]: ...


@dataclass(frozen=True, slots=True)
class Page:
    """Streams that were looked at, the name of the last, and what each that waits is to be woken with."""

    looked: int
    last: str
    waiting: dict[str, Woken]


async def count(pool: "asyncpg.Pool[Any]", after: str = "") -> int:
    """How many streams of processes there are after a name."""
    return cast(int, await pool.fetchval(COUNT, after, list(PROCESSES)))


async def pages(log: Log, pool: "asyncpg.Pool[Any]", as_of: datetime, after: str = "") -> AsyncIterator[Page]:
    """Every process after a name, as planned at a moment; `last` is where another reading may go on."""
    while rows := await pool.fetch(STREAMS, after, list(PROCESSES), PAGE):
        names = [row["stream_id"] for row in rows]
        streams = await log.read_streams(names)
        outlooks = {name: outlook_of(name, streams[name], as_of) for name in names}
        after = names[-1]
        yield Page(
            looked=len(names),
            last=after,
            waiting={
                name: Woken(streams[name][-1].position, outlook)
                for name, outlook in outlooks.items()
                if outlook.waits
            },
        )
