"""Shares: links that show one case's replay to whoever holds them, never more than their maker sees at that moment."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import asyncpg

from domain.access import ReplayShared, ReplayShareRevoked
from domain.base import Refusal
from domain.references import NoSuchCase
from duban.access.permission import ensure_opens, opens, sees
from duban.access.seen_case import Log, SeenCase, case_for_acts, open_seen
from duban.access.standing import told
from duban.access.viewer import ENGINE, Role, Viewer
from duban.accounts.accounts import append_access
from duban.accounts.model import Account
from duban.accounts.secrets import digest, new_token
from duban.casefile import AsOf, NotYetRecorded, Resolver
from duban.seats import SEATS, seated

LONGEST: Final = 90  # days that a link lasts
MOST: Final = 100  # links in force that one account may have
VIEW: Final = "share-replay"
WAY: Final = "share"

_ADD = """
    insert into replay_share (share_id, token_hash, account, congress, ref, seat, created_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_IN_FORCE = """
    select count(*) from replay_share
    where account is not distinct from $1 and revoked_at is null and expires_at > $2
"""
_LIST = """
    select share_id, account, ref, seat, created_at, expires_at, revoked_at, uses, used_at from replay_share
    where ($1::text is null or account = $1) order by created_at desc limit 500
"""
_REVOKE = """
    update replay_share set revoked_at = $3
    where share_id = $2 and ($1::text is null or account = $1) and revoked_at is null returning ref, congress
"""
_HELD = """
    select s.share_id, s.account as maker, s.ref, s.seat, s.expires_at, a.*
    from replay_share s left join account a on a.name = s.account
    where s.token_hash = $1 and s.expires_at > $2 and s.revoked_at is null
"""
_USED = "update replay_share set uses = uses + 1, used_at = $2 where share_id = $1"


class NotADuration(Refusal):
    """A link lasts 1 to {longest} days.

    Say for how many.
    """


class NotShareable(Refusal):
    """{ref} is confidential, and its replay leaves by no link.

    Whoever may see it opens it with an account, so that the look is recorded under a name.
    """


class NothingToShow(Refusal):
    """From this standpoint nothing of {ref} is seen.

    Choose another standpoint, or share it after more is decided public.
    """


class TooManyShares(Refusal):
    """{most} links of this account are in force.

    Revoke those that nobody needs any more.
    """


class NoSuchShare(Refusal):
    """This link shows nothing: it never existed, has expired, was revoked, or its case is not to be seen any more.

    Ask whoever gave it to you for another one.
    """


class NoSuchSeat(Refusal):
    """“{seat}” is not a standpoint of the replay.

    Choose one of: {seats}.
    """


@dataclass(frozen=True, slots=True)
class Shared:
    """A link that was made: this is the only time that its secret is known."""

    share_id: str
    token: str
    ref: str
    seat: Role | None
    expires_at: datetime

    @property
    def path(self) -> str:
        return f"/shared/{self.token}"


@dataclass(frozen=True, slots=True)
class Opened:
    """What the holder of a link sees, and until when."""

    seen: SeenCase
    seat: Role | None
    expires_at: datetime


class Shares:
    """The links of an installation."""

    def __init__(
        self, pool: "asyncpg.Pool[Any]", log: Log, resolver: Resolver, now: Callable[[], datetime],
        *, demo: bool = False,
    ) -> None:  # fmt: skip
        self._pool = pool
        self._log = log
        self._resolver = resolver
        self._now = now
        self._demo = demo

    async def share(self, viewer: Viewer, ref: str, days: int, seat: str | None = None) -> Shared:
        """A link to a case's replay as somebody sees it, or as a role would of what they see."""
        ensure_opens(viewer, VIEW)
        if not 1 <= days <= LONGEST:
            raise NotADuration(longest=LONGEST)
        role, maker, now = _seat(seat), _maker(viewer), self._now()
        seen = await self._seen(viewer, ref, role)
        if await self._pool.fetchval(_IN_FORCE, maker, now) >= MOST:
            raise TooManyShares(most=MOST)
        case, token = seen.file.case, new_token()
        made = Shared(uuid4().hex[:12], token, case.ref, role, now + timedelta(days=days))
        await self._pool.execute(
            _ADD, made.share_id, digest(token), maker, case.congress, case.ref, role, now, made.expires_at
        )
        event = ReplayShared(
            case_id=seen.file.case.case_id, ref=case.ref, share=made.share_id, seat=role, by=viewer.name,
            expires_at=made.expires_at, occurred_at=now,
        )  # fmt: skip
        await append_access(self._log, case.congress, event, viewer.name)
        return made

    async def of(self, viewer: Viewer) -> list[dict[str, Any]]:
        """The links that somebody made, the newest first; at the machine itself, everybody's."""
        return [dict(row) for row in await self._pool.fetch(_LIST, _maker(viewer))]

    async def revoke(self, viewer: Viewer, share_id: str) -> None:
        """End a link at once. Refuses one that is not theirs, or not in force."""
        row = await self._pool.fetchrow(_REVOKE, _maker(viewer), share_id, self._now())
        if row is None:
            raise NoSuchShare
        event = ReplayShareRevoked(share=share_id, ref=row["ref"], by=viewer.name, occurred_at=self._now())
        await append_access(self._log, row["congress"], event, viewer.name)

    async def open(self, token: str) -> Opened:
        """What a link shows now: worked out anew from what its maker may see at this moment, and counted."""
        row = await self._pool.fetchrow(_HELD, digest(token), self._now())
        viewer = self._maker_of(row) if row is not None else None
        if row is None or viewer is None or not opens(viewer, VIEW):
            raise NoSuchShare
        role = _seat(row["seat"])
        try:
            seen = await self._seen(viewer, row["ref"], role)
        except (NoSuchCase, NotYetRecorded, NotShareable, NothingToShow):
            raise NoSuchShare from None
        await self._pool.execute(_USED, row["share_id"], self._now())
        return Opened(seen, role, row["expires_at"])

    def _maker_of(self, row: asyncpg.Record) -> Viewer | None:
        """As whom the case is looked at; None where the account is locked, or not let in here."""
        if row["maker"] is None:
            return ENGINE
        account = Account.of(dict(row))
        return None if account.locked or (account.demo and not self._demo) else account.viewer()

    async def _seen(self, viewer: Viewer, ref: str, role: Role | None) -> SeenCase:
        """The case as the viewer sees it, and of that what the role sees. Refuses a confidential one."""
        access = await case_for_acts(self._log, self._resolver, viewer, ref)
        if access.confidential:
            raise NotShareable(ref=ref)
        now = self._now()
        seen = await open_seen(self._log, self._resolver, viewer, ref, AsOf(None, now), WAY, now)
        if not seen.sight.whole:  # what is public needs no link
            raise NothingToShow(ref=ref)
        if role is None:
            return seen
        sight = sees(seated(role, seen.file.case, seen.case), seen.case)
        file = told(seen.file, sight, seen.case) if sight.case else None
        if file is None or not file.recorded:
            raise NothingToShow(ref=ref)
        return replace(seen, file=file, sight=replace(sight, identity=sight.identity and seen.sight.identity))


def _maker(viewer: Viewer) -> str | None:
    return None if viewer is ENGINE else viewer.name


def _seat(text: str | None) -> Role | None:
    if not text:
        return None
    if text not in [seat.value for seat in SEATS]:
        raise NoSuchSeat(seat=text[:40], seats=", ".join(SEATS))
    return Role(text)
