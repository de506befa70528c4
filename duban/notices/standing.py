"""How delivery stands: what waits, what fails, what was given up, and what can be tried once more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from domain.base import Refusal
from domain.delivery import Channel

OUTCOMES: Final = ("delivered", "failed", "given up")
MOST: Final = 200  # lines of a list
TOLD_FOR: Final = timedelta(days=7)  # for which a mail that was given up is worth a word of the doctor's

MAILS = """
    select count(*) as waiting,
        count(*) filter (where w.tries > 0) as failing,
        min(w.sealed_at) filter (where w.tries > 0) as failing_since,
        min(w.try_at) filter (where w.try_at < clock_timestamp()) as untaken_since,
        (select count(*) from notice_delivery where given_up_at > clock_timestamp() - $1::interval) as given_up,
        (select min(given_up_at) from notice_delivery where given_up_at > clock_timestamp() - $1::interval)
            as given_up_since
    from notice_delivery w where w.delivered_at is null and w.given_up_at is null
"""
WEBHOOKS = """
    select webhook::text, url, position, cause, failing_since, paused_at, given_up from webhook order by added_at
"""
TALLIES = "select channel, outcome, total from delivery_tally"
LIST = """
    select d.delivery, d.congress, d.audience, d.who, d.day, d.tries, d.try_at, d.cause, d.sealed_at, d.delivered_at,
        d.given_up_at, (
            select count(*) from notice n
            where n.delivery = d.delivery or d.sealed_at is null and n.delivery is null
                and (n.congress, n.audience, n.who, n.reminder) = (d.congress, d.audience, d.who, d.day is not null)
                and n.recorded_at > (
                    select set_at from contact c where (c.congress, c.audience, c.who) = (d.congress, d.audience, d.who)
                )
        ) as notices
    from notice_delivery d where {which} order by coalesce(d.given_up_at, d.try_at) desc limit $1
"""
WHICH: Final = {
    "waiting": "d.delivered_at is null and d.given_up_at is null",
    "given-up": "d.given_up_at is not null",
    "delivered": "d.delivered_at is not null",
}
RETRY = """
    update notice_delivery set given_up_at = null, tries = 0, cause = null, try_at = clock_timestamp()
    where given_up_at is not null and ($1::uuid is null or delivery = $1)
"""


class NothingGivenUp(Refusal):
    """No mail that was given up is {delivery}.

    `duban notices mails --given-up` lists them with their keys.
    """


@dataclass(frozen=True, slots=True)
class MailFigures:
    """The mails at one moment."""

    waiting: int = 0
    failing: int = 0
    failing_since: datetime | None = None
    untaken_since: datetime | None = None  # when the first one was due that nobody has tried yet
    given_up: int = 0  # within the last days
    given_up_since: datetime | None = None


async def mail_figures(connection: Any) -> MailFigures:
    row = await connection.fetchrow(MAILS, TOLD_FOR)
    return MailFigures(
        row["waiting"], row["failing"], row["failing_since"], row["untaken_since"], row["given_up"],
        row["given_up_since"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class WebhookFigures:
    """One webhook at one moment."""

    webhook: str
    url: str
    position: int
    cause: str | None
    failing_since: datetime | None
    paused_at: datetime | None
    given_up: bool


async def webhook_figures(connection: Any) -> tuple[WebhookFigures, ...]:
    return tuple([WebhookFigures(*row) for row in await connection.fetch(WEBHOOKS)])


async def tallies(connection: Any) -> Mapping[tuple[str, str], int]:
    """How often each channel came to each outcome, those that never happened included."""
    found = {(row["channel"], row["outcome"]): row["total"] for row in await connection.fetch(TALLIES)}
    return {(c.value, o): found.get((c.value, o), 0) for c in Channel for o in OUTCOMES}


async def mails(pool: "asyncpg.Pool[Any]", which: str) -> list[dict[str, Any]]:
    """Mails that wait, were given up or were delivered; nobody's address is among it."""
    return [dict(row) for row in await pool.fetch(LIST.format(which=WHICH[which]), MOST)]


async def retry(pool: "asyncpg.Pool[Any]", delivery: Any = None) -> int:
    """Try mails that were given up once more, under the same key; how many they are."""
    done: str = await pool.execute(RETRY, delivery)
    number = int(done.rpartition(" ")[2])
    if delivery is not None and not number:
        raise NothingGivenUp(delivery=str(delivery))
    return number
