"""The inbox: what each recipient was told, newest first, each until it is read."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from domain.base import Refusal
from duban.event_log.log import EventLog
from duban.notices.rules import Party, Recipient
from duban.wording.wording import Wording

LIMIT = 200  # notices of a page
FIND = """
    select * from notice where audience = $1 and who = $2 and ($3::text is null or congress = $3)
        and (not $4 or read_at is null) order by position desc limit $5
"""
READ = """
    update notice set read_at = clock_timestamp()
    where audience = $1 and who = $2 and position <= $3 and read_at is null and ($4::text is null or congress = $4)
"""


class NobodyOfThatName(Refusal):
    """“{text}” names no recipient of notices.

    Write who it is for, such as unit:农业农村部, commission:npc or deputy:NAME.
    """


def recipient_of(text: str) -> Recipient:
    """A recipient as the command line names it; refuses `NobodyOfThatName`."""
    party, _, who = text.partition(":")
    if party not in set(Party) or not who.strip():
        raise NobodyOfThatName(text=text[:60])
    return Recipient(Party(party), who.strip())


class Inbox:
    """Reads and marks the notices of a recipient."""

    def __init__(self, pool: "asyncpg.Pool[Any]", log: EventLog) -> None:
        self._pool = pool
        self._log = log

    async def find(
        self,
        to: Recipient,
        words: Wording,
        *,
        congress: str | None = None,
        unread: bool = False,
        limit: int = LIMIT,
    ) -> list[dict[str, Any]]:
        """Their notices, each with its sentence."""
        rows = await self._pool.fetch(FIND, to.party.value, to.who, congress, unread, limit)
        said = await sentences(self._log, rows, words)
        return [
            {
                "notice_id": row["notice_id"],
                "position": row["position"],
                "event_type": row["event_type"],
                "congress": row["congress"],
                "ref": row["ref"],
                "said": said[row["position"]],
                "recorded_at": row["recorded_at"],
                "read_at": row["read_at"],
            }
            for row in rows
        ]

    async def mark_read(self, to: Recipient, up_to: int, congress: str | None = None) -> int:
        """Mark everything up to a position as read; how many that were."""
        done: str = await self._pool.execute(READ, to.party.value, to.who, up_to, congress)
        return int(done.rpartition(" ")[2])


async def sentences(log: EventLog, rows: Sequence["asyncpg.Record"], words: Wording) -> dict[int, str]:
    """What happened at the position of each notice, in one sentence."""
    wanted = {row["position"] for row in rows}
    streams = await log.read_streams(list({row["stream_id"] for row in rows}))
    return {
        recorded.position: words.event_sentence(recorded)
        for stream in streams.values()
        for recorded in stream
        if recorded.position in wanted
    }
