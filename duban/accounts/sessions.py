"""Signing in and being known: sessions on the server, tokens for programs, and what failed attempts cost."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from domain.base import Refusal
from duban.access.viewer import Viewer
from duban.accounts.model import Account
from duban.accounts.secrets import digest, new_token, password_holds, step_of

IDLE: Final = timedelta(hours=2)  # a session that nobody uses ends
LONGEST: Final = timedelta(hours=12)  # a working day; then sign in again
SEEN_EVERY: Final = timedelta(minutes=1)  # how exactly the last use is kept
FREE_FAILURES: Final = 5  # attempts before a name has to wait
FIRST_WAIT: Final = timedelta(minutes=1)  # doubled by each further failure
LONGEST_WAIT: Final = timedelta(hours=1)
FORGOTTEN: Final = timedelta(days=1)  # after which failures do not count any more

_ACCOUNT = "select * from account where name = $1"
_FAILURES = "select failures, last_at from sign_in_failure where name = $1"
_FAILED = """
    insert into sign_in_failure values ($1, 1, $2) on conflict (name) do update
    set failures = case when sign_in_failure.last_at < $3 then 1 else sign_in_failure.failures + 1 end, last_at = $2
"""
_FORGIVE = "delete from sign_in_failure where name = $1 or last_at < $2"
_OPEN = "insert into web_session values ($1, $2, $3, $3, $4)"
_KNOWN = """
    select a.*, s.seen_at from web_session s join account a on a.name = s.account
    where s.token_hash = $1 and s.expires_at > $2 and s.seen_at > $3 and not a.locked
"""
_TAKEN = "update account set totp_step = $2 where name = $1 and totp_step < $2 returning 1"
_TOKEN = """
    select a.*, t.scopes, t.token_id from api_token t join account a on a.name = t.account
    where t.token_hash = $1 and t.expires_at > $2 and t.revoked_at is null and not a.locked
"""


class SignInRefused(Refusal):
    """That name, password or code is not right, or the account is locked.

    Check them; whoever keeps the accounts can set another password with `duban user password`.
    """


class TooManyAttempts(Refusal):
    """Too many failed attempts; the next one is taken in {minutes} minutes.

    Wait, or ask whoever keeps the accounts to unlock it.
    """


class NotKnown(Refusal):
    """This token is unknown, has expired or was revoked.

    Issue another one on the account page, or with `duban user token`.
    """


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody with a session: the secret of the cookie, and who they are."""

    token: str
    account: Account


class Sessions:
    """Who is who, by cookie or token."""

    def __init__(self, pool: "asyncpg.Pool[Any]", now: Callable[[], datetime], *, demo: bool = False) -> None:
        self._pool = pool
        self._now = now
        self._demo = demo

    async def sign_in(self, name: str, password: str, code: str = "") -> SignedIn:
        """A new session. Refuses alike what is wrong, so that nobody learns which accounts there are."""
        await self._ensure_may_try(name)
        row = await self._pool.fetchrow(_ACCOUNT, name)
        holds = await asyncio.to_thread(password_holds, row["password_hash"] if row else None, password)
        if row is None or not holds or row["locked"] or (row["demo"] and not self._demo):
            await self._failed(name)
            raise SignInRefused
        if row["totp_confirmed"] and not await self._code_taken(row, code):
            await self._failed(name)
            raise SignInRefused
        return await self.open(Account.of(row))

    async def open(self, account: Account) -> SignedIn:
        """A session under a secret that did not exist before: whatever cookie there was is worth nothing."""
        token, now = new_token(), self._now()
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("delete from web_session where expires_at < $1", now)
            await connection.execute(_FORGIVE, account.name, now - FORGOTTEN)
            await connection.execute(_OPEN, digest(token), account.name, now, now + LONGEST)
            await connection.execute(
                "update account set signed_in_at = $2 where name = $1", account.name, now
            )
        return SignedIn(token, account)

    async def known(self, token: str) -> Account | None:
        """Whose session it is; None where it has ended."""
        now, kept = self._now(), digest(token)
        row = await self._pool.fetchrow(_KNOWN, kept, now, now - IDLE)
        if row is None or (row["demo"] and not self._demo):
            return None
        if now - row["seen_at"] > SEEN_EVERY:
            await self._pool.execute("update web_session set seen_at = $2 where token_hash = $1", kept, now)
        return Account.of(row)

    async def sign_out(self, token: str) -> None:
        await self._pool.execute("delete from web_session where token_hash = $1", digest(token))

    async def of_token(self, token: str) -> Viewer:
        """As whom a program asks. Refuses a token that is not in force."""
        now = self._now()
        row = await self._pool.fetchrow(_TOKEN, digest(token), now)
        if row is None or (row["demo"] and not self._demo):
            raise NotKnown
        await self._pool.execute(
            "update api_token set used_at = $2 where token_id = $1", row["token_id"], now
        )
        return Account.of(row).viewer(frozenset(row["scopes"]))

    async def _ensure_may_try(self, name: str) -> None:
        row = await self._pool.fetchrow(_FAILURES, name)
        if row is None or row["failures"] < FREE_FAILURES:
            return
        wait = min(FIRST_WAIT * 2 ** min(row["failures"] - FREE_FAILURES, 10), LONGEST_WAIT)
        left = row["last_at"] + wait - self._now()
        if left > timedelta(0):
            raise TooManyAttempts(minutes=int(left.total_seconds() // 60) + 1)

    async def _failed(self, name: str) -> None:
        now = self._now()
        await self._pool.execute(_FAILED, name[:200], now, now - FORGOTTEN)

    async def _code_taken(self, row: asyncpg.Record, code: str) -> bool:
        """Whether the code of the second factor holds, and was not used before."""
        step = step_of(row["totp_seed"], code, self._now().timestamp())
        return step is not None and await self._pool.fetchval(_TAKEN, row["name"], step) is not None
