"""Commands and events for the tests of the log."""

from typing import ClassVar
from uuid import UUID, uuid4

from domain.base import Event
from duban.event_log.codec import Codec
from duban.event_log.log import Append, NewEvent, StreamWrite

CORRELATION = UUID("0193d0a0-0000-7000-8000-000000000001")


class Noted(Event):
    type: ClassVar[str] = "test.noted"
    text: str
    number: int = 0


class Counted(Event):
    type: ClassVar[str] = "test.counted"
    count: int


CODEC = Codec({event.type: event for event in (Noted, Counted)})


def noted(text: str = "", *, event_id: UUID | None = None) -> NewEvent:
    payload = CODEC.encode(Noted(occurred_at=None, text=text))
    return NewEvent(event_id or uuid4(), "test.noted", 1, payload)


def counted(count: int) -> NewEvent:
    return NewEvent(uuid4(), "test.counted", 1, CODEC.encode(Counted(occurred_at=None, count=count)))


def write(stream_id: str, expected: int, *events: NewEvent) -> StreamWrite:
    return StreamWrite(stream_id, expected, events or (noted(),))


def command(*writes: StreamWrite, actor: str = "tester", congress: str = "npc") -> Append:
    return Append(congress, actor, CORRELATION, None, writes)


def to(stream_id: str, expected: int, *events: NewEvent) -> Append:
    """One command that writes to one stream."""
    return command(write(stream_id, expected, *events))
