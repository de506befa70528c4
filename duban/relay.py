"""The relay: follows the log and wakes the workflow of every case that has moved."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Protocol, cast

import asyncpg
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy

from domain.base import Event, Recorded
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import fold
from duban.leadership import lead
from workflows.case import CaseWorkflow
from workflows.contracts import TASK_QUEUE, CaseRef, Observed

AT_ONCE = 50  # signals under way; more only queue up in the server
PAGE = 500  # streams folded at a time while rehydrating
CASES = "case/"
LEADER = (0x64_75_62_72, 0)  # "dubr": the advisory lock of the one relay that follows

READ_CURSOR = "select position from relay_cursor where name = 'cases'"
MOVE_CURSOR = "update relay_cursor set position = $1 where name = 'cases' and position < $1"
CASE_STREAMS = """
    select stream_id, max(position) as position from event_log
    where stream_id > $1 and starts_with(stream_id, 'case/')
    group by stream_id order by stream_id limit $2
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
        """Wake every open case from the log, as after the loss of Temporal's database; returns how many."""
        woken, last = 0, CASES
        while rows := await self._pool.fetch(CASE_STREAMS, last, PAGE):
            streams = {row["stream_id"]: row["position"] for row in rows}
            recorded = await self._log.read_streams(list(streams))
            open_cases = {s: p for s, p in streams.items() if not _closed(recorded[s])}
            await self._wake(open_cases)
            woken += len(open_cases)
            progress(woken)
            last = rows[-1]["stream_id"]
        return woken

    async def _wake(self, cases: dict[str, int]) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def wake(stream_id: str, position: int) -> None:
            async with gate:
                await self._signal(stream_id, position)

        async with asyncio.TaskGroup() as group:
            for stream_id, position in cases.items():
                group.create_task(wake(stream_id, position))

    async def _signal(self, stream_id: str, position: int) -> None:
        _, congress, case_id = stream_id.split("/")
        await self._client.start_workflow(
            CaseWorkflow.run,
            CaseRef(congress=congress, case_id=case_id, seen=position),
            id=stream_id,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            start_signal="observe",
            start_signal_args=[Observed(position=position)],
        )


def _latest(batch: Iterable[Recorded[Event]]) -> dict[str, int]:
    return {r.stream_id: r.position for r in batch if r.stream_id.startswith(CASES)}


def _closed(recorded: list[Recorded[Event]]) -> bool:
    return fold(cast(SuggestionEvent, r.body) for r in recorded).closed
