"""Accounts: who may sign in, and as whom they then act."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from domain.base import Refusal
from duban.access.viewer import UNIT_STAFF, Role, Viewer

NAME: Final = re.compile(r"[\w.@-]{1,64}")
SCOPES: Final = ("read", "act", "export", "calendar")
BELONGS: Final[Mapping[Role, str]] = {
    **dict.fromkeys(UNIT_STAFF, "unit"),
    Role.SUPERVISING_COMMITTEE: "committee",
    Role.DEPUTY: "deputy",
    Role.DELEGATION_STAFF: "delegation",
}
"""What an account of a role has to say it belongs to."""


class NotAnAccountName(Refusal):
    """“{name}” cannot be the name of an account.

    Write 1 to 64 letters, digits, dots, hyphens, underscores or @.
    """


class BelongsNowhere(Refusal):
    """An account with the role {role} has to say its {field}.

    Give it with --{field}.
    """


class RoleMissing(Refusal):
    """An account needs a role.

    Give one or more: {roles}.
    """


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it stands, without its secrets."""

    name: str
    roles: frozenset[Role]
    congress: str | None = None
    unit: str | None = None
    committee: str | None = None
    deputy: str | None = None
    delegation: str | None = None
    fields: frozenset[str] = frozenset()
    locked: bool = False
    demo: bool = False
    second_factor: bool = False
    local: bool = True

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        return cls(
            name=row["name"],
            roles=frozenset(Role(role) for role in row["roles"]),
            congress=row["congress"],
            unit=row["unit"],
            committee=row["committee"],
            deputy=row["deputy"],
            delegation=row["delegation"],
            fields=frozenset(row["fields"]),
            locked=row["locked"],
            demo=row["demo"],
            second_factor=row["totp_confirmed"],
            local=row["password_hash"] is not None,
        )

    def viewer(self, scopes: frozenset[str] | None = None) -> Viewer:
        """As whom the account asks and acts."""
        return Viewer(
            name=self.name,
            roles=self.roles,
            congress=self.congress,
            unit=self.unit,
            committee=self.committee,
            deputy=self.deputy,
            delegation=self.delegation,
            fields=self.fields,
            scopes=scopes,
        )

    def checked(self) -> Self:
        """The account itself; refuses a strange name, no role, and a role that belongs nowhere."""
        if NAME.fullmatch(self.name) is None:
            raise NotAnAccountName(name=self.name[:80])
        if not self.roles:
            raise RoleMissing(roles=", ".join(Role))
        for role in sorted(self.roles):
            field = BELONGS.get(role)
            if field is not None and not getattr(self, field):
                raise BelongsNowhere(role=role.value, field=field)
        return self

    def data(self) -> dict[str, Any]:
        """The account as JSON-ready data."""
        return {
            "name": self.name,
            "roles": sorted(self.roles),
            "congress": self.congress,
            "unit": self.unit,
            "committee": self.committee,
            "deputy": self.deputy,
            "delegation": self.delegation,
            "fields": sorted(self.fields),
            "locked": self.locked,
            "second_factor": self.second_factor,
            "local": self.local,
            "demo": self.demo,
        }

    def with_roles(self, roles: frozenset[Role], belongs: Mapping[str, Any]) -> Self:
        return replace(self, roles=roles, **{k: v for k, v in belongs.items() if v is not None}).checked()
