"""Access: what is recorded of who looked at a confidential case, and of what changes about an account."""

from enum import StrEnum
from typing import ClassVar, TypeAlias

from pydantic import AwareDatetime

from domain.base import Event


class AccountChange(StrEnum):
    """What changes about an account."""

    ADDED = "added"
    ROLES = "roles"
    PASSWORD = "password"
    SECOND_FACTOR = "second-factor"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    TOKEN_ISSUED = "token-issued"
    TOKEN_REVOKED = "token-revoked"


class ConfidentialCaseSeen(Event):
    """Somebody who may do so looked at a case that is kept confidential."""

    type: ClassVar[str] = "access.confidential-case-seen"
    case_id: str
    ref: str
    by: str
    roles: tuple[str, ...]
    way: str


class AccountChanged(Event):
    """An account was added, given other roles, locked, or given another secret; never the secret itself."""

    type: ClassVar[str] = "access.account-changed"
    account: str
    change: AccountChange
    detail: str | None
    by: str


class ReplayShared(Event):
    """A link was made that shows a case's replay to whoever holds it, until it expires; never its secret."""

    type: ClassVar[str] = "access.replay-shared"
    case_id: str
    ref: str
    share: str
    seat: str | None  # whose eyes it shows; None: the maker's own
    by: str
    expires_at: AwareDatetime


class ReplayShareRevoked(Event):
    """A link to a case's replay was ended before its day."""

    type: ClassVar[str] = "access.replay-share-revoked"
    ref: str
    share: str
    by: str


AccessEvent: TypeAlias = ConfidentialCaseSeen | AccountChanged | ReplayShared | ReplayShareRevoked


def access_stream(congress: str, access_id: str) -> str:
    """A stream for each: nobody waits for another to have looked."""
    return f"access/{congress}/{access_id}"
