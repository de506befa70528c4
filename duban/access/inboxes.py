"""Whose tasks are a viewer's own: the same on every page, in the API and on the command line."""

from duban.access.viewer import UNIT_STAFF, Role, Viewer
from projections.inbox import Audience

OFFICE = frozenset({Role.AFFAIRS_COMMISSION, Role.CHAIRPERSONS_OFFICE})  # either acts for the congress


def inboxes_of(viewer: Viewer) -> list[tuple[Audience, str | None]]:
    """The inboxes of a viewer, each with who is meant: a congress, a unit, a deputy or delegation, a committee."""
    held = viewer.roles
    named = (
        (held & OFFICE, Audience.COMMISSION, viewer.congress),
        (held & UNIT_STAFF and viewer.unit, Audience.UNIT, viewer.unit),
        (Role.DEPUTY in held and viewer.deputy, Audience.DEPUTY, viewer.deputy),
        (Role.DELEGATION_STAFF in held and viewer.delegation, Audience.DEPUTY, viewer.delegation),
        (Role.SUPERVISING_COMMITTEE in held and viewer.committee, Audience.COMMITTEE, viewer.committee),
    )
    return [(audience, who) for has, audience, who in named if has]
