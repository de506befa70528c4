"""How far an application of the library has read another."""

from typing import Final

from eventsourcing.persistence import IntegrityError, Tracking

from duban.event_log.library.bridge import Bridge
from duban.event_log.store import Connection

_ADVANCE: Final = """
insert into library_tracking as t values ($1, $2, $3)
on conflict (recorder, application_name) do update set notification_id = $3 where t.notification_id < $3
returning notification_id"""
_READ: Final = "select notification_id from library_tracking where recorder = $1 and application_name = $2"


async def insert_tracking(connection: Connection, recorder: str, tracking: Tracking) -> None:
    """Moves it forward; raises IntegrityError if it is there already, so that nothing is processed twice."""
    name, position = tracking.application_name, tracking.notification_id
    if await connection.fetchval(_ADVANCE, recorder, name, position) is None:
        raise IntegrityError(f"{recorder} has processed {name} up to {position} or beyond")


def read_tracking(bridge: Bridge, recorder: str, application_name: str) -> int | None:
    rows = bridge.read(_READ, recorder, application_name)
    return rows[0]["notification_id"] if rows else None
