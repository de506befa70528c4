"""The notifier: follows the log and writes down who is told of what; delivery goes on from those rows."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, cast
from uuid import UUID, uuid5

import asyncpg

from domain.base import Event, Recorded
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import Suggestion
from duban.event_log.streams import by_stream, from_their_first
from duban.leadership import lead
from duban.notices.rules import REMINDERS, RULES, Recipient, recipients

LEADER = (0x64_75_62_6E, 0)  # "dubn": the advisory lock of the one notifier that follows

READ_CURSOR = "select position from notice_cursor where name = 'notices'"
MOVE_CURSOR = "update notice_cursor set position = $1 where name = 'notices' and position < $1"
WRITE = """
    insert into notice (notice_id, position, event_id, event_type, congress, stream_id, ref, audience, who,
        reminder, confidential, recorded_at)
    select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::boolean[], $11::boolean[], $12::timestamptz[])
    on conflict do nothing
"""


class Log(Protocol):
    """What the notifier asks of the event log."""

    def follow(self, after: int) -> AsyncIterator[list[Recorded[Event]]]: ...

    async def read_streams(
        self, stream_ids: Sequence[str], *, up_to: int | None = None
    ) -> dict[str, list[Recorded[Event]]]: ...


class Notice(NamedTuple):
    """One event told to one recipient; the row as it is written."""

    notice_id: UUID
    position: int
    event_id: UUID
    event_type: str
    congress: str
    stream_id: str
    ref: str
    audience: str
    who: str
    reminder: bool
    confidential: bool
    recorded_at: datetime


class Notifier:
    """At least once to read, exactly once to write: notices and cursor are one transaction."""

    def __init__(self, log: Log, pool: "asyncpg.Pool[Any]") -> None:
        self._log = log
        self._pool = pool

    async def run(self) -> None:
        """Follow the log for ever, as the only notifier that does, or stand by."""
        await lead(self._pool, LEADER, self._follow)

    async def cursor(self) -> int:
        """The position up to which everybody's notices are written."""
        return cast(int, await self._pool.fetchval(READ_CURSOR))

    async def _follow(self) -> None:
        async for batch in self._log.follow(await self.cursor()):
            await self.take(batch)

    async def take(self, batch: Sequence[Recorded[Event]]) -> None:
        """Write what a batch causes; taken again, it changes nothing."""
        notices = await self._caused_by(batch)
        async with self._pool.acquire() as connection, connection.transaction():
            if notices:
                await connection.execute(WRITE, *map(list, zip(*notices, strict=True)))
            await connection.execute(MOVE_CURSOR, batch[-1].position)

    async def _caused_by(self, batch: Sequence[Recorded[Event]]) -> list[Notice]:
        told = {name: new for name, new in by_stream(batch).items() if any(r.type in RULES for r in new)}
        since = batch[0].position
        streams = await from_their_first(self._log, told, before=since)
        return sorted(
            (n for recorded in streams.values() for n in notices_of(recorded, since)),
            key=lambda notice: notice.position,
        )


def notices_of(stream: Sequence[Recorded[Event]], since: int) -> Iterator[Notice]:
    """The notices that a case's events from a position on cause."""
    case = Suggestion()
    for recorded in stream:
        case = case.evolve(cast(SuggestionEvent, recorded.body))
        if recorded.position >= since:
            for recipient in recipients(case, recorded.body):
                yield _notice(case, recorded, recipient)


def _notice(case: Suggestion, recorded: Recorded[Event], to: Recipient) -> Notice:
    return Notice(
        notice_id=uuid5(recorded.event_id, f"{to.party}/{to.who}/mail"),
        position=recorded.position,
        event_id=recorded.event_id,
        event_type=recorded.type,
        congress=case.congress,
        stream_id=recorded.stream_id,
        ref=case.ref,
        audience=to.party.value,
        who=to.who,
        reminder=recorded.type in REMINDERS,
        confidential=case.confidentiality_asked or case.identity_protected,
        recorded_at=recorded.recorded_at,
    )
