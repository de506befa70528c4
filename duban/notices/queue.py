"""The queue of mails: which are to be opened, which are due, what each tells, and how each ended."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID, uuid5

import asyncpg

from domain.delivery import Channel, DeliveryFailed, delivery_stream
from duban.commands import new_events
from duban.event_log.model import Append, StreamWrite
from duban.event_log.store import send
from duban.notices.backoff import Backoff

ACTOR: Final = "duban"

# What nobody has been written to about opens a mail: one digest a day for reminders, one letter now and then
# for the rest. Whatever comes before it leaves goes with it.
OPEN = """
    insert into notice_delivery (delivery, congress, audience, who, day, try_at)
    select w.notice_id, w.congress, w.audience, w.who,
        case when w.reminder then today.day + left_today::integer end,
        case
            when not w.reminder then greatest(clock_timestamp() + $1, coalesce(mailed_at + $2, '-infinity'))
            when left_today then (today.day + 1 + time '08:00') at time zone 'Asia/Shanghai'
            else clock_timestamp() + $3
        end
    from contact c
    cross join lateral (
        select distinct on (n.reminder) n.* from notice n
        where (n.congress, n.audience, n.who) = (c.congress, c.audience, c.who)
            and n.delivery is null and n.recorded_at > c.set_at
            and not exists (
                select from notice_delivery d
                where (d.congress, d.audience, d.who) = (c.congress, c.audience, c.who)
                    and (d.day is not null) = n.reminder and d.sealed_at is null
            )
        order by n.reminder, n.position
    ) w
    cross join (select (clock_timestamp() at time zone 'Asia/Shanghai')::date as day) today
    cross join lateral (
        select max(d.sealed_at) filter (where d.day is null) as mailed_at,
            coalesce(bool_or(d.day >= today.day and d.sealed_at is not null), false) as left_today
        from notice_delivery d where (d.congress, d.audience, d.who) = (w.congress, w.audience, w.who)
    ) before
    on conflict do nothing
"""
DUE = """
    select delivery from notice_delivery
    where delivered_at is null and given_up_at is null and try_at <= clock_timestamp() order by try_at limit $1
"""
CLAIM = """
    select d.*, c.email, c.lang, c.set_at from notice_delivery d left join contact c using (congress, audience, who)
    where d.delivery = $1 and d.delivered_at is null and d.given_up_at is null and d.try_at <= clock_timestamp()
    for update of d skip locked
"""
GATHER = """
    update notice set delivery = $1
    where delivery is null and (congress, audience, who, reminder) = ($2, $3, $4, $5) and recorded_at > $6
"""
TELLS = "select * from notice where delivery = $1 order by position"
SEAL = """
    update notice_delivery
    set sealed_at = coalesce(sealed_at, clock_timestamp()), tries = tries + 1, try_at = clock_timestamp() + $2
    where delivery = $1 returning sealed_at
"""
EMPTY = "delete from notice_delivery where delivery = $1"
DELIVERED = """
    update notice_delivery set delivered_at = clock_timestamp(), cause = null, server_answered = $2
    where delivery = $1
"""
FAILED = "update notice_delivery set cause = $2 where delivery = $1"
GIVEN_UP = """
    update notice_delivery set given_up_at = clock_timestamp(), cause = $2, rounds = rounds + 1
    where delivery = $1 and given_up_at is null returning given_up_at, rounds
"""
TALLY = """
    insert into delivery_tally values ($1, $2, 1)
    on conflict (channel, outcome) do update set total = delivery_tally.total + 1
"""


@dataclass(frozen=True, slots=True)
class Gathering:
    """For how long what concerns one recipient gathers into one mail."""

    first: timedelta = timedelta(seconds=20)  # as the events of one act come one by one
    between: timedelta = timedelta(minutes=10)  # two mails to one recipient, so that a conference sends a few
    digest: timedelta = timedelta(minutes=15)  # as thousands of cases come due at one moment


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail on its way: its key, for whom, and the notices that it tells."""

    delivery: UUID
    congress: str
    audience: str
    who: str
    email: str
    lang: str
    day: date | None  # of a digest
    sealed_at: datetime
    tries: int  # this one included
    notices: tuple["asyncpg.Record", ...]

    @property
    def to(self) -> str:
        return f"{self.audience}:{self.who}"


