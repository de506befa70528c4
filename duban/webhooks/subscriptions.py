"""Subscriptions: which address is told which events, and how far each has come; their changes are in the log."""

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Final, Protocol, Self
from uuid import UUID, uuid4

import asyncpg

from domain.base import Refusal
from domain.congress import NATIONAL
from domain.delivery import WebhookChange, WebhookChanged, delivery_stream
from domain.registry import EVENT_TYPES
from duban.commands import new_events
from duban.event_log.model import Append, Appended, StreamWrite
from duban.webhooks.reach import Reach

USUAL: Final = ("suggestion.*", "motion.*", "topic.*", "conference.*", "congress.*", "calendar.*")
"""What is told when nothing else is asked for."""
NEVER: Final = (
    "access."  # who looked at a confidential case, and what changed about accounts, leaves by no webhook
)
SECRET_BYTES: Final = 32

ALL = "select * from webhook order by added_at, webhook"
FIND = "select * from webhook where webhook::text = $1 or url = $1"
ADD = """
    insert into webhook (webhook, url, types, congress, secret, position, added_by)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning 1
"""
REMOVE = "delete from webhook where webhook = $1"
PAUSE = "update webhook set paused_at = clock_timestamp(), given_up = false where webhook = $1"
RESUME = """
    update webhook set paused_at = null, given_up = false, tries = 0, failing_since = null, cause = null,
        try_at = clock_timestamp() where webhook = $1
"""
REPLAY = """
    update webhook set position = $2, tries = 0, failing_since = null, cause = null, try_at = clock_timestamp()
    where webhook = $1
"""


class NoSuchWebhook(Refusal):
    """There is no webhook {webhook}.

    `duban webhook list` shows them, each with its id and its address.
    """


class WebhookExists(Refusal):
    """{url} is told of events already.

    Remove it first, with `duban webhook remove`, or take another address.
    """


class NotATypeOfEvent(Refusal):
    """“{pattern}” matches no type of event that leaves the house.

    Write a type such as suggestion.answered, or a pattern such as suggestion.*; docs/reference/notices.md says more.
    """


class BeyondTheEnd(Refusal):
    """The log ends at position {head}; {position} is not in it.

    Give a position from 1 to {head}.
    """


class Log(Protocol):
    """Where positions end, and where changes are recorded."""

    async def append(self, append: Append) -> Appended: ...

    async def head(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Subscription:
    """One address and how it stands."""

    webhook: UUID
    url: str
    types: tuple[str, ...]
    congress: str | None
    secret: str
    position: int  # everything up to here was taken
    tries: int
    cause: str | None
    rounds: int
    added_at: datetime
    delivered_at: datetime | None
    failing_since: datetime | None
    paused_at: datetime | None
    given_up: bool

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        facts = {name: row[name] for name in cls.__slots__ if name != "types"}
        return cls(types=tuple(row["types"]), **facts)

    @property
    def wanted(self) -> frozenset[str]:
        """The types of event that it is told of."""
        return types_of(self.types)

    def data(self) -> dict[str, Any]:
        """How it stands, as JSON-ready data without the secret."""
        shown = {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in ("secret", "rounds", "webhook")
        }
        return {"webhook": str(self.webhook), **shown, "types": list(self.types)}


def types_of(patterns: Sequence[str]) -> frozenset[str]:
    """The types that patterns match; what tells of access is never among them."""
    open_types = [name for name in EVENT_TYPES if not name.startswith(NEVER)]
    return frozenset(name for name in open_types if any(fnmatchcase(name, pattern) for pattern in patterns))


class Subscriptions:
    """The subscriptions of an installation."""

    def __init__(
        self, pool: "asyncpg.Pool[Any]", log: Log, reach: Reach, now: Callable[[], datetime]
    ) -> None:
        self._pool = pool
        self._log = log
        self._reach = reach
        self._now = now

    async def all(self) -> list[Subscription]:
        return [Subscription.of(dict(row)) for row in await self._pool.fetch(ALL)]

    async def one(self, name: str) -> Subscription:
        """By its id or its address. Refuses `NoSuchWebhook`."""
        row = await self._pool.fetchrow(FIND, name)
        if row is None:
            raise NoSuchWebhook(webhook=name[:200])
        return Subscription.of(dict(row))

    async def add(
        self,
        url: str,
        types: Sequence[str],
        by: str,
        *,
        congress: str | None = None,
        start: int | None = None,
    ) -> Subscription:
        """A new one, told of what follows, or of everything from a position on. Its secret is seen this once."""
        patterns = tuple(types) or USUAL
        for pattern in patterns:
            if not types_of([pattern]):
                raise NotATypeOfEvent(pattern=pattern[:80])
        await self._reach.target(url)
        position = await self._log.head() if start is None else await self._before(start)
        webhook, secret = uuid4(), f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
        added = await self._pool.fetchval(ADD, webhook, url, list(patterns), congress, secret, position, by)
        if added is None:
            raise WebhookExists(url=url[:200])
        await self._record(webhook, congress, WebhookChange.ADDED, ", ".join(patterns), by)
        return await self.one(str(webhook))

    async def remove(self, name: str, by: str) -> Subscription:
        return await self._change(name, REMOVE, WebhookChange.REMOVED, by)

    async def pause(self, name: str, by: str) -> Subscription:
        """It is told nothing until it is taken up again, from where it stands."""
        return await self._change(name, PAUSE, WebhookChange.PAUSED, by)

    async def resume(self, name: str, by: str) -> Subscription:
        return await self._change(name, RESUME, WebhookChange.RESUMED, by)

    async def replay(self, name: str, start: int, by: str) -> Subscription:
        """Everything from a position on is told again, each event under the id that it had."""
        before = await self._before(start)
        return await self._change(name, REPLAY, WebhookChange.REPLAYED, by, before, detail=str(start))

    async def _before(self, start: int) -> int:
        head = await self._log.head()
        if not 1 <= start <= max(head, 1):
            raise BeyondTheEnd(position=start, head=head)
        return start - 1

    async def _change(
        self, name: str, sql: str, change: WebhookChange, by: str, *values: Any, detail: str | None = None
    ) -> Subscription:
        found = await self.one(name)
        await self._pool.execute(sql, found.webhook, *values)
        await self._record(found.webhook, found.congress, change, detail, by)
        return found if change is WebhookChange.REMOVED else await self.one(name)

    async def _record(
        self, webhook: UUID, congress: str | None, change: WebhookChange, detail: str | None, by: str
    ) -> None:
        event = WebhookChanged(
            webhook=str(webhook), webhook_change=change, detail=detail, by=by, occurred_at=self._now()
        )
        command_id, of = uuid4(), congress or NATIONAL
        write = StreamWrite(delivery_stream(of, str(command_id)), 0, new_events(command_id, [event]))
        await self._log.append(Append(of, by, command_id, None, (write,)))
