"""What operators look at: how far each reader is behind the log, since when, and how the parts are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from duban.notices import notifier
from duban.notices.standing import MailFigures, WebhookFigures, mail_figures, tallies, webhook_figures

LOG = "select coalesce(max(position), 0) as head, clock_timestamp() as now from event_log"
RECORDED = "select recorded_at from event_log where position = $1"
# the relay's own question; its module loads the Temporal SDK, which the web does without
CURSOR = "select position from relay_cursor where name = 'cases'"
STANDING = """
    select projection, version, position, status, stopped_position, cause, stopped_at, moved_at
    from projection_checkpoint c
    where (projection, version) in (select * from unnest($1::text[], $2::integer[])) order by 1
"""
CASES = """
    select count(*) filter (where stage not in ('concluded', 'ended')) as open,
        count(*) filter (where next_due < clock_timestamp()) as overdue
    from {board} where to_position is null
"""
SIZE = "select pg_database_size(current_database())"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who follows the log, how far it is, and since when something waits for it."""

    name: str
    position: int
    waiting_since: datetime | None  # when the first event that it has not taken was recorded
    status: str = "running"
    cause: str | None = None
    stopped_at: datetime | None = None
    stopped_position: int | None = None


@dataclass(frozen=True, slots=True)
class NoticeFigures:
    """How far notices are written, and how their delivery stands."""

    notifier: Reader
    mails: MailFigures
    webhooks: tuple[WebhookFigures, ...]
    tallies: Mapping[tuple[str, str], int]  # by channel and outcome


@dataclass(frozen=True, slots=True)
class Figures:
    """The engine at one moment."""

    now: datetime  # by the database's clock
    head: int
    relay: Reader
    projections: tuple[Reader, ...]
    open_cases: int
    overdue_cases: int
    database_bytes: int
    notices: NoticeFigures | None = None


async def figures(pool: "asyncpg.Pool[Any]", known: Sequence[tuple[str, int]], board: str) -> Figures:
    """Read them; `known` are the names and versions of the projections in use, `board` the table of the board."""
    async with pool.acquire() as connection:
        log = await connection.fetchrow(LOG)
        assert log is not None  # an aggregate has a row
        cursor = await connection.fetchval(CURSOR)
        noticed = await connection.fetchval(notifier.READ_CURSOR)
        names, versions = [name for name, _ in known], [version for _, version in known]
        standing = await connection.fetch(STANDING, names, versions)
        cases = await connection.fetchrow(CASES.format(board=board))
        assert cases is not None

        async def since(position: int) -> datetime | None:
            found: datetime | None = await connection.fetchval(RECORDED, position + 1)
            return found

        return Figures(
            now=log["now"],
            head=log["head"],
            relay=Reader("relay", cursor, await since(cursor)),
            projections=tuple(
                [
                    Reader(
                        row["projection"], row["position"], await since(row["position"]), row["status"],
                        row["cause"], row["stopped_at"], row["stopped_position"],
                    )
                    for row in standing
                ]
            ),
            open_cases=cases["open"],
            overdue_cases=cases["overdue"],
            database_bytes=await connection.fetchval(SIZE),
            notices=NoticeFigures(
                Reader("notifier", noticed, await since(noticed)),
                await mail_figures(connection),
                await webhook_figures(connection),
                await tallies(connection),
            ),
        )  # fmt: skip
