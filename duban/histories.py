"""Histories: the log stream by stream, a page of streams at a time."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

from domain.base import Event, Recorded

PAGE = 200  # streams read at a time
STREAMS = """
    select stream_id from event_log
    where stream_id > $1 and starts_with(stream_id, $2) and position <= $3 and ($4::text is null or congress = $4)
    group by stream_id order by stream_id limit $5
"""

History = tuple[str, list[Recorded[Event]]]


class Log(Protocol):
    """What histories are read from."""

    async def read_streams(
        self, stream_ids: Sequence[str], *, up_to: int | None = None
    ) -> dict[str, list[Recorded[Event]]]: ...

    async def read_stream(self, stream_id: str) -> list[Recorded[Event]]: ...

    async def head(self) -> int: ...


class Pool(Protocol):
    """What finds the streams."""

    async def fetch(self, query: str, *values: object) -> list[Any]: ...


async def histories(
    log: Log, pool: Pool, prefix: str, *, up_to: int, congress: str | None = None
) -> AsyncIterator[History]:
    """Each stream whose id begins with `prefix`, with its events up to a position, by the name of the stream."""
    last = ""
    while rows := await pool.fetch(STREAMS, last, prefix, up_to, congress, PAGE):
        page = await log.read_streams([row["stream_id"] for row in rows], up_to=up_to)
        for stream in page.items():
            yield stream
        last = rows[-1]["stream_id"]
