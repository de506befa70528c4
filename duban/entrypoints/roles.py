"""Worker, relay, projector and web, each as a process of its own over PostgreSQL and Temporal that run elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

from fastapi import FastAPI
from temporalio.client import Client

from domain.base import Refusal
from duban.accounts.gate import GateSettings
from duban.bootstrap import (
    Services,
    connect_temporal,
    feeder_of,
    notifier_of,
    postman_of,
    relay_of,
    services,
    worker_of,
)
from duban.entrypoints.observing import observed
from duban.entrypoints.parts import background, stop_on_signals, working
from duban.entrypoints.web.app import create_app
from duban.entrypoints.web.server import WebServer
from duban.logs import configure_logs
from duban.runtime import memory
from duban.runtime.heartbeat import beat
from duban.runtime.namespace import ensure_namespace
from duban.runtime.schedules import ensure_schedules
from duban.runtime.versions import deployment_of
from duban.settings import Settings

CONNECTIONS = 10  # of one role; the projector holds one per projection to lead, and uses two more for each


class NeedsSettings(Refusal):
    """{names} must be set: a role runs on a PostgreSQL and a Temporal of its own, and starts neither.

    deploy/README.md says how, and `duban up` starts everything on one machine.
    """


def needed(**values: str | None) -> tuple[str, ...]:
    """The values of settings, by their names; refuses those that are not set, all at once."""
    if missing := [f"DUBAN_{name.upper()}" for name, value in values.items() if not value]:
        raise NeedsSettings(names=", ".join(missing))
    return tuple(value for value in values.values() if value)


async def worker(settings: Settings) -> None:
    """Run case workflows and their activities until told to stop; what is under way is finished first."""
    dsn, address = needed(postgres_dsn=settings.postgres_dsn, temporal_address=settings.temporal_address)

    async def work() -> None:
        async with services(dsn, connections=CONNECTIONS) as ready:
            client = await _client(address, settings)
            await ensure_schedules(client, timedelta(minutes=settings.reconcile_minutes))
            async with working(worker_of(ready, client, deployment_of(settings))) as running:
                await asyncio.wait({running})
                running.result()

    await _run(settings, "worker", work)


async def relay(settings: Settings) -> None:
    """Wake workflows until told to stop, or stand by while another relay does."""
    dsn, address = needed(postgres_dsn=settings.postgres_dsn, temporal_address=settings.temporal_address)

    async def work() -> None:
        async with services(dsn, connections=CONNECTIONS) as ready:
            await relay_of(ready, await _client(address, settings)).run()

    await _run(settings, "relay", work)


async def projector(settings: Settings) -> None:
    """Keep the projections up to the log until told to stop, or stand by while another projector does."""
    (dsn,) = needed(postgres_dsn=settings.postgres_dsn)

    async def work() -> None:
        async with services(dsn, connections=CONNECTIONS) as ready:
            await ready.projector.run()

    await _run(settings, "projector", work)


async def notifier(settings: Settings) -> None:
    """Tell whom the log concerns until told to stop, or stand by while another notifier does.

    What fails is run again on its own: a mail server that is away keeps no notice from being written.
    """
    (dsn,) = needed(postgres_dsn=settings.postgres_dsn)

    async def work() -> None:
        async with services(dsn, connections=CONNECTIONS) as ready, background(notifying(ready, settings)):
            await asyncio.Event().wait()

    await _run(settings, "notifier", work)


def notifying(ready: Services, settings: Settings) -> dict[str, Callable[[], Awaitable[None]]]:
    """The parts of the notifier, by name."""
    return {
        "notifier": notifier_of(ready).run,
        "postman": postman_of(ready, settings).run,
        "feeder": feeder_of(ready, settings).run,
    }


async def web(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve the pages until told to stop; `ready` is told the address once they answer."""
    (dsn,) = needed(postgres_dsn=settings.postgres_dsn)
    with WebServer(settings.web_host, settings.web_port) as server:

        def app(behind: Services) -> FastAPI:
            return create_app(behind, settings=GateSettings.of(settings), font=settings.pdf_font)

        async def work() -> None:
            async with services(dsn, connections=CONNECTIONS) as behind, server.serving(app(behind)):
                ready(server.address)
                await asyncio.Event().wait()

        await _run(settings, "web", work)


async def _client(address: str, settings: Settings) -> Client:
    client = await connect_temporal(address, settings.temporal_namespace)
    await ensure_namespace(client)
    return client


async def _run(settings: Settings, part: str, work: Callable[[], Awaitable[None]]) -> None:
    configure_logs()
    memory.spare()
    stop = stop_on_signals()
    parts = {part: work}
    if (file := settings.heartbeat) is not None:
        parts["heartbeat"] = lambda: beat(file)
    async with AsyncExitStack() as stack:
        if settings.health_port is not None:
            server = stack.enter_context(WebServer(settings.health_host, settings.health_port))
            await stack.enter_async_context(observed(part, settings, server))
        await stack.enter_async_context(background(parts))
        await stop.wait()
