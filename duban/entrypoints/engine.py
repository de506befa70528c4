"""The whole engine in one process: worker, relay, projector and web over PostgreSQL and Temporal."""

import asyncio
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from importlib.resources import as_file, files
from uuid import uuid4

from duban.bootstrap import Services, connect_temporal, prepare, relay_of, services, worker_of
from duban.entrypoints.parts import background, stop_on_signals, working
from duban.entrypoints.web.app import create_app
from duban.entrypoints.web.server import WebServer
from duban.importing.importer import Report
from duban.importing.rows import read_rows
from duban.logs import configure_logs
from duban.runtime.home import Home, Run
from duban.runtime.namespace import ensure_namespace
from duban.runtime.schedules import ensure_schedules
from duban.runtime.supervisor import RunningParts
from duban.settings import Settings

CONNECTIONS = 20  # worker, relay, projector and web share them
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
        stop = stop_on_signals()
        async with AsyncExitStack() as stack:
            web = stack.enter_context(WebServer(self._settings.web_host, self._settings.web_port))
            parts = await stack.enter_async_context(RunningParts(self._settings))
            await prepare(parts.postgres_dsn)
            engine = await stack.enter_async_context(services(parts.postgres_dsn, connections=CONNECTIONS))
            client = await connect_temporal(parts.temporal_address, self._settings.temporal_namespace)
            await ensure_namespace(client)
            await ensure_schedules(client, timedelta(minutes=self._settings.reconcile_minutes))
            await stack.enter_async_context(working(worker_of(engine, client)))
            reading = {"relay": relay_of(engine, client).run, "projector": engine.projector.run}
            await stack.enter_async_context(background(reading))
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
