"""Work over the whole log in parallel processes: each takes the next run of positions, and connects by itself."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import aclosing
from itertools import islice
from multiprocessing import get_context
from typing import Final, NamedTuple, Self, TypeVar

import asyncpg
import uvloop

from duban.runtime import memory

CHUNK: Final = 5000  # positions per task: few enough for even progress, and for little memory
AHEAD: Final = 4  # tasks waiting per process, so that none runs idle and none piles up
ROLE: Final = {"role": "duban_app"}  # reading is all it needs
ALONE: Final = 4  # tasks; up to that other processes take longer to start than to help

R = TypeVar("R")
Work = Callable[
    [asyncpg.Connection, int, int], Awaitable[R]
]  # of a module, so that a process finds it by name


class Run(NamedTuple):
    """The positions of one task, both included."""

    first: int
    last: int


def runs(first: int, last: int) -> list[Run]:
    """The positions `first` to `last` in runs of a task each."""
    return [Run(low, min(low + CHUNK - 1, last)) for low in range(first, last + 1, CHUNK)]


async def over(
    dsn: str, work: Work[R], tasks: list[Run], processes: int | None = None
) -> AsyncGenerator[tuple[Run, R], None]:
    """The result of each task, in the order of the tasks; few are done here unless a number of processes is given."""
    if processes is None and len(tasks) <= ALONE:
        connection = await asyncpg.connect(dsn, server_settings=ROLE)
        try:
            for run in tasks:
                yield run, await work(connection, *run)
        finally:
            await connection.close()
        return
    async with Processes(dsn, processes) as pool, aclosing(pool.over(work, tasks)) as results:
        async for result in results:
            yield result


class Processes:
    """Processes that work at the log; started once, at the first task."""

    def __init__(self, dsn: str, count: int | None = None) -> None:
        self._count = count or os.cpu_count() or 1
        self._executor = ProcessPoolExecutor(self._count, get_context("spawn"), _start, (dsn,))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._executor.shutdown, cancel_futures=True)

    async def over(self, work: Work[R], tasks: list[Run]) -> AsyncGenerator[tuple[Run, R], None]:
        """The result of each task, in the order of the tasks."""
        waiting: list[tuple[Run, Future[R]]] = []
        rest = iter(tasks)
        while True:
            waiting += [
                (run, self._executor.submit(_do, work, run.first, run.last))
                for run in islice(rest, self._count * AHEAD - len(waiting))
            ]
            if not waiting:
                return
            run, future = waiting.pop(0)
            yield run, await asyncio.wrap_future(future)


class _Process:
    """What a process keeps between tasks."""

    loop: asyncio.AbstractEventLoop
    connection: asyncpg.Connection


def _start(dsn: str) -> None:
    memory.spare()
    _Process.loop = uvloop.new_event_loop()
    _Process.connection = _Process.loop.run_until_complete(asyncpg.connect(dsn, server_settings=ROLE))


def _do(work: Work[R], first: int, last: int) -> R:
    return _Process.loop.run_until_complete(work(_Process.connection, first, last))
