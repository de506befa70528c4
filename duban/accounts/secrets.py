"""Secrets: passwords as argon2 hashes, tokens as digests, the second factor by time."""

import secrets
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from domain.base import Refusal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 200  # characters of a password
TOKEN_BYTES: Final = 32
API_PREFIX: Final = "duban_"
STEP: Final = 30  # seconds for which a code of the second factor holds
DRIFT: Final = 1  # steps by which the clocks may differ


class PasswordTooWeak(Refusal):
    """A password has {shortest} to {longest} characters.

    Take a longer one; several words are fine.
    """


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # loads a compiled library

    return PasswordHasher()


def password_hash(password: str) -> str:
    """What is kept of a password. Refuses one that is too short, or absurdly long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordTooWeak(shortest=SHORTEST, longest=LONGEST)
    return _hasher().hash(password)


def password_holds(kept: str | None, given: str) -> bool:
    """Whether it is the password; takes as long where there is no account, so that time tells nothing."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        _hasher().verify(kept or _dummy(), given[:LONGEST])
    except (Argon2Error, InvalidHashError):
        return False
    return kept is not None


@cache
def _dummy() -> str:
    return _hasher().hash(secrets.token_urlsafe())


def new_password() -> str:
    return secrets.token_urlsafe(15)


def new_token(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> bytes:
    """What is kept of a token: it has entropy enough for a plain digest."""
    return sha256(token.encode()).digest()


def csrf_of(cookie: str) -> str:
    """The token that forms carry, derived from a cookie that no other site can read."""
    return sha256(f"csrf:{cookie}".encode()).hexdigest()


def new_seed() -> str:
    from pyotp import random_base32

    return random_base32()


def step_of(seed: str, code: str, now: float) -> int | None:
    """The step of time whose code it is; None where it is none of those that hold now."""
    from pyotp import TOTP

    given, totp = code.strip().replace(" ", ""), TOTP(seed)
    current = int(now) // STEP
    for step in range(current - DRIFT, current + DRIFT + 1):
        if secrets.compare_digest(totp.generate_otp(step).encode(), given.encode()):
            return step
    return None


def seed_address(seed: str, name: str) -> str:
    """What the code shown to an authenticator says."""
    from pyotp import TOTP

    return str(TOTP(seed).provisioning_uri(name=name, issuer_name="Duban"))
