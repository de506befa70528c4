"""Keeping accounts: each change is made in the database and recorded in the log, by whom it was made."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import uuid4

import asyncpg

from domain.access import AccountChange, AccountChanged, access_stream
from domain.base import Event, Refusal
from domain.congress import NATIONAL
from duban.access.viewer import Role
from duban.accounts.model import SCOPES, Account
from duban.accounts.secrets import API_PREFIX, digest, new_seed, new_token, password_hash, step_of
from duban.commands import new_events
from duban.event_log.model import Append, Appended, StreamWrite

LONGEST_TOKEN: Final = timedelta(days=366)

_ONE = "select * from account where name = $1"
_ALL = "select * from account order by name"
_ADD = """
    insert into account (name, password_hash, issuer, subject, roles, congress, unit, committee, deputy, delegation,
        fields, demo)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing returning name
"""
_SET = """
    update account set roles = $2, congress = $3, unit = $4, committee = $5, deputy = $6, delegation = $7, fields = $8
    where name = $1
"""
_SIGN_OUT = "delete from web_session where account = $1"
_REVOKE_ALL = "update api_token set revoked_at = $2 where account = $1 and revoked_at is null"
_FORGIVE = "delete from sign_in_failure where name = $1"
_ISSUE = """
    insert into api_token (token_id, token_hash, account, title, scopes, created_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7)
"""
_REVOKE = "update api_token set revoked_at = $3 where account = $1 and token_id = $2 and revoked_at is null returning 1"
_TOKENS = """
    select token_id, title, scopes, created_at, expires_at, used_at, revoked_at from api_token
    where account = $1 order by created_at desc
