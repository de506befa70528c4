"""Contacts: where the recipients of notices are reached."""

from email.errors import MessageError
from email.headerregistry import Address
from typing import Any

import asyncpg

from domain.base import Refusal
from duban.notices.rules import Recipient

LANGUAGES = ("zh", "en")
PUT = """
    insert into contact (congress, audience, who, email, lang) values ($1, $2, $3, $4, $5)
    on conflict (congress, audience, who) do update set email = excluded.email, lang = excluded.lang
"""
REMOVE = "delete from contact where congress = $1 and audience = $2 and who = $3 returning 1"
ALL = "select congress, audience, who, email, lang, set_at from contact order by 1, 2, 3"


class NotAnAddress(Refusal):
    """“{email}” with the language “{lang}” is no address to write to.

    Write one address such as office@example.org, and the language zh or en.
    """


class NoAddress(Refusal):
    """No address of {to} is known in {congress}.

    `duban recipient list` shows those that are.
    """


class Contacts:
    """Everybody's address, one each."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def put(self, congress: str, to: Recipient, email: str, lang: str) -> None:
        """Set an address; a changed one keeps the day from which its owner is written to."""
        if lang not in LANGUAGES or not _is_address(email):
            raise NotAnAddress(email=email[:80], lang=lang[:10])
        await self._pool.execute(PUT, congress, to.party.value, to.who, email, lang)

    async def remove(self, congress: str, to: Recipient) -> None:
        """Forget an address. Refuses `NoAddress` where there is none."""
        if await self._pool.fetchval(REMOVE, congress, to.party.value, to.who) is None:
            raise NoAddress(to=f"{to.party.value}:{to.who}", congress=congress)

    async def all(self) -> list[dict[str, Any]]:
        return [dict(row) for row in await self._pool.fetch(ALL)]


def _is_address(text: str) -> bool:
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError):
        return False
    return bool(address.username and address.domain)
