"""Whose affairs are a viewer's own: the parties that they are or act for, whose notices and tasks they have."""

from typing import Final

from duban.access.viewer import UNIT_STAFF, Role, Viewer
from duban.notices.rules import Party
from projections.inbox import Audience

TASKS: Final = {
    Party.UNIT: Audience.UNIT,
    Party.COMMISSION: Audience.COMMISSION,
    Party.CHAIRPERSONS: Audience.COMMISSION,  # either office acts for the congress
    Party.DEPUTY: Audience.DEPUTY,
    Party.COMMITTEE: Audience.COMMITTEE,
}


def parties_of(viewer: Viewer) -> list[tuple[Party, str | None]]:
    """The parties of a viewer's roles, each with its name: of the offices a congress, or None for every congress."""
    held = viewer.roles
    named = (
        (Role.AFFAIRS_COMMISSION in held, Party.COMMISSION, viewer.congress),
        (Role.CHAIRPERSONS_OFFICE in held, Party.CHAIRPERSONS, viewer.congress),
        (held & UNIT_STAFF and viewer.unit, Party.UNIT, viewer.unit),
        (Role.DEPUTY in held and viewer.deputy, Party.DEPUTY, viewer.deputy),
        (Role.DELEGATION_STAFF in held and viewer.delegation, Party.DEPUTY, viewer.delegation),
        (Role.SUPERVISING_COMMITTEE in held and viewer.committee, Party.COMMITTEE, viewer.committee),
    )
    return [(party, who) for has, party, who in named if has]


def inboxes_of(viewer: Viewer) -> list[tuple[Audience, str | None]]:
    """Whose tasks a viewer has."""
    return list(dict.fromkeys((TASKS[party], who) for party, who in parties_of(viewer)))
