"""The relay: follows the log and wakes the workflow of every process whose outlook has changed."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, cast

import asyncpg
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain.base import Event, Recorded
from duban.event_log.streams import Streams, by_stream, from_their_first
from duban.leadership import lead
from duban.processes import Outlook, is_news, process_of, the_process_of, wakes
from workflows.clockwork import STAGE
from workflows.contracts import TASK_QUEUE, Observed

AT_ONCE = 50  # signals under way; more only queue up in the server
BATCHES = 2  # under way: the last signals of one would leave the server idle
LEADER = (0x64_75_62_72, 0)  # "dubr": the advisory lock of the one relay that follows
BETWEEN_TURNS = 20  # folds; each takes about half a millisecond
STANDSTILL = 5.0  # seconds in which the cursor did not move: the relay is away, or the server is
LOOK_EVERY = 0.05  # seconds
SHORTEST_DELAY = timedelta(seconds=1)  # a workflow that has less to wait begins at once

READ_CURSOR = "select position from relay_cursor where name = 'cases'"
MOVE_CURSOR = "update relay_cursor set position = $1 where name = 'cases' and position < $1"


class Log(Protocol):
    """What the relay asks of the event log."""

    def follow(self, after: int) -> AsyncIterator[list[Recorded[Event]]]: ...

    async def read_streams(
        self, stream_ids: Sequence[str], *, up_to: int | None = None
    ) -> dict[str, list[Recorded[Event]]]: ...


class Woken(NamedTuple):
    """What a workflow is woken with."""

    position: int  # the last of its stream
    outlook: Outlook
    first: bool = False  # as far as the log tells, there is no workflow yet


class Waker:
    """Tells workflows, starting those that are not there; told twice or in any order, it means the same."""

    def __init__(self, client: Client, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def wake(self, streams: Mapping[str, Woken]) -> None:
        async def one(stream_id: str, woken: Woken) -> None:
            async with self._gate:
                await self._tell(stream_id, woken)

        async with asyncio.TaskGroup() as group:
            for stream_id, woken in streams.items():
                group.create_task(one(stream_id, woken))

    async def _tell(self, stream_id: str, woken: Woken) -> None:
        """A new workflow is started: its input says all that a signal would, which costs the server a twentieth.

        Any other is signalled, and started if it is not there.
        """
        if woken.first:
            with suppress(WorkflowAlreadyStartedError):  # the relay died before its cursor moved
                await self._start(stream_id, woken)
                return
        observed = Observed(position=woken.position)
        await self._start(stream_id, woken, start_signal="observe", start_signal_args=[observed])

    async def _start(self, stream_id: str, woken: Woken, **signal: Any) -> None:
        """One call signals the workflow that is there, or starts one that sleeps until its first moment.

        A workflow that still sleeps begins at once when it is signalled in this way (and in no other).
        """
        process = the_process_of(stream_id)
        await self._client.start_workflow(
            process.run,
            process.ref(stream_id, woken.position),
            id=stream_id,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            start_delay=self._delay(woken.outlook),
            search_attributes=TypedSearchAttributes([SearchAttributePair(STAGE, woken.outlook.stage)]),
            **signal,
        )

    def _delay(self, outlook: Outlook) -> timedelta | None:
        if outlook.due or outlook.closed or outlook.next_at is None:
            return None
        delay = outlook.next_at - self._now()
        return delay if delay > SHORTEST_DELAY else None


class Relay:
    """At least once, in any order: a signal carries a position and the workflow keeps the highest."""

    def __init__(
        self, log: Log, pool: "asyncpg.Pool[asyncpg.Record]", waker: Waker, now: Callable[[], datetime]
    ) -> None:
        self._log = log
        self._pool = pool
        self._waker = waker
        self._now = now

    async def run(self) -> None:
        """Follow the log for ever, as the only relay that does, or stand by."""
        await lead(self._pool, LEADER, self._follow)

    async def _follow(self) -> None:
        """Some batches are on their way while the next is looked at."""
        async with asyncio.TaskGroup() as group:
            under_way: deque[asyncio.Task[None]] = deque()
            async for batch in self._log.follow(await self.cursor()):
                woken = await self._woken_by(batch)
                if len(under_way) == BATCHES:
                    await under_way.popleft()
                before = under_way[-1] if under_way else None
                under_way.append(group.create_task(self._deliver(woken, batch[-1].position, before)))

    async def _deliver(
        self, woken: Mapping[str, Woken], position: int, before: "asyncio.Task[None] | None"
    ) -> None:
        """The cursor moves only after the signals of this batch and of all before it are delivered."""
        await self._waker.wake(woken)
        if before is not None:
            await before
        await self._pool.execute(MOVE_CURSOR, position)

    async def cursor(self) -> int:
        """The position up to which every process has been woken."""
        return await cursor_of(self._pool)

    async def _woken_by(self, batch: Sequence[Recorded[Event]]) -> dict[str, Woken]:
        """Of the streams that others than their workflows moved, those whose outlook is another now."""
        after, now = batch[0].position - 1, self._now()
        streams = await from_their_first(self._log, _moved(batch), before=batch[0].position)
        woken: dict[str, Woken] = {}
        for number, (stream_id, recorded) in enumerate(streams.items()):
            if number % BETWEEN_TURNS == 0:
                await asyncio.sleep(0)  # hundreds of folds would hold up whatever else runs here
            if (call := wakes(stream_id, recorded, after, now)) is not None:
                woken[stream_id] = Woken(recorded[-1].position, *call)
        return woken


async def cursor_of(pool: "asyncpg.Pool[asyncpg.Record]") -> int:
    """The position up to which every process has been woken."""
    return cast(int, await pool.fetchval(READ_CURSOR))


def _moved(batch: Iterable[Recorded[Event]]) -> Streams:
    return {
        stream_id: events
        for stream_id, events in by_stream(batch).items()
        if process_of(stream_id) is not None and any(map(is_news, events))
    }


class Relayed:
    """Lets whoever moves thousands of cases go no quicker than their workflows are woken.

    Otherwise they would take the processor from the relay, and whoever answers meanwhile would wait behind them all.
    """

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    async def until(self, position: int) -> None:
        """Returns when the relay is past a position, or has stood still for `STANDSTILL`."""
        loop = asyncio.get_running_loop()
        cursor, moved = await cursor_of(self._pool), loop.time()
        while cursor < position and loop.time() - moved < STANDSTILL:
            await asyncio.sleep(LOOK_EVERY)
            if (now_at := await cursor_of(self._pool)) != cursor:
                cursor, moved = now_at, loop.time()
