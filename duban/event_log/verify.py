"""Proves the log: every event hash and every link of the chain recomputed, in parallel processes."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

import asyncpg

from duban.event_log.chain import Difference, Kind, examine
from duban.event_log.parallel import ROLE, over, runs
from duban.event_log.reading import HEAD, STORED

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
        checked, difference = await _check(dsn, first, min(wanted, head), processes, progress)
        if difference is None and wanted > head:
            difference = Difference(head + 1, Kind.TRUNCATED, f"the log ends at {head}, before {wanted}")
        if difference is None and checkpoint is not None:
            difference = await _compare(connection, checkpoint)
        seal = None if difference else await _chain_at(connection, wanted)
        return Report(first, wanted, checked, seal, difference)
    finally:
        await connection.close()


async def _check(
    dsn: str,
    first: int,
    last: int,
    processes: int | None,
    progress: Callable[[int, int], None],
) -> tuple[int, Difference | None]:
    total = max(last - first + 1, 0)
    progress(0, total)
    checked = 0
    async with aclosing(over(dsn, _check_run, runs(first, last), processes)) as results:
        async for run, difference in results:
            if difference is not None:
                return max(difference.position - first, 0), difference
            checked += run.last - run.first + 1
            progress(checked, total)
    return checked, None


async def _check_run(connection: asyncpg.Connection, low: int, high: int) -> Difference | None:
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
