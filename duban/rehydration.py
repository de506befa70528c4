"""Rehydration: every process gets its workflow again from the log, as after the loss of Temporal's database."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

import asyncpg

from duban.relay import Woken
from duban.waiting import Log, count, pages

READ = "select after_stream, woken from rehydration where not finished"
WRITE = """
    insert into rehydration (after_stream, woken, finished) values ($1, $2, $3)
    on conflict (only_row) do update
        set after_stream = excluded.after_stream, woken = excluded.woken, finished = excluded.finished,
            at = clock_timestamp()
"""


class Wakes(Protocol):
    """What rehydration asks of the relay's other half."""

    async def wake(self, streams: Mapping[str, Woken]) -> None: ...


@dataclass(frozen=True, slots=True)
class Rehydrated:
    """How many workflows were woken, in all runs of this rehydration, and from where this run went on."""

    woken: int
    resumed_after: str | None


Progress = Callable[[int, int], None]  # streams looked at, of how many


class Rehydration:
    """Wakes in the order of the streams' names; the name of the last one is the cursor."""

    def __init__(
        self, log: Log, pool: "asyncpg.Pool[Any]", waker: Wakes, now: Callable[[], datetime]
    ) -> None:
        self._log = log
        self._pool = pool
        self._waker = waker
        self._now = now

    async def run(
        self,
        *,
        rate: float | None = None,
        restart: bool = False,
        progress: Progress = lambda done, of: None,
    ) -> Rehydrated:
        """Wake every process that waits, at most `rate` a second; goes on where a cut run ended."""
        cut = None if restart else await self._pool.fetchrow(READ)
        after, woken = (cut["after_stream"], cut["woken"]) if cut else ("", 0)
        seen, total = 0, await count(self._pool, after)
        async for page in pages(self._log, self._pool, self._now(), after):
            await self._wake(page.waiting, rate)
            seen, woken, after = seen + page.looked, woken + len(page.waiting), page.last
            await self._pool.execute(WRITE, after, woken, False)
            progress(seen, total)
        await self._pool.execute(WRITE, after, woken, True)
        return Rehydrated(woken=woken, resumed_after=cut["after_stream"] if cut else None)

    async def _wake(self, waiting: Mapping[str, Woken], rate: float | None) -> None:
        if rate is None:
            await self._waker.wake(waiting)
            return
        loop = asyncio.get_running_loop()
        rest = iter(waiting.items())
        portion = max(int(rate), 1)
        while some := dict(islice(rest, portion)):
            begun = loop.time()
            await self._waker.wake(some)
            await asyncio.sleep(max(len(some) / rate - (loop.time() - begun), 0))
