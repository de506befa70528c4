"""What is appended to the log, what comes back, and why an append is refused.

Named tuples, as every command makes three or four of them: a frozen dataclass takes several times as long.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class NewEvent(NamedTuple):
    """An event on its way into the log. A retry must carry the same `event_id`."""

    event_id: UUID
    type: str
    schema_version: int
    payload: bytes


class StreamWrite(NamedTuple):
    stream_id: str
    expected_version: int  # the stream's version before the write; 0 = a new stream
    events: tuple[NewEvent, ...]


class Append(NamedTuple):
    """One command's events, recorded all or not at all."""

    congress: str
    actor: str
    correlation_id: UUID
    causation_id: UUID | None
    writes: tuple[StreamWrite, ...]

    @property
    def size(self) -> int:
        """Its number of events."""
        return sum([len(write.events) for write in self.writes])


class Appended(NamedTuple):
    positions: tuple[int, ...]
    repeated: bool  # the events were already there: a retry, answered with their positions


@dataclass(frozen=True, slots=True)
class Conflict:
    stream_id: str
    expected_version: int
    actual_version: int


Outcome = Appended | Conflict


class StoredRow(NamedTuple):
    """One row of the log as it is stored; the payload is not decoded."""

    position: int
    stream_id: str
    version: int
    congress: str
    shard: int
    event_type: str
    schema_version: int
    event_id: UUID
    payload: bytes
    actor: str
    correlation_id: UUID
    causation_id: UUID | None
    recorded_at: datetime
    event_hash: bytes
    chain_hash: bytes


class VersionConflict(Exception):
    """Another command has written to the stream since this one read it; load it again and decide anew."""

    def __init__(self, conflict: Conflict) -> None:
        self.conflict = conflict
        super().__init__(
            f"{conflict.stream_id} is at version {conflict.actual_version}, not {conflict.expected_version}"
        )


class EventIdReused(Exception):
    """Some of a command's event ids are already in the log, but not all of them, or in another stream."""


class LogUnavailable(Exception):
    """The database could not be reached in time, so it is unknown whether the command was recorded.

    Sending the same event ids again is safe: it answers with the positions if it was.
    """


class GapInLog(Exception):
    """A position is missing, which no rollback can cause: the log was damaged or tampered with."""

    def __init__(self, expected: int, found: int) -> None:
        self.expected = expected
        super().__init__(f"position {expected} is missing from the log: the next one found is {found}")
