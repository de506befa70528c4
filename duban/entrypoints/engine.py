"""The whole engine in one process: worker, relay, projector and web over PostgreSQL and Temporal."""

import asyncio
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from importlib.resources import as_file, files
from uuid import uuid4, uuid5

import asyncpg

from domain.suggestion.publication import DecidePublication
from domain.vocabulary import Extent, Part
from duban.accounts.accounts import Accounts
from duban.accounts.gate import GateSettings
from duban.accounts.model import Account
from duban.bootstrap import (
    Services,
    connect_temporal,
    now,
    prepare,
    relay_of,
    services,
    worker_of,
)
from duban.commands import Actor
from duban.demo.examples import add_examples
from duban.entrypoints.parts import background, stop_on_signals, working
from duban.entrypoints.roles import notifying
from duban.entrypoints.web.app import create_app
from duban.entrypoints.web.demo_accounts import add_demo_accounts
from duban.entrypoints.web.server import WebServer
from duban.importing.importer import Report
from duban.importing.rows import read_rows
from duban.logs import configure_logs
from duban.runtime import memory
from duban.runtime.home import Home, Run
from duban.runtime.namespace import ensure_namespace
from duban.runtime.schedules import ensure_schedules
from duban.runtime.supervisor import RunningParts
from duban.settings import Settings

CONNECTIONS = 24  # worker, relay, projector, notifier and web share them
DEMO = "suggestions.csv"
DEMO_ACTOR = "demo"
IMPORTED = """
    select event_id, stream_id from event_log
    where event_type = 'suggestion.submitted' and actor = 'demo' order by position
"""
AT_ONCE = 10  # publications under way


class Engine:
    """Runs until it is told to stop, or until an embedded part ends on its own."""

    def __init__(
        self, settings: Settings, ready: Callable[[Run, list[Account]], None], *, demo: bool
    ) -> None:
        self._settings = settings
        self._ready = ready
        self._demo = demo
        self._accounts: list[Account] = []

    async def run(self) -> str | None:
        """None when stopped by a signal; else a sentence that says what failed."""
        configure_logs()
        memory.spare()
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
            reading = {
                "relay": relay_of(engine, client).run,
                "projector": engine.projector.run,
                **notifying(engine, self._settings),
            }
            await stack.enter_async_context(background(reading))
            gate = GateSettings.of(self._settings, demo=self._demo)
            app = create_app(engine, settings=gate, font=self._settings.pdf_font)
            await stack.enter_async_context(web.serving(app))
            if self._demo:
                await import_demo(engine)
            self._accounts = await Accounts(engine.pool, engine.log, now).all()
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
        self._ready(run, self._accounts)


async def import_demo(engine: Services) -> Report:
    """The real suggestions that ship with Duban; again, it changes nothing."""
    with as_file(files("duban.demo") / DEMO) as file:
        report = await engine.importer.run(read_rows(file), actor=DEMO_ACTOR, run=uuid4())
    await publish_demo(engine)
    await add_examples(engine.commands, engine.topics, now())
    await add_demo_accounts(Accounts(engine.pool, engine.log, now))
    await engine.projector.wait_for(await engine.log.head(), within=60)
    return report


async def publish_demo(engine: Services) -> None:
    """What ships with Duban was published by its congresses; here too everybody may read it."""
    rows = await engine.pool.fetch(IMPORTED)
    for start in range(0, len(rows), AT_ONCE):
        await asyncio.gather(*(_publish(engine, row) for row in rows[start : start + AT_ONCE]))


async def _publish(engine: Services, row: "asyncpg.Record") -> None:
    case = await engine.commands.case(row["stream_id"])
    parts = [Part.CONTENT, Part.REPLY] if case.replies else [Part.CONTENT]
    decided = [DecidePublication(part=part, extent=Extent.FULL, by=DEMO_ACTOR, at=now()) for part in parts]
    await engine.commands.handle(case.ref, Actor(DEMO_ACTOR, uuid5(row["event_id"], "published")), *decided)


async def _until(stop: asyncio.Event, failed: "asyncio.Future[str]") -> str | None:
    failed.add_done_callback(lambda _: stop.set())
    await stop.wait()
    return failed.result() if failed.done() else None
