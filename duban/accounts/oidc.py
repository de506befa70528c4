"""Signing in at an OpenID provider: authorization code with PKCE, and roles from its claims."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from domain.base import Refusal
from duban.access.viewer import Role
from duban.accounts.accounts import AccountExists, Accounts
from duban.accounts.model import Account
from duban.accounts.secrets import digest, new_token

SCOPE: Final = "openid profile email"
ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
WITHIN: Final = timedelta(minutes=10)  # that somebody may take to sign in over there
PATIENCE: Final = 10.0  # seconds for the provider to answer
CLAIMS: Final = ("congress", "unit", "committee", "deputy", "delegation")  # each as the claim duban_<name>

_BEGIN = "insert into oidc_attempt values ($1, $2, $3, $4, $5)"
_TAKE = "delete from oidc_attempt where state_hash = $1 returning *"
_FORGET = "delete from oidc_attempt where started_at < $1"
_KNOWN = "select * from account where issuer = $1 and subject = $2"


class ProviderRefused(Refusal):
    """The sign-in at the OpenID provider was not completed: {why}.

    Try again; if it fails again, whoever runs the provider can see why.
    """


class NoRoleGiven(Refusal):
    """The OpenID provider gives {name} no role that is known here.

    Whoever runs the provider sets the claim {claim}; docs/reference/access.md says how.
    """


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """Where the provider is, and which of its roles mean which of ours."""

    issuer: str
    client_id: str
    client_secret: str | None
    claim: str = "roles"
    roles: tuple[tuple[str, str], ...] = ()  # (the provider's, ours); none: they are called alike


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way: where to send the browser, and what it has to bring back."""

    address: str
    state: str


class OpenId:
    """The provider, as far as signing in goes."""

    def __init__(
        self,
        settings: OidcSettings,
        pool: "asyncpg.Pool[Any]",
        accounts: Accounts,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._pool = pool
        self._accounts = accounts
        self._now = now

    async def begin(self, back: str, then: str) -> Begun:
        """Where to sign in; the provider sends the browser `back`, and we then to the page it wanted."""
        state, nonce, verifier = new_token(), new_token(), new_token() + new_token()
        where = await self._described()
        async with self._client(back) as client:
            address, _ = client.create_authorization_url(
                where["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        await self._pool.execute(_FORGET, self._now() - WITHIN)
        await self._pool.execute(_BEGIN, digest(state), nonce, verifier, then, self._now())
        return Begun(address, state)

    async def finish(self, back: str, state: str, code: str) -> tuple[Account, str]:
        """Who signed in, and the page they wanted. Refuses what was not begun here, or not completed there."""
        begun = await self._pool.fetchrow(_TAKE, digest(state))
        if begun is None or self._now() - begun["started_at"] > WITHIN:
            raise ProviderRefused(why="it was not begun here, or took too long")
        claims = await self._claims(back, code, begun["verifier"], begun["nonce"])
        return await self._account(claims), begun["next"]

    async def _claims(self, back: str, code: str, verifier: str, nonce: str) -> Mapping[str, Any]:
        from authlib.common.errors import AuthlibBaseError
        from httpx2 import HTTPError
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        where = await self._described()
        try:
            async with self._client(back) as client:
                token = await client.fetch_token(
                    where["token_endpoint"],
                    code=code,
                    code_verifier=verifier,
                    grant_type="authorization_code",
                )
            keys = KeySet.import_key_set(await _fetched(where["jwks_uri"]))
            claims = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                iss={"essential": True, "value": self._settings.issuer},
                aud={"essential": True, "value": self._settings.client_id},
                exp={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(claims)
        except (AuthlibBaseError, JoseError, HTTPError, KeyError, ValueError) as error:
            raise ProviderRefused(why=type(error).__name__) from error
        return claims

    async def _account(self, claims: Mapping[str, Any]) -> Account:
        """The account of the provider's person, with the roles that the provider gives today."""
        subject = str(claims["sub"])
        wanted = self._as_account(claims, subject)
        row = await self._pool.fetchrow(_KNOWN, self._settings.issuer, subject)
        if row is None:
            try:
                await self._accounts.add(
                    wanted, None, by=wanted.name, issued=(self._settings.issuer, subject)
                )
            except AccountExists:
                raise ProviderRefused(why=f"the name {wanted.name} belongs to another account") from None
            return wanted
        known = Account.of(row)
        if known.locked:
            raise ProviderRefused(why="the account is locked")
        there = replace(known, **{one: getattr(wanted, one) for one in ("roles", *CLAIMS, "fields")})
        return known if there == known else await self._accounts.become(there, known.name)

    def _as_account(self, claims: Mapping[str, Any], subject: str) -> Account:
        name = str(claims.get("preferred_username") or claims.get("email") or subject)
        mapping = dict(self._settings.roles) or {role.value: role.value for role in Role}
        said = claims.get(self._settings.claim) or ()
        named = [said] if isinstance(said, str) else list(said)
        roles = frozenset(Role(mapping[one]) for one in named if one in mapping)
        if not roles:
            raise NoRoleGiven(name=name[:80], claim=self._settings.claim)
        belongs: dict[str, Any] = {one: str(given) for one in CLAIMS if (given := claims.get(f"duban_{one}"))}
        fields = frozenset(claims.get("duban_fields") or ())
        account = Account(name, roles, fields=fields, local=False)
        return replace(account, **belongs).checked()

    async def _described(self) -> Mapping[str, Any]:
        address = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        described: Mapping[str, Any] = await _fetched(address)
        return described

    def _client(self, back: str) -> Any:
        from authlib.integrations.httpx_client import AsyncOAuth2Client

        return AsyncOAuth2Client(
            self._settings.client_id,
            self._settings.client_secret,
            scope=SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=PATIENCE,
            trust_env=False,
        )


async def _fetched(address: str) -> Any:
    from httpx2 import AsyncClient, HTTPError

    try:
        async with AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            answer = await client.get(address)
            return answer.raise_for_status().json()
    except (HTTPError, ValueError) as error:
        raise ProviderRefused(why=type(error).__name__) from error
