"""The peers: eventsourcing's PostgreSQL recorder with its default settings, and rows sent by asyncpg as they are."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
from eventsourcing.persistence import InfrastructureFactory, Mapper, StoredEvent
from eventsourcing.utils import Environment

from benchmarks.events import CORRELATION, PAYLOAD, Answered, library_answered

RAW = "create table {} (like event_log including all)"  # every column, index and check; no chain, no function
INSERT = "insert into {} values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)"
UNNEST = """insert into {} select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::smallint[],
$6::text[], $7::integer[], $8::uuid[], $9::bytea[], $10::text[], $11::uuid[], $12::uuid[], $13::timestamptz[],
$14::bytea[], $15::bytea[])"""


def library(dsn: str) -> InfrastructureFactory[Any]:
    parts = urlsplit(dsn)
    settings = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.lstrip("/"),
        "POSTGRES_HOST": parts.hostname or "",
        "POSTGRES_PORT": str(parts.port),
        "POSTGRES_USER": parts.username or "",
        "POSTGRES_PASSWORD": parts.password or "",
    }
    return InfrastructureFactory[Any].construct(Environment("bench", settings))


def library_mapper(factory: InfrastructureFactory[Any]) -> Mapper[UUID]:
    return factory.mapper(transcoder=_transcoder(factory))


def _transcoder(factory: InfrastructureFactory[Any]) -> Any:
    from eventsourcing.persistence import DatetimeAsISO, DecimalAsStr, UUIDAsHex

    transcoder = factory.transcoder()
    for transcoding in (UUIDAsHex(), DecimalAsStr(), DatetimeAsISO()):
        transcoder.register(transcoding)  # type: ignore[attr-defined]
    return transcoder


def stored(mapper: Mapper[UUID], originator: UUID, first: int, count: int) -> list[StoredEvent]:
    return [mapper.to_stored_event(library_answered(originator, first + n)) for n in range(count)]


def plain_stored(first: int = 1, count: int = 1, originator: UUID | None = None) -> list[StoredEvent]:
    """Events already mapped, of the size of ours."""
    originator = originator or uuid4()
    return [StoredEvent(originator, first + n, Answered.type, PAYLOAD) for n in range(count)]


def raw_row(position: int) -> tuple[object, ...]:
    stream = f"case/npc/{position}"
    names = (position, stream, 1, "npc", position % 64, Answered.type, 1)
    ids = (uuid4(), PAYLOAD, "bench", CORRELATION, None, datetime.now(UTC))
    return (*names, *ids, bytes(32), bytes(32))


async def raw_table(connection: asyncpg.Connection, name: str) -> str:
    await connection.execute(RAW.format(name))
    return name
