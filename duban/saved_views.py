"""Saved views: the questions to the board that somebody keeps under a name, and shares with their colleagues."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from domain.base import Refusal
from domain.vocabulary import CONTROL_CHARACTERS
from duban.access.viewer import OVERSEERS

if TYPE_CHECKING:
    import asyncpg

MOST: Final = 50  # views of one account
LONGEST_NAME: Final = 60  # characters

_OF = """
    select v.view_id, v.name, v.query, v.shared, v.account = $1 as own, v.account
    from saved_view v join account a on a.name = v.account, account me
    where me.name = $1 and (v.account = $1 or v.shared and a.congress is not distinct from me.congress and (
        a.unit = me.unit or a.committee = me.committee or a.delegation = me.delegation
        or exists (select from unnest(a.roles) r where r = any(me.roles) and r = any($2))))
    order by v.account <> $1, lower(v.name), v.account
"""
_SAVE = """
    insert into saved_view (view_id, account, name, query, shared) values ($1, $2, $3, $4, $5)
    on conflict (account, name) do update set query = excluded.query, shared = excluded.shared
"""
_RENAME = "update saved_view set name = $3 where view_id = $1 and account = $2"
_TAKEN = "select exists (select from saved_view where account = $1 and name = $2 and view_id <> $3)"
_REMOVE = "delete from saved_view where view_id = $1 and account = $2"
_NUMBER = "select count(*) from saved_view where account = $1 and name <> $2"


class NotAName(Refusal):
    """A view cannot be saved under this name.

    Write one line of at most {most} characters.
    """


class NameTaken(Refusal):
    """Another view of yours is called “{name}” already.

    Choose another name, or remove that view first.
    """


class TooManyViews(Refusal):
    """You keep {most} views already, and more are not kept.

    Remove one that you no longer open.
    """


class NoSuchView(Refusal):
    """There is no such view of yours.

    The board lists those that you saved.
    """


@dataclass(frozen=True, slots=True)
class SavedView:
    """A question to the board under its name; `own` or a colleague's."""

    view_id: UUID
    name: str
    query: str
    shared: bool
    own: bool
    account: str


class SavedViews:
    """The views of accounts. Colleagues are those of the same unit, committee, delegation or office."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def of(self, account: str) -> list[SavedView]:
        """One's own by name, then those that colleagues share."""
        rows = await self._pool.fetch(_OF, account, sorted(OVERSEERS))
        return [SavedView(**row) for row in rows]

    async def save(self, account: str, name: str, query: str, *, shared: bool) -> None:
        """Keep a question; the same name again keeps the new one."""
        named = _name(name)
        if await self._pool.fetchval(_NUMBER, account, named) >= MOST:
            raise TooManyViews(most=MOST)
        await self._pool.execute(_SAVE, uuid4(), account, named, query, shared)

    async def rename(self, account: str, view_id: str, name: str) -> None:
        named, known = _name(name), _id(view_id)
        if await self._pool.fetchval(_TAKEN, account, named, known):
            raise NameTaken(name=named)
        if await self._pool.execute(_RENAME, known, account, named) == "UPDATE 0":
            raise NoSuchView

    async def remove(self, account: str, view_id: str) -> None:
        """Forget a view; again, it changes nothing."""
        await self._pool.execute(_REMOVE, _id(view_id), account)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or CONTROL_CHARACTERS.search(text):
        raise NotAName(most=LONGEST_NAME)
    return name


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NoSuchView from None
