"""A person's notices: those of the unit, body or deputy that they are or work for, each unread until they read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol, cast
from uuid import UUID

import asyncpg

from domain.base import Event, Recorded, Refusal
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import fold
from duban import casefile
from duban.access.inboxes import parties_of
from duban.access.permission import sees
from duban.access.seen_case import facts_of
from duban.access.veil import veiled
from duban.access.viewer import Viewer
from duban.casefile import CaseFile
from duban.wording.wording import Wording

PAGE: Final = 50  # notices of a page
COUNTED: Final = 100  # so many are counted; more are shown as “99+”

MINE = """
    notice n join unnest($1::text[], $2::text[]) as mine (audience, who)
        on n.audience = mine.audience and (mine.who is null or n.who = mine.who)
    where ($3::text is null or n.congress = $3)
"""
UNREAD = """
    n.read_at is null and n.position > coalesce((select up_to from notice_mark where account = $4), 0)
    and not exists (select from notice_read r where r.account = $4 and r.notice_id = n.notice_id)
"""
COUNT = f"select count(*) from (select from {MINE} and {UNREAD} limit $5) counted"
# one event may be told to a person in two offices: a page ends after both
FIND = f"""
    select * from (
        select n.*, ({UNREAD}) as unread from {MINE} and (not $5 or ({UNREAD}))
            and ($6::bigint is null or n.position < $6)
        order by n.position desc fetch first $7 rows with ties
    ) page order by position desc, notice_id
"""
READ_ONE = f"""
    insert into notice_read (account, notice_id) select $4, n.notice_id from {MINE} and n.notice_id = any($5)
    on conflict do nothing
"""
OWN = f"select count(*) from {MINE} and n.notice_id = $4"
READ_ALL = """
    insert into notice_mark values ($1, $2)
    on conflict (account) do update set up_to = greatest(notice_mark.up_to, excluded.up_to)
"""
TIDY = """
    delete from notice_read r using notice n
    where r.account = $1 and n.notice_id = r.notice_id and n.position <= $2
"""


class NoSuchNotice(Refusal):
    """None of your notices is {notice}.

    Open the page of your notices again.
    """


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as its reader sees it."""

    notice_id: UUID
    position: int
    congress: str
    ref: str
    title: str | None
    said: str
    event_type: str
    reminder: bool
    recorded_at: datetime
    unread: bool


class _Case(NamedTuple):
    """What is seen of one case: its title, and what is said of each position."""

    title: str | None
    said: Mapping[int, str]


class Log(casefile.Log, Protocol):
    """Where cases are read, many at a time."""

    async def read_streams(
        self, stream_ids: Sequence[str], *, up_to: int | None = None
    ) -> dict[str, list[Recorded[Event]]]: ...


class PersonalNotices:
    """The notices of one person. What they may not see of a case, no notice tells them."""

    def __init__(self, pool: "asyncpg.Pool[Any]", log: Log, viewer: Viewer) -> None:
        self._pool = pool
        self._log = log
        self._viewer = viewer
        mine = parties_of(viewer)
        self._mine = [party.value for party, _ in mine], [who for _, who in mine], viewer.congress

    async def unread(self) -> int:
        """How many are unread, counted no further than is shown."""
        if not self._mine[0]:
            return 0
        return cast(int, await self._pool.fetchval(COUNT, *self._mine, self._viewer.name, COUNTED))

    async def find(
        self, words: Wording, now: datetime, *, unread: bool, before: int | None = None, limit: int = PAGE
    ) -> tuple[list[Told], int | None]:
        """The newest before a position, and where the next page begins; None at the end."""
        rows = await self._pool.fetch(FIND, *self._mine, self._viewer.name, unread, before, limit)
        told = await self._told(rows, words, now)
        await self._pass_over([row["notice_id"] for row in rows if row["unread"]], told)
        return told, rows[-1]["position"] if len(rows) >= limit else None

    async def read(self, notice_id: UUID) -> None:
        """Mark one as read. Refuses `NoSuchNotice` for one of somebody else."""
        if not await self._pool.fetchval(OWN, *self._mine, notice_id):
            raise NoSuchNotice(notice=str(notice_id))
        await self._pool.execute(READ_ONE, *self._mine, self._viewer.name, [notice_id])

    async def read_all(self, up_to: int) -> None:
        """Mark everything up to a position as read; what has come since stays unread."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(READ_ALL, self._viewer.name, up_to)
            await connection.execute(TIDY, self._viewer.name, up_to)

    async def _pass_over(self, unread: Sequence[UUID], told: Sequence[Told]) -> None:
        """What they no longer see cannot be read by them, and must not be counted for ever."""
        shown = {one.notice_id for one in told}
        if hidden := [notice_id for notice_id in unread if notice_id not in shown]:
            await self._pool.execute(READ_ONE, *self._mine, self._viewer.name, hidden)

    async def _told(self, rows: Sequence[Any], words: Wording, now: datetime) -> list[Told]:
        cases = await self._cases(rows, words, now)
        return [
            Told(
                row["notice_id"], row["position"], row["congress"], row["ref"], case.title, case.said[row["position"]],
                row["event_type"], row["reminder"], row["recorded_at"], row["unread"],
            )
            for row in rows
            if (case := cases.get(row["stream_id"])) is not None and row["position"] in case.said
        ]  # fmt: skip

    async def _cases(self, rows: Sequence[Any], words: Wording, now: datetime) -> dict[str, _Case]:
        """What the person sees of each case: of a confidential one nothing here, as each look at it is recorded."""
        found: dict[str, _Case] = {}
        wanted = {row["position"] for row in rows}
        streams = await self._log.read_streams(list({row["stream_id"] for row in rows}))
        for name, stream in streams.items():
            recorded = cast("tuple[Recorded[SuggestionEvent], ...]", tuple(stream))
            state = fold(r.body for r in recorded)
            case = await facts_of(self._log, state)
            sight = sees(self._viewer, case)
            if not sight.case:
                continue
            if case.confidential:
                kept = words.text(
                    "Something was recorded in this case, which is confidential. Open it to read."
                )
                found[name] = _Case(None, {r.position: kept for r in recorded})
                continue
            file = veiled(CaseFile(state, recorded, now), sight, case)
            said = {r.position: words.event_sentence(r) for r in file.recorded if r.position in wanted}
            found[name] = _Case(file.case.title, said)
        return found
