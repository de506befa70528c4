"""A worker of a rebuild: takes one shard of the log after the other, folds its streams, and copies their rows."""

import gc
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, Protocol

import asyncpg

from domain.base import Event, Recorded
from duban.event_log.codec import CODEC
from duban.event_log.pages import Page, pages_of
from duban.event_log.reading import RECORDED
from duban.runtime import memory
from duban.runtime.loop import run
from projections.base import Connection, Projection
from projections.checkpoints import named
from projections.history import Fold
from projections.rebuild.tables import next_of
from projections.writing import copy

PAGE: Final = 4000  # events that a worker reads at a time
FLUSH: Final = 30_000  # events between copies; bounds a worker's memory

# The shard is held by the lock on its row until its rows are there; a worker that dies gives it back.
TAKE = """
    select shard from projection_rebuild_shard where rebuild = $1 and events is null
    order by shard limit 1 for update skip locked
"""
DONE = "update projection_rebuild_shard set events = $3 where rebuild = $1 and shard = $2"
ORDER = "stream_id, version"
READ = pages_of(f"select {RECORDED} from event_log where shard = $1 and position <= $2", ORDER, PAGE)
SETTINGS = {"work_mem": "64MB", "synchronous_commit": "off", "jit": "off"}


class Counter(Protocol):
    """How many events all workers have taken; shared between processes."""

    value: int

    def get_lock(self) -> Any: ...


def work(dsn: str, rebuild: int, names: Sequence[str], up_to: int, counter: Counter) -> None:
    """The body of a worker process; returns when no shard is left."""
    gc.disable()  # a fold makes no cycles, and looking for them would cost a fifth of the time
    memory.spare()  # what was imported is not looked through after each shard
    run(_work(dsn, rebuild, named(names), up_to, counter))


async def _work(
    dsn: str, rebuild: int, projections: Sequence[Projection], up_to: int, counter: Counter
) -> None:
    connection = await asyncpg.connect(dsn, server_settings=SETTINGS)
    try:
        while await _one_shard(connection, rebuild, projections, up_to, counter):
            gc.collect()
    finally:
        await connection.close()


async def _one_shard(
    connection: asyncpg.Connection,
    rebuild: int,
    projections: Sequence[Projection],
    up_to: int,
    counter: Counter,
) -> bool:
    async with connection.transaction():
        shard = await connection.fetchval(TAKE, rebuild)
        if shard is None:
            return False
        events = 0
        fold, folded = Fold(projections), 0
        async for stream_id, stream in _streams(connection, shard, up_to, counter):
            fold.take(stream_id, stream)
            events, folded = events + len(stream), folded + len(stream)
            if folded >= FLUSH:
                await _flush(connection, projections, fold)
                fold, folded = Fold(projections), 0
        await _flush(connection, projections, fold)
        await connection.execute(DONE, rebuild, shard, events)
    return True


async def _streams(
    connection: asyncpg.Connection, shard: int, up_to: int, counter: Counter
) -> AsyncIterator[tuple[str, list[Recorded[Event]]]]:
    """The streams of a shard, each of them whole."""
    cursor = await connection.cursor(READ, shard, up_to)
    stream: list[Recorded[Event]] = []
    while row := await cursor.fetchrow():
        page = Page(*row)
        for recorded in page.each(CODEC):
            if stream and stream[0].stream_id != recorded.stream_id:
                yield stream[0].stream_id, stream
                stream = []
            stream.append(recorded)
        with counter.get_lock():
            counter.value += len(page)
    if stream:
        yield stream[0].stream_id, stream


async def _flush(connection: Connection, projections: Sequence[Projection], fold: Fold) -> None:
    for projection in projections:
        await copy(connection, next_of(projection), projection, fold.written[projection.name].inserts)
