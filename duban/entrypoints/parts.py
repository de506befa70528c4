"""What the engine and the roles have in common: parts that run again after a failure, and stopping in order."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog
from temporalio.worker import Worker

logger = structlog.get_logger(__name__)

FIRST_RETRY, LONGEST_RETRY = 0.2, 10.0  # seconds before a part that failed is run again
DRAINED_WITHIN = 10.0  # seconds for the tasks a worker has under way when it stops
STOPPED_WITHIN = 20.0  # seconds for all parts; a database that is gone would hold them for longer


def stop_on_signals() -> asyncio.Event:
    """Set when the process is told to end."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


@asynccontextmanager
async def background(parts: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """Parts by name, each run again after a failure; stopped at the end."""
    tasks = [asyncio.create_task(_forever(part, run)) for part, run in parts.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=STOPPED_WITHIN)


@asynccontextmanager
async def working(worker: Worker) -> AsyncIterator["asyncio.Task[None]"]:
    """Run the worker inside the block. At the end it drains, but not for ever: a plan that waits for a log
    that is gone would hold it, and Temporal gives its task to another worker anyway."""
    running = asyncio.create_task(worker.run())
    try:
        yield running
    finally:
        stopping = asyncio.create_task(worker.shutdown())
        await asyncio.wait({stopping}, timeout=DRAINED_WITHIN)
        for task in (stopping, running):
            task.cancel()


async def _forever(part: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run a part that should never end; each of them goes on from what it committed."""
    pause = FIRST_RETRY
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await run()
        except Exception as error:
            await logger.awarning("part failed and is run again", part=part, error=_cause(error), pause=pause)
        if asyncio.get_running_loop().time() - started > LONGEST_RETRY:
            pause = FIRST_RETRY
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_RETRY)


def _cause(error: BaseException) -> str:
    """The name of the first real error inside groups; messages may hold what does not belong in a log."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
