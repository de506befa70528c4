"""Bulk import: the chain is computed here and the rows are copied, for those who own the database."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import asyncpg

from duban.event_log.codec import CODEC, Codec
from duban.event_log.hashing import GENESIS, link, microseconds
from duban.event_log.limits import check
from duban.event_log.model import Append, Conflict, EventIdReused, StoredRow, VersionConflict
from duban.event_log.rows import rows_of

_LOCK: Final = "select pg_advisory_xact_lock(7218340151)"  # the lock of append_events
_HEAD: Final = """
select position, chain_hash, greatest(recorded_at, clock_timestamp())
from event_log order by position desc limit 1"""
_CLOCK: Final = "select clock_timestamp()"
_VERSIONS: Final = """
select s.id, (select l.version from event_log l where l.stream_id = s.id order by l.version desc limit 1)
from unnest($1::text[]) as s(id)"""


async def append_bulk(
    connection: asyncpg.Connection, appends: Sequence[Append], codec: Codec | None = CODEC
) -> range:
    """Records all commands or none and returns their positions.

    Needs a connection that may insert, as the application's role may not: an import is the operator's.
    Nobody else can append meanwhile. It does not know retries: event ids that are there are refused.
    """
    for append in appends:
        check(append, None if codec is None else codec.current)
    async with connection.transaction():
        await connection.execute(_LOCK)
        await _check_versions(connection, appends)
        head = await connection.fetchrow(_HEAD)
        position, chain, now = head or (0, GENESIS, await connection.fetchval(_CLOCK))
        # Made while they are sent, so that hashing and copying go on at the same time.
        rows = _rows(appends, position, chain, now)
        try:
            await connection.copy_records_to_table("event_log", records=rows, columns=StoredRow._fields)
        except asyncpg.UniqueViolationError as error:
            raise EventIdReused("some of the import's event ids are in the log already") from error
    events = sum(len(write.events) for append in appends for write in append.writes)
    return range(position + 1, position + events + 1)


async def _check_versions(connection: asyncpg.Connection, appends: Sequence[Append]) -> None:
    streams = {write.stream_id for append in appends for write in append.writes}
    found = await connection.fetch(_VERSIONS, list(streams))
    versions: dict[str, int] = {stream_id: version or 0 for stream_id, version in found}
    for append in appends:
        for write in append.writes:
            actual = versions[write.stream_id]
            if write.expected_version != actual:
                raise VersionConflict(Conflict(write.stream_id, write.expected_version, actual))
            versions[write.stream_id] = actual + len(write.events)


def _rows(
    appends: Sequence[Append], position: int, chain: bytes, now: datetime
) -> Iterator[tuple[object, ...]]:
    moment = microseconds(now)
    for append in appends:
        for *fields, digest in rows_of(append):
            position += 1
            chain = link(chain, digest, position, moment)
            yield (position, *fields, now, digest, chain)
