"""The feeder: tells each subscription the events that it asked for, in order, and remembers how far it has come."""

import asyncio
from datetime import timedelta
from typing import Any, Final, Protocol, cast
from uuid import UUID

import asyncpg
import structlog

from domain.base import Event, Recorded
from domain.congress import NATIONAL
from domain.delivery import Channel, DeliveryFailed
from duban.event_log.store import is_lost
from duban.leadership import lead
from duban.notices.backoff import Backoff
from duban.notices.queue import TALLY, record
from duban.webhooks.caller import Answer, Caller, Line
from duban.webhooks.cloud_event import CloudEvents
from duban.webhooks.subscriptions import Subscription

logger = structlog.get_logger(__name__)

LEADER: Final = (0x64_75_62_6E, 2)  # "dubn": the advisory lock of the one feeder
LOOK_EVERY: Final = 1.0  # seconds between looks at a log that has not grown
AT_ONCE: Final = 32  # subscriptions told at the same time; one is told its events one by one
BATCH: Final = 100  # events read at a time
DRAINED_WITHIN: Final = 10.0  # seconds for what is under way when the feeder stops

READY = """
    select * from webhook w where paused_at is null and try_at <= clock_timestamp() and position < $1
    order by try_at, webhook
"""
# each only where nobody has set it back or paused it meanwhile
TAKEN = """
    update webhook set position = $3, tries = 0, cause = null, failing_since = null, delivered_at = clock_timestamp()
    where webhook = $1 and position = $2 returning paused_at is null
"""
PASSED = (
    "update webhook set position = $3 where webhook = $1 and position = $2 and paused_at is null returning 1"
)
FAILED = """
    update webhook set tries = tries + 1, cause = $3, try_at = clock_timestamp() + $4,
        failing_since = coalesce(failing_since, clock_timestamp())
    where webhook = $1 and position = $2 returning tries
"""
GIVEN_UP = """
    update webhook set paused_at = clock_timestamp(), given_up = true, rounds = rounds + 1
    where webhook = $1 and paused_at is null returning paused_at, rounds, tries
"""


class Log(Protocol):
    """What the feeder asks of the event log."""

    async def head(self) -> int: ...

    async def read_all(
        self, *, after: int = 0, limit: int = 1000, types: Any = None, shard: int | None = None
    ) -> list[Recorded[Event]]: ...


class Feeder:
    """At least once and in order: a subscription's cursor moves after the event before it was taken."""

    def __init__(
        self,
        pool: "asyncpg.Pool[Any]",
        log: Log,
        events: CloudEvents,
        caller: Caller,
        backoff: Backoff | None = None,
    ) -> None:
        self._pool = pool
        self._log = log
        self._events = events
        self._caller = caller
        self._backoff = backoff or Backoff()
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Tell for ever, as the only feeder that does, or stand by."""
        await lead(self._pool, LEADER, self._feed)

    async def _feed(self) -> None:
        running: dict[UUID, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as group:
            while True:
                for one in await self._ready():
                    if (
                        known := running.get(one.webhook)
                    ) is None or known.done():  # a slow one delays no other
                        running[one.webhook] = group.create_task(self._tell(one))
                await asyncio.sleep(LOOK_EVERY)

    async def round(self) -> None:
        """Tell every subscription that is not paused or waiting what the log holds now."""
        while ready := await self._ready():
            await asyncio.gather(*(self._tell(one) for one in ready))

    async def _ready(self) -> list[Subscription]:
        rows = await self._pool.fetch(READY, await self._log.head())
        return [Subscription.of(dict(row)) for row in rows]

    async def _tell(self, to: Subscription) -> None:
        """What one subscription has not been told, until one of the events is not taken."""
        async with self._at_once, self._caller.line() as line:
            at, head = to.position, await self._log.head()
            while at < head:
                events = await self._log.read_all(after=at, limit=BATCH, types=sorted(to.wanted))
                for recorded in events:
                    if to.congress is None or recorded.congress == to.congress:
                        if not await _finished(self._tell_one(line, to, at, recorded)):
                            return
                        at = recorded.position
                end = events[-1].position if len(events) == BATCH else max(at, head)
                if await self._pool.fetchval(PASSED, to.webhook, at, end) is None:
                    return
                at = end

    async def _tell_one(self, line: Line, to: Subscription, at: int, recorded: Recorded[Event]) -> bool:
        """Whether the subscription may be told the next one."""
        answer = await self._answer(line, to, recorded)
        async with self._pool.acquire() as connection, connection.transaction():
            if answer.taken:
                await connection.execute(TALLY, Channel.WEBHOOK.value, "delivered")
                return bool(await connection.fetchval(TAKEN, to.webhook, at, recorded.position))
            await self._failed(connection, to, at, recorded, answer)
        said = "webhook not taken, tried again later"
        await logger.awarning(said, webhook=str(to.webhook), code=answer.code, position=recorded.position)
        return False

    async def _answer(self, line: Line, to: Subscription, recorded: Recorded[Event]) -> Answer:
        try:
            body = await self._events.of(recorded)
        except (
            Exception
        ) as error:  # an event that cannot be told is shown at its subscription, not at all of them
            if is_lost(error):
                raise
            return Answer(False, type(error).__name__, repr(error)[:200])
        return await self._caller.call(line, to.url, to.secret, str(recorded.event_id), body)

    async def _failed(
        self, connection: Any, to: Subscription, at: int, recorded: Recorded[Event], answer: Answer
    ) -> None:
        await connection.execute(TALLY, Channel.WEBHOOK.value, "failed")
        pause = max(self._backoff.after(to.tries + 1), timedelta(seconds=answer.wait))
        cause = f"{answer.code} {answer.cause}".strip()
        tries = await connection.fetchval(FAILED, to.webhook, at, cause, pause)
        if tries is None or not (answer.gone or self._backoff.is_over(tries)):
            return
        ended = await connection.fetchrow(GIVEN_UP, to.webhook)
        if ended is None:
            return
        await connection.execute(TALLY, Channel.WEBHOOK.value, "given up")
        event = DeliveryFailed(
            channel=Channel.WEBHOOK, delivery=str(recorded.event_id), to=f"webhook:{to.webhook}",
            positions=(recorded.position,), tries=ended["tries"], cause=answer.code, occurred_at=ended["paused_at"],
        )  # fmt: skip
        await record(connection, to.congress or NATIONAL, f"{to.webhook}/{ended['rounds']}", event)


async def _finished(work: Any) -> bool:
    """The result of what must not be cut off in the middle: told to stop, it is finished first."""
    task = asyncio.ensure_future(work)
    try:
        return cast(bool, await asyncio.shield(task))
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=DRAINED_WITHIN)
        raise
