"""Proves the log: every event hash and every link of the chain recomputed, in parallel processes."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Final

import asyncpg
import uvloop

from duban.event_log.chain import Difference, Kind, examine
from duban.event_log.reading import HEAD, STORED

CHUNK: Final = 5000  # positions per task: few enough for even progress, and for little memory
ALONE: Final = 20_000  # positions; below that other processes take longer to start than to help
AHEAD: Final = 4  # tasks waiting per process, so that none runs idle and none piles up
ROLE: Final = {"role": "duban_app"}  # reading is all it needs

_ROWS: Final = f"select {STORED} from event_log where position between $1 and $2 order by position"
_BEFORE_ALL: Final = -(2**63)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was once seen of the log and kept outside the database."""

    position: int
    chain_hash: bytes


@dataclass(frozen=True, slots=True)
class Report:
    first: int
    last: int
    checked: int  # events found as they were recorded, from the first up to the difference
    chain_hash: bytes | None  # of the last position, to be kept as a checkpoint; None on a difference
    difference: Difference | None


async def verify(
    dsn: str,
    *,
    first: int = 1,
    last: int | None = None,
    checkpoint: Checkpoint | None = None,
    processes: int | None = None,
    progress: Callable[[int, int], None] = lambda checked, total: None,
) -> Report:
    """Checks the positions `first` to `last` (default: all), and that the log still holds the checkpoint."""
    connection = await asyncpg.connect(dsn, server_settings=ROLE)
    try:
        head: int = await connection.fetchval(HEAD)
        wanted = max(head if last is None else last, checkpoint.position if checkpoint else 0)
        checked, difference = await _check(connection, dsn, first, min(wanted, head), processes, progress)
        if difference is None and wanted > head:
            difference = Difference(head + 1, Kind.TRUNCATED, f"the log ends at {head}, before {wanted}")
        if difference is None and checkpoint is not None:
            difference = await _compare(connection, checkpoint)
        seal = None if difference else await _chain_at(connection, wanted)
        return Report(first, wanted, checked, seal, difference)
    finally:
        await connection.close()


async def _check(
    connection: asyncpg.Connection,
    dsn: str,
    first: int,
    last: int,
    processes: int | None,
    progress: Callable[[int, int], None],
) -> tuple[int, Difference | None]:
    chunks = [(low, min(low + CHUNK - 1, last)) for low in range(first, last + 1, CHUNK)]
    total = max(last - first + 1, 0)
    progress(0, total)
    alone = processes is None and total <= ALONE
    results = _one_by_one(connection, chunks) if alone else _in_parallel(dsn, chunks, processes)
    checked = 0
    async for (low, high), difference in results:
        if difference is not None:
            return max(difference.position - first, 0), difference
        checked += high - low + 1
        progress(checked, total)
    return checked, None


async def _one_by_one(
    connection: asyncpg.Connection, chunks: list[tuple[int, int]]
) -> AsyncIterator[tuple[tuple[int, int], Difference | None]]:
    for low, high in chunks:
        yield (low, high), await _check_chunk(connection, low, high)


async def _in_parallel(
    dsn: str, chunks: list[tuple[int, int]], processes: int | None
) -> AsyncIterator[tuple[tuple[int, int], Difference | None]]:
    """The chunks' results in the order of the log, so that the first difference is the first."""
    workers = processes or os.cpu_count() or 1
    executor = ProcessPoolExecutor(workers, get_context("spawn"), _connect, (dsn,))
    waiting: list[tuple[tuple[int, int], Future[Difference | None]]] = []
    rest = iter(chunks)
    try:
        while True:
            waiting += [
                (chunk, executor.submit(_work, *chunk))
                for chunk in islice(rest, workers * AHEAD - len(waiting))
            ]
            if not waiting:
                return
            chunk, future = waiting.pop(0)
            yield chunk, await asyncio.wrap_future(future)
    finally:
        await asyncio.to_thread(executor.shutdown, cancel_futures=True)


class _Worker:
    """What a process of the pool keeps between tasks."""

    loop: asyncio.AbstractEventLoop
    connection: asyncpg.Connection


def _connect(dsn: str) -> None:
    _Worker.loop = uvloop.new_event_loop()
    _Worker.connection = _Worker.loop.run_until_complete(asyncpg.connect(dsn, server_settings=ROLE))


def _work(low: int, high: int) -> Difference | None:
    return _Worker.loop.run_until_complete(_check_chunk(_Worker.connection, low, high))


async def _check_chunk(connection: asyncpg.Connection, low: int, high: int) -> Difference | None:
    """With the row before, whose chain hash is the base, and the row after, which tells what was changed."""
    rows = await connection.fetch(_ROWS, _BEFORE_ALL if low == 1 else low - 1, high + 1)
    return examine(rows, low, high)


async def _compare(connection: asyncpg.Connection, checkpoint: Checkpoint) -> Difference | None:
    if await _chain_at(connection, checkpoint.position) == checkpoint.chain_hash:
        return None
    reason = "the chain is whole but is not the one of the checkpoint: it was rewritten here or before"
    return Difference(checkpoint.position, Kind.REWRITTEN, reason)


async def _chain_at(connection: asyncpg.Connection, position: int) -> bytes | None:
    chain: bytes | None = await connection.fetchval(
        "select chain_hash from event_log where position = $1", position
    )
    return chain
