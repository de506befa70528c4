"""Reconciliation: a process whose step was due a while ago and was not taken is woken again, and reported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import structlog

from duban.rehydration import Wakes
from duban.waiting import Log, pages

logger = structlog.get_logger(__name__)

GRACE = timedelta(minutes=10)  # for a workflow that is about to take its step, or has a log that is away
EXAMPLES = 20  # streams named in a report
KEPT = 100  # reports

BEGIN = "insert into reconciliation (run, begun_at) values ($1, $2) on conflict (run) do nothing"
ADD = """
    update reconciliation set looked = looked + $2, late = late + cardinality($3::text[]),
        examples = (examples || $3::text[])[:$4] where run = $1
"""
END = "update reconciliation set ended_at = $2 where run = $1"
FORGET = """
    delete from reconciliation where run not in (select run from reconciliation order by begun_at desc limit $1)
"""
LATEST = """
    select run, begun_at, ended_at, looked, late, examples from reconciliation
    order by begun_at desc limit 1
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What a reconciliation found; without `ended_at` it runs, or was cut off."""

    run: UUID
    begun_at: datetime
    ended_at: datetime | None
    looked: int
    late: int
    examples: tuple[str, ...]


class Reconciliation:
    """Reads the whole log, never Temporal: what is missing there cannot be listed there."""

    def __init__(
        self, log: Log, pool: "asyncpg.Pool[Any]", waker: Wakes, now: Callable[[], datetime]
    ) -> None:
        self._log = log
        self._pool = pool
        self._waker = waker
        self._now = now

    async def run(
        self,
        run: UUID | None = None,
        after: str = "",
        reached: Callable[[str], None] = lambda stream: None,
    ) -> Report:
        """Look at every process after a stream; `reached` is told where another attempt may go on."""
        run, begun = run or uuid4(), self._now()
        await self._pool.execute(BEGIN, run, begun)
        async for page in pages(self._log, self._pool, begun - GRACE, after):
            late = {name: woken for name, woken in page.waiting.items() if woken.outlook.due}
            await self._waker.wake(late)
            await self._pool.execute(ADD, run, page.looked, list(late), EXAMPLES)
            for stream_id in late:
                await logger.awarning("a step was not taken in time", stream=stream_id)
            reached(page.last)
        await self._pool.execute(END, run, self._now())
        await self._pool.execute(FORGET, KEPT)
        report = await latest(self._pool)
        assert report is not None  # this one
        return report


async def latest(pool: "asyncpg.Pool[Any]") -> Report | None:
    """The newest report; None before the first reconciliation."""
    row = await pool.fetchrow(LATEST)
    if row is None:
        return None
    return Report(**{**row, "examples": tuple(row["examples"])})