"""


class NoSuchAccount(Refusal):
    """There is no account {name}.

    `duban user list` shows those there are.
    """


class AccountExists(Refusal):
    """There is an account {name} already.

    Take another name, or change it with `duban user role {name}`.
    """


class NotAScope(Refusal):
    """A token has scopes of {scopes}, and lasts 1 to {days} days.

    Say what it is for and no more.
    """


class NoSuchToken(Refusal):
    """{name} has no token {token} in force.

    `duban user list --json` shows the accounts.
    """


class CodeRefused(Refusal):
    """This code of the second factor does not hold now.

    Take the one that the authenticator shows at this moment.
    """


class Log(Protocol):
    """Where changes are recorded."""

    async def append(self, append: Append) -> Appended: ...


class Accounts:
    """The accounts of an installation."""

    def __init__(self, pool: "asyncpg.Pool[Any]", log: Log, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._log = log
        self._now = now

    async def all(self) -> list[Account]:
        return [Account.of(row) for row in await self._pool.fetch(_ALL)]

    async def one(self, name: str) -> Account:
        row = await self._pool.fetchrow(_ONE, name)
        if row is None:
            raise NoSuchAccount(name=name[:80])
        return Account.of(row)

    async def add(
        self, account: Account, password: str | None, by: str, issued: tuple[str, str] | None = None
    ) -> None:
        """A new account, with a password or as the OpenID provider's person. Refuses a name that is taken."""
        checked, (issuer, subject) = account.checked(), issued or (None, None)
        kept = password_hash(password) if password is not None else None
        added = await self._pool.fetchval(
            _ADD, checked.name, kept, issuer, subject, sorted(checked.roles), checked.congress, checked.unit,
            checked.committee, checked.deputy, checked.delegation, sorted(checked.fields), checked.demo,
        )  # fmt: skip
        if added is None:
            raise AccountExists(name=account.name)
        await self.record(checked, AccountChange.ADDED, ", ".join(sorted(checked.roles)), by)

    async def set_roles(self, name: str, roles: frozenset[Role], by: str, **belongs: Any) -> Account:
        """Other roles; whoever is signed in has to sign in again, and tokens end."""
        return await self.become((await self.one(name)).with_roles(roles, belongs), by)

    async def become(self, account: Account, by: str) -> Account:
        """The account as given: its roles, and what it belongs to."""
        await self._set(account)
        await self.record(account, AccountChange.ROLES, ", ".join(sorted(account.roles)), by)
        return account

    async def _set(self, account: Account) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                _SET, account.name, sorted(account.roles), account.congress, account.unit, account.committee,
                account.deputy, account.delegation, sorted(account.fields),
            )  # fmt: skip
            await connection.execute(_SIGN_OUT, account.name)
            await connection.execute(_REVOKE_ALL, account.name, self._now())

    async def set_password(self, name: str, password: str, by: str) -> None:
        """Another password; every session of the account ends."""
        account, kept = await self.one(name), password_hash(password)
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("update account set password_hash = $2 where name = $1", name, kept)
            await connection.execute(_SIGN_OUT, name)
            await connection.execute(_FORGIVE, name)
        await self.record(account, AccountChange.PASSWORD, None, by)

    async def lock(self, name: str, by: str) -> None:
        """Nobody signs in with the account any more, and its sessions and tokens end."""
        account = await self.one(name)
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("update account set locked = true where name = $1", name)
            await connection.execute(_SIGN_OUT, name)
            await connection.execute(_REVOKE_ALL, name, self._now())
        await self.record(account, AccountChange.LOCKED, None, by)

    async def unlock(self, name: str, by: str) -> None:
        account = await self.one(name)
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("update account set locked = false where name = $1", name)
            await connection.execute(_FORGIVE, name)
        await self.record(account, AccountChange.UNLOCKED, None, by)

    async def begin_second_factor(self, name: str) -> str:
        """A new seed, which holds from the first code that is confirmed."""
        await self.one(name)
        seed = new_seed()
        await self._pool.execute(
            "update account set totp_seed = $2, totp_confirmed = false where name = $1", name, seed
        )
        return seed

    async def confirm_second_factor(self, name: str, code: str, by: str) -> None:
        """The account asks for a code from now on. Refuses a code that does not hold."""
        account = await self.one(name)
        seed = await self._pool.fetchval("select totp_seed from account where name = $1", name)
        step = step_of(seed, code, self._now().timestamp()) if seed else None
        if step is None:
            raise CodeRefused
        await self._pool.execute(
            "update account set totp_confirmed = true, totp_step = $2 where name = $1", name, step
        )
        await self.record(account, AccountChange.SECOND_FACTOR, "on", by)

    async def drop_second_factor(self, name: str, by: str) -> None:
        account = await self.one(name)
        await self._pool.execute(
            "update account set totp_seed = null, totp_confirmed = false where name = $1", name
        )
        await self.record(account, AccountChange.SECOND_FACTOR, "off", by)

    async def issue_token(self, name: str, title: str, scopes: frozenset[str], days: int, by: str) -> str:
        """A personal token; this is the only time that it is seen."""
        account, now = await self.one(name), self._now()
        lasts = timedelta(days=min(days, 10_000))
        if not scopes or not scopes <= set(SCOPES) or not timedelta(0) < lasts <= LONGEST_TOKEN:
            raise NotAScope(scopes=", ".join(SCOPES), days=LONGEST_TOKEN.days)
        token, token_id = new_token(API_PREFIX), uuid4().hex[:12]
        title = " ".join(title.split())[:80] or "token"
        await self._pool.execute(
            _ISSUE, token_id, digest(token), name, title, sorted(scopes), now, now + lasts
        )
        await self.record(account, AccountChange.TOKEN_ISSUED, f"{token_id}: {', '.join(sorted(scopes))}", by)
        return token

    async def revoke_token(self, name: str, token_id: str, by: str) -> None:
        account = await self.one(name)
        if await self._pool.fetchval(_REVOKE, name, token_id, self._now()) is None:
            raise NoSuchToken(name=name, token=token_id[:40])
        await self.record(account, AccountChange.TOKEN_REVOKED, token_id, by)

    async def tokens(self, name: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await self._pool.fetch(_TOKENS, name)]

    async def record(self, account: Account, change: AccountChange, detail: str | None, by: str) -> None:
        event = AccountChanged(
            account=account.name, change=change, detail=detail, by=by, occurred_at=self._now()
        )
        await append_access(self._log, account.congress or NATIONAL, event, by)


async def append_access(log: Log, congress: str, event: Event, by: str) -> None:
    """Record an event of access, each in a stream of its own."""
    command_id = uuid4()
    write = StreamWrite(access_stream(congress, str(command_id)), 0, new_events(command_id, [event]))
    await log.append(
        Append(congress=congress, actor=by, correlation_id=command_id, causation_id=None, writes=(write,))
    )
