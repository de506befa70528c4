"""The mail of a season: everybody has an address, the site's server refuses now and then, and nobody waits for long."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from email.message import EmailMessage
from typing import Any

import asyncpg

from duban.notices.contacts import Contacts
from duban.notices.rules import Party, Recipient
from duban.wording.wording import wording
from tests.domain.any_command import DEPUTY, PLACES, UNITS
from tests.faults.hurry import hurried
from tests.notices.mailbox import TAKEN, Mailbox, text_of

KEY = "Duban-Delivery"
REFUSED_EACH = 7  # of the mails, one in so many is put off
VEIL = "Something was recorded in this case, which is confidential. Sign in to read it."
VEILS = {wording(lang).text(VEIL) for lang in ("zh", "en")}
COMMITTEE = "农业与农村委员会"
# What gathers leaves now, and what was put off is tried again now: nobody has a quarter of an hour here. What may
# be on its way, and tomorrow's digest, are left alone until all is over ($1).
GATHERED = """
    update notice_delivery set try_at = clock_timestamp()
    where delivered_at is null and given_up_at is null and try_at > clock_timestamp() and (
        $1 or (sealed_at is null or cause is not null)
            and (day is null or day = (clock_timestamp() at time zone 'Asia/Shanghai')::date)
    )
"""
WAITING = """
    select (select count(*) from notice_delivery where delivered_at is null and given_up_at is null)
        + (select count(*) from notice n join contact c using (congress, audience, who)
            where n.delivery is null and n.recorded_at > c.set_at)
"""
TOLD = """
    select n.notice_id, n.delivery, d.delivered_at, d.given_up_at, c.email
    from notice n join contact c using (congress, audience, who) left join notice_delivery d on d.delivery = n.delivery
    where n.recorded_at > c.set_at
"""


def puts_off(before: int) -> str:
    """What the site's server answers to each mail."""
    return "451 try later" if before % REFUSED_EACH == REFUSED_EACH - 1 else TAKEN


async def give_addresses(pool: "asyncpg.Pool[Any]") -> None:
    """Everybody who is told anything can be written to."""
    contacts, number = Contacts(pool), 0
    for place in PLACES:
        congress = "npc" if place == PLACES[0] else place
        for to in _everybody(congress):
            number += 1
            await contacts.put(congress, to, f"recipient-{number}@example.org", "zh" if number % 2 else "en")


def _everybody(congress: str) -> Iterator[Recipient]:
    yield from (Recipient(Party.UNIT, unit) for unit in UNITS)
    yield from (Recipient(Party.DEPUTY, deputy) for deputy in (DEPUTY, "马代表"))
    yield Recipient(Party.COMMISSION, congress)
    yield Recipient(Party.CHAIRPERSONS, congress)
    yield Recipient(Party.COMMITTEE, COMMITTEE)


@dataclass(slots=True)
class Mail:
    """What arrived, and the hurry that what waits is put in."""

    box: Mailbox
    pool: "asyncpg.Pool[Any]"

    async def hurry(self) -> None:
        """For ever."""
        await hurried(self.pool, GATHERED, False)

    async def nothing_waits(self) -> bool:
        """Whether all is told; if not, hurries everything, also what was on its way when its sender was killed."""
        waiting: int = await self.pool.fetchval(WAITING)
        if waiting:
            await self.pool.execute(GATHERED, True)
        return not waiting

    @property
    def repeated(self) -> int:
        return len(self.box.taken) - len({mail[KEY] for mail in self.box.taken})

    async def broken(self) -> list[str]:
        """Every notice has reached its recipient or was given up; what came twice came under one key, unchanged."""
        arrived: dict[str, dict[str, None]] = {}
        for mail in self.box.tried:
            if tells(mail):
                said = f"{mail['Message-ID']} {mail['To']} {text_of(mail)}"
                arrived.setdefault(mail[KEY], {})[said] = None
        broken = [f"mail {key} came with different contents: {_difference(*said)}"
                  for key, said in arrived.items() if len(said) > 1]  # fmt: skip
        taken = {mail[KEY] for mail in self.box.taken}
        known: set[str] = set()
        for row in await self.pool.fetch(TOLD):
            known.add(str(row["delivery"]))
            if row["given_up_at"] is None and str(row["delivery"]) not in taken:
                broken.append(f"notice {row['notice_id']} was not mailed, its delivery is {row['delivery']}")
        return broken + [f"mail {key} tells no notice" for key in taken - known]


def tells(mail: EmailMessage) -> bool:
    """Whether nothing of it is kept back: what has become confidential is not told again in the same words."""
    said = text_of(mail)
    return not any(veil in said for veil in VEILS)


def _difference(first: str, again: str, *_: str) -> list[str]:
    """The lines that are not the same."""
    lines = unified_diff(first.splitlines(), again.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]
