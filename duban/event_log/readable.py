"""Reads the log through: whether this program knows every event in it, before it is let loose on it."""

from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from duban.event_log.codec import CODEC, Codec, UnreadableEvent
from duban.event_log.model import GapInLog
from duban.event_log.parallel import ROLE, over, runs
from duban.event_log.reading import ALL, HEAD, assert_contiguous, pages

PAGE: Final = 2500  # events that a process fetches at a time

Types = Counter[tuple[str, int]]  # how many events of a type, in a version of its schema


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event that this program cannot read, or that is not there."""

    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read through, by type; all before the first event that could not be."""

    first: int
    last: int
    read: int = 0
    types: Types = field(default_factory=Types)
    unreadable: Unreadable | None = None


async def read_through(
    dsn: str,
    *,
    first: int = 1,
    last: int | None = None,
    processes: int | None = None,
    progress: Callable[[int, int], None] = lambda read, total: None,
) -> Reading:
    """Decodes the events at the positions `first` to `last` (default: the head) as every reader does."""
    connection = await asyncpg.connect(dsn, server_settings=ROLE)
    try:
        head: int = await connection.fetchval(HEAD)
    finally:
        await connection.close()
    last, types, read = min(head, last or head), Types(), 0
    async with aclosing(over(dsn, read_run, runs(first, last), processes)) as results:
        async for run, found in results:
            if isinstance(found, Unreadable):
                return Reading(first, last, found.position - first, types, found)
            types += found
            read += run.last - run.first + 1
            progress(read, last - first + 1)
    return Reading(first, last, read, types)


async def read_run(
    connection: asyncpg.Connection, first: int, last: int, codec: Codec = CODEC
) -> Types | Unreadable:
    """The types of the events of one run, each decoded; or the first that cannot be."""
    types = Types()
    after = first - 1
    try:
        while after < last:
            if not (found := await pages(connection, ALL, [after, min(PAGE, last - after)])):
                return Unreadable(after + 1, f"there is no event at position {after + 1}")
            for page in found:
                assert_contiguous(after, page.numbers)
                types.update((event.type, event.schema_version) for event in page.each(codec))
                after = page.numbers[-1]
    except UnreadableEvent as error:
        return Unreadable(error.position or after + 1, str(error))
    except GapInLog as error:
        return Unreadable(error.expected, str(error))
    return types
