"""The relay: follows the log and wakes the workflow of every case, conference or topic that has moved."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Protocol, cast

import asyncpg
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy

from domain.base import Event, Recorded
from duban.leadership import lead
from duban.processes import PROCESSES, is_closed, is_news, process_of
from workflows.contracts import TASK_QUEUE, Observed

AT_ONCE = 50  # signals under way; more only queue up in the server
PAGE = 500  # streams folded at a time while rehydrating
LEADER = (0x64_75_62_72, 0)  # "dubr": the advisory lock of the one relay that follows

READ_CURSOR = "select position from relay_cursor where name = 'cases'"
MOVE_CURSOR = "update relay_cursor set position = $1 where name = 'cases' and position < $1"
STREAMS = """
    select stream_id, max(position) as position from event_log
    where stream_id > $1 and starts_with(stream_id, $2)
    group by stream_id order by stream_id limit $3
"""


class Log(Protocol):
    """What the relay asks of the event log."""

    def follow(self, after: int) -> AsyncIterator[list[Recorded[Event]]]: ...

    async def read_streams(self, stream_ids: Sequence[str]) -> dict[str, list[Recorded[Event]]]: ...


class Relay:
    """At least once, in any order: a signal carries a position and the workflow keeps the highest."""

    def __init__(self, log: Log, pool: "asyncpg.Pool[asyncpg.Record]", client: Client) -> None:
        self._log = log
        self._pool = pool
        self._client = client

    async def run(self) -> None:
        """Follow the log for ever, as the only relay that does, or stand by."""
        await lead(self._pool, LEADER, self._follow)

    async def _follow(self) -> None:
        """The cursor moves only after the signals are delivered."""
        after = await self.cursor()
        async for batch in self._log.follow(after):
            await self._wake(_latest(batch))
            await self._pool.execute(MOVE_CURSOR, batch[-1].position)

    async def cursor(self) -> int:
        """The position up to which every case has been woken."""
        return cast(int, await self._pool.fetchval(READ_CURSOR))

    async def rehydrate(self, progress: Callable[[int], None] = lambda _: None) -> int:
        """Wake every open process from the log, as after the loss of Temporal's database; returns how many."""
        woken = 0
        for kind in PROCESSES:
            last = f"{kind}/"
            while rows := await self._pool.fetch(STREAMS, last, f"{kind}/", PAGE):
                streams = {row["stream_id"]: row["position"] for row in rows}
                recorded = await self._log.read_streams(list(streams))
                still_open = {s: p for s, p in streams.items() if not is_closed(s, recorded[s])}
                await self._wake(still_open)
                woken += len(still_open)
                progress(woken)
                last = rows[-1]["stream_id"]
        return woken

    async def _wake(self, streams: dict[str, int]) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def wake(stream_id: str, position: int) -> None:
            async with gate:
                await self._signal(stream_id, position)

        async with asyncio.TaskGroup() as group:
            for stream_id, position in streams.items():
                group.create_task(wake(stream_id, position))

    async def _signal(self, stream_id: str, position: int) -> None:
        process = process_of(stream_id)
        assert process is not None  # only streams of processes are woken
        await self._client.start_workflow(
            process.run,
            process.ref(stream_id, position),
            id=stream_id,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            start_signal="observe",
            start_signal_args=[Observed(position=position)],
        )


def _latest(batch: Iterable[Recorded[Event]]) -> dict[str, int]:
    return {r.stream_id: r.position for r in batch if process_of(r.stream_id) is not None and is_news(r)}
