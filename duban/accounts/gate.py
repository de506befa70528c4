"""The gate: everything that signing in needs, put together once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from duban.accounts.accounts import Accounts, Log
from duban.accounts.oidc import OidcSettings, OpenId
from duban.accounts.sessions import Sessions
from duban.settings import Settings

if TYPE_CHECKING:
    import asyncpg


@dataclass(frozen=True, slots=True)
class GateSettings:
    """What an installation says of its gate."""

    origin: str | None = None  # people come by https to this origin, through a proxy
    rate: str = "1200/minute"
    demo: bool = False  # its accounts may sign in, and are listed at the sign-in
    oidc: OidcSettings | None = None

    @classmethod
    def of(cls, settings: Settings, *, demo: bool = False) -> Self:
        return cls(settings.web_origin, settings.web_rate, demo, _oidc(settings))


@dataclass(frozen=True, slots=True)
class Gate:
    """Who is who, and who may be let in."""

    settings: GateSettings
    accounts: Accounts
    sessions: Sessions
    provider: OpenId | None

    @classmethod
    def over(
        cls, pool: "asyncpg.Pool[Any]", log: Log, now: Callable[[], datetime], settings: GateSettings
    ) -> Self:
        accounts = Accounts(pool, log, now)
        provider = OpenId(settings.oidc, pool, accounts, now) if settings.oidc else None
        return cls(settings, accounts, Sessions(pool, now, demo=settings.demo), provider)


def _oidc(settings: Settings) -> OidcSettings | None:
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    pairs = [pair.partition("=") for pair in settings.oidc_roles.split(",") if pair.strip()]
    return OidcSettings(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        claim=settings.oidc_claim,
        roles=tuple((theirs.strip(), ours.strip()) for theirs, _, ours in pairs),
    )
