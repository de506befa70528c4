"""The event all contenders record: an answer of a handling unit, about 300 bytes as JSON."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from eventsourcing.domain import Aggregate

from domain.base import Event
from duban.event_log.codec import Codec
from duban.event_log.log import Append, NewEvent, StreamWrite

WHEN = datetime(2026, 3, 5, 1, 2, 3, 4, tzinfo=UTC)
OPINION = "关于农村公路养护的建议收悉，现答复如下：已列入年度计划，将于年底前完成。" * 2
CORRELATION = UUID("0193d0a0-0000-7000-8000-000000000001")


class Answered(Event):
    type: ClassVar[str] = "bench.answered"
    unit: str
    document_no: str
    category: str
    ordinal: int
    text: str


@dataclass(frozen=True)
class LibraryAnswered(Aggregate.Event):
    unit: str
    document_no: str
    category: str
    ordinal: int
    text: str


CODEC = Codec({Answered.type: Answered})


def answered(ordinal: int) -> Answered:
    return Answered(
        occurred_at=WHEN,
        unit="交通运输部",
        document_no="交办议函〔2026〕7号",
        category="A",
        ordinal=ordinal,
        text=OPINION,
    )


def library_answered(originator: UUID, version: int) -> LibraryAnswered:
    return LibraryAnswered(
        originator_id=originator,
        originator_version=version,
        timestamp=WHEN,
        unit="交通运输部",
        document_no="交办议函〔2026〕7号",
        category="A",
        ordinal=version,
        text=OPINION,
    )


PAYLOAD = CODEC.encode(answered(1))


def new_event() -> NewEvent:
    return NewEvent(uuid4(), Answered.type, 1, PAYLOAD)


def command(stream_id: str, expected_version: int, events: int = 1) -> Append:
    writes = (StreamWrite(stream_id, expected_version, tuple(new_event() for _ in range(events))),)
    return Append("npc", "bench", CORRELATION, None, writes)
