"""One conference in the log: read, decided on and recorded; what was read of it is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, cast
from uuid import UUID

from domain.base import Event, Recorded
from domain.conference import AssignmentConference
from domain.conference_acts import ConferenceCommand, ConferenceEvent, ConferenceStarted, NoSuchConference
from duban.commands import ATTEMPTS, Actor, TooMuchContention, new_events
from duban.event_log.log import Append, Appended, Conflict, StreamWrite, VersionConflict


class Log(Protocol):
    """What conferences ask of the event log."""

    async def append(self, append: Append) -> Appended: ...

    async def append_many(self, appends: Sequence[Append]) -> Sequence[Appended | Conflict]: ...

    async def read_stream(self, stream_id: str, *, after_version: int = 0) -> list[Recorded[Event]]: ...

    async def read_streams(self, stream_ids: Sequence[str]) -> dict[str, list[Recorded[Event]]]: ...


class Start(NamedTuple):
    """Who had the cases assigned, as of when, and by which event."""

    actor: str
    at: datetime
    event_id: UUID


class ConferenceStream:
    """The conference as far as it was read: a conference of thousands is not read again for each of its portions."""

    def __init__(self, log: Log, stream_id: str) -> None:
        self._log = log
        self._stream_id = stream_id
        self._commands: set[UUID] = set()
        self.conference = AssignmentConference()
        self.position = 0  # of the last event read
        self.start: Start | None = None

    async def opened(self) -> AssignmentConference:
        """The conference as it stands. Refuses with `NoSuchConference`."""
        if not (conference := await self._catch_up()).version:
            raise NoSuchConference(conference=self._stream_id.partition("/")[2])
        return conference

    async def decide(self, command: ConferenceCommand, by: Actor) -> AssignmentConference:
        """Record what a command comes to; returns the conference after it. The same command again changes nothing."""
        for _ in range(ATTEMPTS):
            conference = await self._catch_up()
            if by.command_id in self._commands or not (events := conference.decide(command)):
                return conference
            write = StreamWrite(self._stream_id, conference.version, new_events(by.command_id, events))
            congress = self._stream_id.split("/")[1]
            append = Append(congress, by.name, by.command_id, by.causation_id, (write,))
            try:
                await self._log.append(append)
            except VersionConflict:
                continue
            return await self._catch_up()
        raise TooMuchContention(stream=self._stream_id, attempts=ATTEMPTS)

    async def _catch_up(self) -> AssignmentConference:
        known = self.conference.version
        for recorded in await self._log.read_stream(self._stream_id, after_version=known):
            event = cast(ConferenceEvent, recorded.body)
            if isinstance(event, ConferenceStarted):
                assert event.occurred_at is not None
                self.start = Start(recorded.actor, event.occurred_at, recorded.event_id)
            self.conference = self.conference.evolve(event)
            self.position = recorded.position
            self._commands.add(recorded.correlation_id)
        return self.conference
