"""The recorders of the library `eventsourcing` on the log."""

from collections.abc import Sequence
from itertools import groupby
from threading import Event
from typing import Any, Final
from uuid import UUID, uuid4

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Tracking,
    TrackingRecorder,
)

from duban.event_log.library.bridge import Bridge
from duban.event_log.library.subscription import PollingSubscription
from duban.event_log.library.tracking import insert_tracking, read_tracking
from duban.event_log.model import Append, Appended, NewEvent, StreamWrite
from duban.event_log.reading import END
from duban.event_log.store import Connection, send

# The log counts a stream's versions from 1. An originator whose first version is 0 is told by the schema
# version of its rows: 1 = the originator's version is the row's; 2 = it is one less.
FROM_ONE, FROM_ZERO = 1, 2

_EVENTS: Final = """
select version - schema_version + 1 as version, event_type, payload from event_log
where stream_id = $1 and version - schema_version + 1 > $2 and version - schema_version + 1 <= $3
order by version {order} limit $4"""
_BASE: Final = "select schema_version from event_log where stream_id = $1 order by version desc limit 1"
_HEAD: Final = "select position from event_log where congress = $1 order by position desc limit 1"
_COLUMNS: Final = (
    "select position, stream_id, version - schema_version + 1, event_type, payload from event_log"
)
_NOTIFICATIONS: Final = f"""
{_COLUMNS} where congress = $1 and position >= $2 and position <= $3 order by position limit $4"""
_NOTIFICATIONS_OF_TOPICS: Final = f"""
{_COLUMNS} where position = any(array(
    select p.position from unnest($5::text[]) as t(name), lateral (
        select l.position from event_log l
        where l.event_type = t.name and l.congress = $1 and l.position >= $2 and l.position <= $3
        order by l.position limit $4) as p
    order by p.position limit $4)) order by position"""
_INSERT_RECORDS: Final = """
insert into library_record select $1, $2, * from unnest($3::text[], $4::bigint[], $5::text[], $6::bytea[])"""
_RECORDS: Final = """
select originator_version, topic, state from library_record
where application = $1 and purpose = $2 and originator_id = $3
  and originator_version > $4 and originator_version <= $5 order by originator_version {order} limit $6"""


class AsyncpgAggregateRecorder(AggregateRecorder):
    """Stored events outside the log, for what can be made anew: snapshots."""

    def __init__(self, bridge: Bridge, application: str, purpose: str) -> None:
        self._bridge, self._application, self._purpose = bridge, application, purpose

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        columns = [
            [str(event.originator_id) for event in stored_events],
            [event.originator_version for event in stored_events],
            [event.topic for event in stored_events],
            [event.state for event in stored_events],
        ]

        async def insert(connection: Connection) -> None:
            await connection.execute(_INSERT_RECORDS, self._application, self._purpose, *columns)

        self._bridge.transaction(insert)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        statement = _RECORDS.format(order="desc" if desc else "asc")
        key = (self._application, self._purpose, str(originator_id))
        rows = self._bridge.read(
            statement, *key, -1 if gt is None else gt, END if lte is None else lte, limit
        )
        return [StoredEvent(originator_id, version, topic, state) for version, topic, state in rows]


