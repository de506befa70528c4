"""The whole engine in one process: worker, relay, projector and web over PostgreSQL and Temporal."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.resources import as_file, files
from uuid import uuid4

import structlog
from temporalio.client import Client
from temporalio.worker import Worker

from duban.bootstrap import Services, connect_temporal, prepare, relay_of, services, worker_of
from duban.entrypoints.web.app import create_app
from duban.entrypoints.web.server import WebServer
from duban.importing.importer import Report
from duban.importing.rows import read_rows
from duban.logs import configure_logs
from duban.runtime.home import Home, Run
from duban.runtime.namespace import ensure_namespace
from duban.runtime.supervisor import RunningParts
from duban.settings import Settings

logger = structlog.get_logger(__name__)

CONNECTIONS = 20  # worker, relay, projector and web share them
FIRST_RETRY, LONGEST_RETRY = 0.2, 10.0  # seconds before a part that failed is run again
DRAINED_WITHIN = 10.0  # seconds for the tasks a worker has under way when it stops
DEMO = "suggestions.csv"


class Engine:
    """Runs until it is told to stop, or until an embedded part ends on its own."""

    def __init__(self, settings: Settings, ready: Callable[[Run], None], *, demo: bool) -> None:
        self._settings = settings
        self._ready = ready
        self._demo = demo

    async def run(self) -> str | None:
        """None when stopped by a signal; else a sentence that says what failed."""
        configure_logs()
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with AsyncExitStack() as stack:
            web = stack.enter_context(WebServer(self._settings.web_host, self._settings.web_port))
            parts = await stack.enter_async_context(RunningParts(self._settings))
            await prepare(parts.postgres_dsn)
            engine = await stack.enter_async_context(services(parts.postgres_dsn, connections=CONNECTIONS))
            client = await connect_temporal(parts.temporal_address, self._settings.temporal_namespace)
            await ensure_namespace(client)
            await stack.enter_async_context(working(worker_of(engine, client)))
            await stack.enter_async_context(_background(engine, client))
            await stack.enter_async_context(web.serving(create_app(engine)))
            if self._demo:
                await import_demo(engine)
            await self._announce(parts, web)
            return await _until(stop, parts.failed)

    async def _announce(self, parts: RunningParts, web: WebServer) -> None:
        run = Run(
            pid=os.getpid(),
            web=web.address,
            postgres_dsn=parts.postgres_dsn,
            temporal_address=parts.temporal_address,
        )
        Home(self._settings.home).announce(run)
        self._ready(run)


@asynccontextmanager
async def _background(engine: Services, client: Client) -> AsyncIterator[None]:
    """Relay and projector, each run again after a failure; stopped at the end."""
    tasks = [
        asyncio.create_task(_forever("relay", relay_of(engine, client).run)),
        asyncio.create_task(_forever("projector", engine.projector.run)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def working(worker: Worker) -> AsyncIterator[None]:
    """Run the worker inside the block. At the end it drains, but not for ever: a plan that waits for a log
    that is gone would hold it, and Temporal gives its task to another worker anyway."""
    running = asyncio.create_task(worker.run())
    try:
        yield
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


async def import_demo(engine: Services) -> Report:
    """The real suggestions that ship with Duban; again, it changes nothing."""
    with as_file(files("duban.demo") / DEMO) as file:
        report = await engine.importer.run(read_rows(file), actor="demo", run=uuid4())
    await engine.projector.wait_for(await engine.log.head(), within=60)
    return report


async def _until(stop: asyncio.Event, failed: "asyncio.Future[str]") -> str | None:
    failed.add_done_callback(lambda _: stop.set())
    await stop.wait()
    return failed.result() if failed.done() else None
