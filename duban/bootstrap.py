"""Wiring: the only module that constructs anything with a connection."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from domain.congress import NATIONAL, OpenCongress
from domain.law import Law
from domain.vocabulary import Level
from duban.amendments import Amendments
from duban.calendars import official
from duban.commands import Actor, Commands
from duban.conferences.conferences import Conferences
from duban.event_log.log import EventLog
from duban.importing.importer import Importer
from duban.migrations import migrate
from duban.motions import Motions
from duban.runtime.home import Home
from duban.settings import Settings, interval_of, read_settings
from duban.terms import Terms
from duban.topics import Topics
from projections.projector import Projector
from projections.registry import PROJECTIONS

if TYPE_CHECKING:  # the Temporal SDK is slow to load, and most commands do without it
    from temporalio.client import Client
    from temporalio.worker import Worker, WorkerDeploymentConfig

    from duban.notices.notifier import Notifier
    from duban.notices.postman import Postman
    from duban.reconciliation import Reconciliation
    from duban.rehydration import Rehydration
    from duban.relay import Relay
    from duban.webhooks.caller import Caller
    from duban.webhooks.feeder import Feeder
    from duban.webhooks.subscriptions import Subscriptions

APPLICATION_ROLE = "duban_app"  # may append and read; may not change or delete what is recorded
STICKY_WITHIN = timedelta(
    seconds=2
)  # how long a task waits for a worker that was killed, before another gets it
CACHED = 250  # workflows kept in memory between tasks; a case waits for months, and is quick to replay
CLOSED_WITHIN = 3.0  # seconds for connections in use when a process stops
SYSTEM = "duban"  # the actor of what the installation does for itself


# Read models are in memory or on disks without arms, and compiling a query takes longer than running it.
PLANNING: Final = {"random_page_cost": "1.1", "jit": "off"}


def now() -> datetime:
    """The clock of this process, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Services:
    """What the faces work with."""

    pool: "asyncpg.Pool[Any]"
    log: EventLog
    law: Law
    commands: Commands
    conferences: Conferences
    topics: Topics
    motions: Motions
    amendments: Amendments
    terms: Terms
    importer: Importer
    projector: Projector


def dsn_of(settings: Settings) -> str:
    """Where the log is: as set, or as the engine that runs on this home has announced. Refuses `NotRunning`."""
    return settings.postgres_dsn or Home(settings.home).running().postgres_dsn


@asynccontextmanager
async def services(dsn: str, *, connections: int = 4) -> AsyncIterator[Services]:
    """Everything that needs the log and nothing else."""
    async with _pool(dsn, connections) as pool:
        log, law = EventLog(pool), Law(official())
        commands = Commands(log, law, now)
        yield Services(
            pool=pool,
            log=log,
            law=law,
            commands=commands,
            conferences=Conferences(log, law, now),
            topics=Topics(log, commands),
            motions=Motions(log, commands),
            amendments=Amendments(log, pool, commands, law),
            terms=Terms(log, pool, commands),
            importer=Importer(log, law, now),
            projector=Projector(log, pool, PROJECTIONS),
        )


@asynccontextmanager
async def _pool(dsn: str, connections: int) -> AsyncIterator["asyncpg.Pool[Any]"]:
    """Connections with the application's role; at the end those still in use get a moment, then are cut."""
    pool = await asyncpg.create_pool(
        dsn, min_size=1, max_size=connections, server_settings={"role": APPLICATION_ROLE, **PLANNING}
    )
    try:
        yield pool
    finally:
        try:
            await asyncio.wait_for(pool.close(), CLOSED_WITHIN)
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            pool.terminate()


async def prepare(dsn: str) -> None:
    """Bring the schema up to date and open the national congress."""
    connection = await asyncpg.connect(dsn)
    try:
        await migrate(connection)
    finally:
        await connection.close()
    async with services(dsn) as ready:
        command = OpenCongress(congress=NATIONAL, place="全国", level=Level.NATIONAL, at=now())
        await ready.commands.open_congress(command, Actor.of(SYSTEM))


async def connect_temporal(address: str, namespace: str) -> "Client":
    """A client that speaks as our workers and workflows do."""
    from temporalio.client import Client

    from workflows.plugin import DubanPlugin

    _core_logs_to_standard_error()
    return await Client.connect(address, namespace=namespace, plugins=[DubanPlugin()])


