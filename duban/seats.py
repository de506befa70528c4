"""Seats: whose eyes a replay can be looked at with, and somebody who sits there to whom the case is a concern."""

from typing import Final

from domain.suggestion.suggestion import Suggestion
from duban.access.viewer import PUBLIC, Case, Role, Viewer

SEATS: Final = (
    Role.AFFAIRS_COMMISSION, Role.SUPERVISING_COMMITTEE, Role.UNIT_HANDLER, Role.DEPUTY, Role.PUBLIC,
)  # fmt: skip


def seated(role: Role, case: Suggestion, access: Case) -> Viewer:
    """Somebody in this role to whom the case is a concern: of its lead unit, its deputy, its committee."""
    if role is Role.PUBLIC:
        return PUBLIC
    units = [a.unit for a in case.assignments]
    return Viewer(
        role.value,
        frozenset({role}),
        case.congress,
        unit=next(iter((*case.lead_units, *units)), None),
        committee=next(iter(sorted(access.committees)), None),
        deputy=case.lead_deputy or next((s.name for s in case.signatories), None),
        fields=frozenset(units),
    )
