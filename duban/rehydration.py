"""Rehydration: every process gets its workflow again from the log, as after the loss of Temporal's database."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Protocol, cast

import asyncpg

from domain.base import Event, Recorded
from duban.processes import PROCESSES, Outlook, outlook_of
from duban.relay import Woken

PAGE = 500  # streams folded at a time
KINDS = sorted(PROCESSES)  # in the order of their streams, so that one name tells how far it is

STREAMS = """
    select stream_id, max(position) as position from event_log
    where stream_id > $1 and starts_with(stream_id, $2)
    group by stream_id order by stream_id limit $3
"""
COUNT = "select count(*) from event_log where version = 1 and stream_id > $1 and starts_with(stream_id, $2)"
READ = "select after_stream, woken from rehydration where not finished"
WRITE = """
    insert into rehydration (after_stream, woken, finished) values ($1, $2, $3)
    on conflict (only_row) do update
        set after_stream = excluded.after_stream, woken = excluded.woken, finished = excluded.finished,
            at = clock_timestamp()
"""


class Log(Protocol):
    """What rehydration asks of the event log."""

    async def read_streams(self, stream_ids: Sequence[str]) -> dict[str, list[Recorded[Event]]]: ...


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
        total = sum([await self._count(kind, after) for kind in KINDS])
        seen = 0
        for kind in KINDS:
            after = max(after, f"{kind}/")
            while rows := await self._pool.fetch(STREAMS, after, f"{kind}/", PAGE):
                waiting = await self._waiting({row["stream_id"]: row["position"] for row in rows})
                await self._wake(waiting, rate)
                seen, woken, after = seen + len(rows), woken + len(waiting), rows[-1]["stream_id"]
                await self._pool.execute(WRITE, after, woken, False)
                progress(seen, total)
        await self._pool.execute(WRITE, after, woken, True)
        return Rehydrated(woken=woken, resumed_after=cut["after_stream"] if cut else None)

    async def _count(self, kind: str, after: str) -> int:
        return cast(int, await self._pool.fetchval(COUNT, after, f"{kind}/"))

    async def _waiting(self, positions: Mapping[str, int]) -> dict[str, Woken]:
        streams, now = await self._log.read_streams(list(positions)), self._now()
        outlooks: dict[str, Outlook] = {name: outlook_of(name, r, now) for name, r in streams.items()}
        return {name: (positions[name], outlook) for name, outlook in outlooks.items() if outlook.waits}

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