class AsyncpgApplicationRecorder(ApplicationRecorder):
    """An application's events in the log: its name is their congress, and its originators are streams."""

    def __init__(self, bridge: Bridge, application: str, *, text_ids: bool = False) -> None:
        self._bridge, self._application = bridge, application
        self._prefix = f"{application}/"
        self._text_ids = text_ids
        self._listeners: set[Event] = set()

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """`actor`, `correlation_id` and `causation_id` may be given to `Application.save` as keywords."""
        if not stored_events:
            return []
        positions = self._append(self._command(stored_events, kwargs)).positions
        self.wake()
        return list(positions)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        statement = _EVENTS.format(order="desc" if desc else "asc")
        stream_id = f"{self._prefix}{originator_id}"
        rows = self._bridge.read(
            statement, stream_id, -1 if gt is None else gt, END if lte is None else lte, limit
        )
        return [StoredEvent(originator_id, version, topic, state) for version, topic, state in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        first = 1 if start is None else start if inclusive_of_start else start + 1
        arguments: list[object] = [self._application, first, END if stop is None else stop, limit]
        statement = _NOTIFICATIONS
        if topics:
            statement = _NOTIFICATIONS_OF_TOPICS
            arguments.append(sorted(set(topics)))
        return [
            Notification(self._originator(stream_id), version, topic, state, id=position)
            for position, stream_id, version, topic, state in self._bridge.read(statement, *arguments)
        ]

    def max_notification_id(self) -> int | None:
        rows = self._bridge.read(_HEAD, self._application)
        return rows[0]["position"] if rows else None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> PollingSubscription:
        return PollingSubscription(self, gt, topics)

    def listen(self, event: Event) -> None:
        """Sets `event` whenever this recorder has inserted; others' inserts are found by polling."""
        self._listeners.add(event)

    def unlisten(self, event: Event) -> None:
        self._listeners.discard(event)

    def wake(self) -> None:
        for event in tuple(self._listeners):
            event.set()

    def _append(self, command: Append) -> Appended:
        return self._bridge.append(command)

    def _originator(self, stream_id: str) -> UUID | str:
        name = stream_id.removeprefix(self._prefix)
        return name if self._text_ids else UUID(name)

    def _command(self, stored_events: Sequence[StoredEvent], context: dict[str, Any]) -> Append:
        writes = [
            self._write(str(originator), list(events))
            for originator, events in groupby(stored_events, key=lambda event: event.originator_id)
        ]
        return Append(
            congress=self._application,
            actor=str(context.get("actor", self._application)),
            correlation_id=context.get("correlation_id") or uuid4(),
            causation_id=context.get("causation_id"),
            writes=tuple(writes),
        )

    def _write(self, originator: str, events: Sequence[StoredEvent]) -> StreamWrite:
        stream_id, first = f"{self._prefix}{originator}", events[0].originator_version
        if [event.originator_version for event in events] != list(range(first, first + len(events))):
            raise IntegrityError(f"the versions of {originator} do not follow each other")
        base = FROM_ZERO if first == 0 else self._base_of(stream_id)
        return StreamWrite(
            stream_id=stream_id,
            expected_version=first + base - 2,
            events=tuple(NewEvent(uuid4(), event.topic, base, event.state) for event in events),
        )

    def _base_of(self, stream_id: str) -> int:
        rows = self._bridge.read(_BASE, stream_id)
        return rows[0]["schema_version"] if rows else FROM_ONE


class AsyncpgTrackingRecorder(TrackingRecorder):
    """How far a projection is; a subclass writes its view in the same transaction, with `record`."""

    def __init__(self, bridge: Bridge, application: str) -> None:
        self.bridge, self._application = bridge, application

    def insert_tracking(self, tracking: Tracking) -> None:
        self.record(tracking)

    def record(self, tracking: Tracking, statement: str | None = None, *arguments: object) -> None:
        """The tracking and, with it or not at all, what the statement writes."""

        async def write(connection: Connection) -> None:
            await insert_tracking(connection, self._application, tracking)
            if statement is not None:
                await connection.execute(statement, *arguments)

        self.bridge.transaction(write)

    def max_tracking_id(self, application_name: str) -> int | None:
        return read_tracking(self.bridge, self._application, application_name)


class AsyncpgProcessRecorder(AsyncpgApplicationRecorder, ProcessRecorder):
    """An application that follows another: its events and how far it has read are committed together."""

    def insert_tracking(self, tracking: Tracking) -> None:
        self.insert_events([], tracking=tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        return read_tracking(self._bridge, self._application, application_name)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        tracking: Tracking | None = kwargs.pop("tracking", None)
        if tracking is None:
            return super().insert_events(stored_events, **kwargs)
        command = self._command(stored_events, kwargs) if stored_events else None

        async def write(connection: Connection) -> tuple[int, ...]:
            # The append comes last: from it until the commit nobody else can append.
            await insert_tracking(connection, self._application, tracking)
            if command is None:
                return ()
            (outcome,) = await send(connection, [command])
            if isinstance(outcome, Appended):
                return outcome.positions
            raise IntegrityError(f"{outcome.stream_id} is at version {outcome.actual_version}")

        positions = self._bridge.transaction(write)
        self.wake()
        return list(positions)
