"""Reads of the log: by stream, by position, by type and shard; every one walks an index."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from duban.event_log.model import GapInLog, StoredRow

END: Final = 2**63 - 1  # after every position and every version

STORED: Final = ", ".join(StoredRow._fields)
RECORDED: Final = (
    "position, stream_id, version, congress, event_id, event_type, schema_version, payload, "
    "actor, correlation_id, causation_id, recorded_at"
)

HEAD: Final = "select coalesce(max(position), 0) from event_log"
POSITION_AT: Final = "select position_recorded_by($1)"


class Queries:
    """The keyset queries for one list of columns.

    One per combination of filters: a catch-all `(type = $1 or $1 is null)` would cost the index.
    """

    def __init__(self, columns: str) -> None:
        start = f"select {columns} from event_log where"
        self.stream = f"{start} stream_id = $1 and version > $2 and position <= $3 order by version"
        self.streams = f"{start} stream_id = any($1) and position <= $2 order by stream_id, version"
        self.all = f"{start} position > $1 order by position limit $2"
        self.shard = f"{start} position > $1 and shard = $3 order by position limit $2"
        self.types = f"{start} {_positions_of(_BY_TYPE)} order by position"
        self.types_and_shard = f"{start} {_positions_of(_BY_TYPE_AND_SHARD)} order by position"


# Written as a range so that only the index on (event_type, position) has the order asked for: given equality the
# planner, which does not know how rare a type is, may walk all positions instead.
_BY_TYPE: Final = """(l.event_type, l.position) > (t.name, $1) and l.event_type <= t.name
            order by l.event_type, l.position"""
_BY_TYPE_AND_SHARD: Final = "l.event_type = t.name and l.position > $1 and l.shard = $4 order by l.position"


def _positions_of(condition: str) -> str:
    """The next positions of each type from its index, merged: never more than types times limit entries."""
    return f"""position = any(array(
        select p.position from unnest($3::text[]) as t(name), lateral (
            select l.position from event_log l where {condition} limit $2) as p
        order by p.position limit $2))"""


class Reader:
    """Reads rows with the columns of its queries."""

    def __init__(self, pool: asyncpg.Pool, columns: str) -> None:
        self._pool = pool
        self._queries = Queries(columns)

    async def stream(self, stream_id: str, after_version: int, up_to: int | None) -> list[asyncpg.Record]:
        return await self._pool.fetch(self._queries.stream, stream_id, after_version, _end(up_to))

    async def streams(self, stream_ids: Sequence[str], up_to: int | None) -> list[asyncpg.Record]:
        return await self._pool.fetch(self._queries.streams, stream_ids, _end(up_to))

    async def all(
        self, after: int, limit: int, types: Sequence[str] | None, shard: int | None
    ) -> list[asyncpg.Record]:
        """The next rows by position; without a filter they are checked to be contiguous."""
        query, filters = self._queries.all, list[object]()
        if types is not None:
            query, filters = self._queries.types, [sorted(set(types))]
        if shard is not None:
            query = self._queries.shard if types is None else self._queries.types_and_shard
            filters.append(shard)
        rows = await self._pool.fetch(query, after, limit, *filters)
        if not filters:
            _assert_contiguous(after, rows)
        return rows


def _end(up_to: int | None) -> int:
    return END if up_to is None else up_to


def _assert_contiguous(after: int, rows: Sequence[asyncpg.Record]) -> None:
    if rows and rows[-1][0] != after + len(rows):
        for expected, row in enumerate(rows, start=after + 1):
            if row[0] != expected:
                raise GapInLog(expected, row[0])