class Queue:
    """The mails that wait, in the database: what is decided here is committed before and after each try."""

    def __init__(
        self, pool: "asyncpg.Pool[Any]", backoff: Backoff | None = None, gathering: Gathering | None = None
    ) -> None:
        self._pool = pool
        self._backoff = backoff or Backoff()
        self._gathering = gathering or Gathering()

    async def open(self) -> None:
        """Open a mail for whatever has none yet; again, it changes nothing."""
        found = self._gathering
        await self._pool.execute(OPEN, found.first, found.between, found.digest)

    async def due(self, limit: int) -> list[UUID]:
        """Mails to be tried now, those that wait longest first."""
        return [row["delivery"] for row in await self._pool.fetch(DUE, limit)]

    async def claim(self, delivery: UUID) -> Mail | None:
        """Fix what a mail tells and when it is tried again if nothing more is heard of this try; then it is ours.

        None where there is nothing to send: another has it, nobody is left to write to, or it tells nothing.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(CLAIM, delivery)
            if row is None:
                return None
            if row["email"] is None and row["sealed_at"] is not None:
                await self._give_up(connection, row, row["tries"], "no address")
                return None
            if row["email"] is None:
                await connection.execute(EMPTY, delivery)
                return None
            to = row["congress"], row["audience"], row["who"]
            if row["sealed_at"] is None:
                await connection.execute(GATHER, delivery, *to, row["day"] is not None, row["set_at"])
            notices = await connection.fetch(TELLS, delivery)
            if not notices:
                await connection.execute(EMPTY, delivery)
                return None
            tries = row["tries"] + 1
            sealed = await connection.fetchval(SEAL, delivery, self._backoff.after(tries))
            return Mail(delivery, *to, row["email"], row["lang"], row["day"], sealed, tries, tuple(notices))

    async def delivered(self, mail: Mail, said: str) -> None:
        """The server has taken it."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(DELIVERED, mail.delivery, said)
            await connection.execute(TALLY, Channel.MAIL.value, "delivered")

    async def failed(self, mail: Mail, cause: str, code: str) -> bool:
        """This try failed; whether it was the last, which the log then says."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(FAILED, mail.delivery, cause)
            await connection.execute(TALLY, Channel.MAIL.value, "failed")
            if not self._backoff.is_over(mail.tries):
                return False
            row = await connection.fetchrow(
                "select * from notice_delivery where delivery = $1", mail.delivery
            )
            await self._give_up(connection, cast(asyncpg.Record, row), mail.tries, code, cause)
            return True

    async def _give_up(
        self, connection: Any, row: "asyncpg.Record", tries: int, code: str, cause: str | None = None
    ) -> None:
        """Row and event in one commit: what a server says stays out of the log, it may hold an address."""
        delivery, congress = row["delivery"], row["congress"]
        ended = await connection.fetchrow(GIVEN_UP, delivery, cause or code)
        if ended is None:
            return
        await connection.execute(TALLY, Channel.MAIL.value, "given up")
        positions = [n["position"] for n in await connection.fetch(TELLS, delivery)]
        event = DeliveryFailed(
            channel=Channel.MAIL, delivery=str(delivery), to=f"{row['audience']}:{row['who']}",
            positions=tuple(positions), tries=tries, cause=code, occurred_at=ended["given_up_at"],
        )  # fmt: skip
        await record(connection, congress, f"{delivery}/{ended['rounds']}", event)


async def record(connection: Any, congress: str, delivery: str, event: DeliveryFailed) -> None:
    """Put a failed delivery into the log, in the transaction of the connection; again, it changes nothing."""
    stream = delivery_stream(congress, delivery)
    command_id = uuid5(UUID(int=0), stream)
    write = StreamWrite(stream, 0, new_events(command_id, [event]))
    await send(connection, [Append(congress, ACTOR, command_id, None, (write,))], careful=True)