@cache
def _core_logs_to_standard_error() -> None:
    """One runtime per process; the SDK's core prints to standard output unless its log is forwarded."""
    from temporalio.runtime import (
        LogForwardingConfig,
        LoggingConfig,
        PrometheusConfig,
        Runtime,
        TelemetryConfig,
        TelemetryFilter,
    )

    forwarding = LogForwardingConfig(logger=logging.getLogger("temporalio.core"))
    log = LoggingConfig(
        filter=TelemetryFilter(core_level="ERROR", other_level="ERROR"), forwarding=forwarding
    )
    shown = read_settings().sdk_metrics
    metrics = PrometheusConfig(bind_address=shown) if shown else None
    telemetry = TelemetryConfig(logging=log, metrics=metrics)
    Runtime.set_default(Runtime(telemetry=telemetry), error_if_already_set=False)


def worker_of(
    ready: Services, client: "Client", deployment: "WorkerDeploymentConfig | None" = None
) -> "Worker":
    """The worker that runs the workflows and their activities."""
    from temporalio.worker import Worker

    from activities.case import LoggedCases
    from activities.conference import LoggedConferences
    from activities.reconcile import LoggedReconciliation
    from activities.topic import LoggedTopics
    from duban.relay import Relayed
    from workflows.contracts import TASK_QUEUE

    cases = LoggedCases(ready.log, ready.commands)
    conferences = LoggedConferences(ready.conferences, Relayed(ready.pool))
    topics = LoggedTopics(ready.log, ready.commands)
    reconciling = LoggedReconciliation(reconciliation_of(ready, client))
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        activities=[
            cases.advance,
            conferences.plan,
            conferences.assign,
            topics.advance,
            reconciling.reconcile,
        ],
        max_cached_workflows=CACHED,
        sticky_queue_schedule_to_start_timeout=STICKY_WITHIN,
        deployment_config=deployment,
    )


def relay_of(ready: Services, client: "Client") -> "Relay":
    """The relay between the log and the workflows."""
    from duban.relay import Relay, Waker

    return Relay(ready.log, ready.pool, Waker(client, now), now)


def notifier_of(ready: Services) -> "Notifier":
    """What writes down who is told of what."""
    from duban.notices.notifier import Notifier

    return Notifier(ready.log, ready.pool)


def postman_of(ready: Services, settings: Settings) -> "Postman":
    """What delivers notices by mail; without a mail server they wait."""
    from duban.notices.letter import Letters
    from duban.notices.mail_server import mail_server, sender_of
    from duban.notices.postman import Office, Postman
    from duban.notices.queue import Queue
    from duban.notices.smtp import Smtp

    office = None
    if settings.smtp_url is not None and settings.smtp_from is not None:
        sender = sender_of(settings.smtp_from)
        letters = Letters(ready.log, sender, settings.web_origin)
        smtp = Smtp(mail_server(settings.smtp_url))
        office = Office(smtp, sender.addr_spec, letters, interval_of(settings.smtp_rate))
    return Postman(ready.pool, Queue(ready.pool), office)


def subscriptions_of(ready: Services, settings: Settings) -> "Subscriptions":
    """Who is told of the log's events."""
    from duban.webhooks.reach import Reach, networks_of
    from duban.webhooks.subscriptions import Subscriptions

    return Subscriptions(ready.pool, ready.log, Reach(networks_of(settings.webhook_networks)), now)


def feeder_of(ready: Services, settings: Settings) -> "Feeder":
    """What tells them."""
    from duban.webhooks.cloud_event import CloudEvents
    from duban.webhooks.feeder import Feeder

    return Feeder(ready.pool, ready.log, CloudEvents(ready.log), caller_of(settings))


def caller_of(settings: Settings) -> "Caller":
    """What calls their addresses."""
    from duban.webhooks.caller import Caller
    from duban.webhooks.reach import Reach, networks_of

    return Caller(Reach(networks_of(settings.webhook_networks)))


def rehydration_of(ready: Services, client: "Client") -> "Rehydration":
    """What gives every process its workflow again."""
    from duban.rehydration import Rehydration
    from duban.relay import Waker

    return Rehydration(ready.log, ready.pool, Waker(client, now), now)


def reconciliation_of(ready: Services, client: "Client") -> "Reconciliation":
    """What wakes again whatever is late."""
    from duban.reconciliation import Reconciliation
    from duban.relay import Waker

    return Reconciliation(ready.log, ready.pool, Waker(client, now), now)
