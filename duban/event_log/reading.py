"""Reads of the log: by stream, by position, by type and shard; every one walks an index."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from duban.event_log.model import GapInLog, StoredRow
from duban.event_log.pages import Page, event_by_event, page_of
from duban.event_log.store import Connection

END: Final = 2**63 - 1  # after every position and every version

STORED: Final = ", ".join(StoredRow._fields)
RECORDED: Final = (  # the columns that Recorded is made of, for a rebuild's own order of reading
    "position, stream_id, version, congress, event_id, event_type, schema_version, payload, "
    "actor, correlation_id, causation_id, recorded_at"
)
HEAD: Final = "select coalesce(max(position), 0) from event_log"
POSITION_AT: Final = "select position_recorded_by($1)"

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


# One per combination of filters: a catch-all `(type = $1 or $1 is null)` would cost the index.
_START: Final = f"select {STORED} from event_log where"
# `position + 0` is beyond the index on positions: of a log that has just grown the planner knows nothing, and would
# read every position up to the one that is asked for.
STREAM: Final = f"{_START} stream_id = $1 and version > $2 and position + 0 <= $3 order by version"
STREAMS: Final = f"{_START} stream_id = any($1) and position + 0 <= $2 order by stream_id, version"
ALL: Final = f"{_START} position > $1 order by position limit $2"
SHARD: Final = f"{_START} position > $1 and shard = $3 order by position limit $2"
TYPES: Final = f"{_START} {_positions_of(_BY_TYPE)} order by position"
TYPES_AND_SHARD: Final = f"{_START} {_positions_of(_BY_TYPE_AND_SHARD)} order by position"

_ORDERS: Final = {STREAM: "version", STREAMS: "stream_id, version"}  # of the others: by position
PAGES: Final = {
    rows: (page_of(rows, _ORDERS.get(rows, "position")), event_by_event(rows))
    for rows in (STREAM, STREAMS, ALL, SHARD, TYPES, TYPES_AND_SHARD)
}


def of_stream(stream_id: str, after_version: int, up_to: int | None) -> tuple[str, list[object]]:
    """The query for a stream's rows, and its arguments."""
    return STREAM, [stream_id, after_version, END if up_to is None else up_to]


def of_streams(stream_ids: Sequence[str], up_to: int | None) -> tuple[str, list[object]]:
    """The query for the rows of several streams, and its arguments."""
    return STREAMS, [stream_ids, END if up_to is None else up_to]


def of_all(
    after: int, limit: int, types: Sequence[str] | None, shard: int | None
) -> tuple[str, list[object]]:
    """The query for the next rows by position, and its arguments."""
    if types is None:
        return (ALL, [after, limit]) if shard is None else (SHARD, [after, limit, shard])
    arguments: list[object] = [after, limit, sorted(set(types))]
    return (TYPES, arguments) if shard is None else (TYPES_AND_SHARD, [*arguments, shard])


async def pages(connection: Connection | asyncpg.Pool, query: str, arguments: Sequence[object]) -> list[Page]:
    """The rows of a query as one page; as a page for each only if they do not fit or would not come apart."""
    together, one_by_one = PAGES[query]
    try:
        row = await connection.fetchrow(together, *arguments)
        page = None if row is None else Page(*row)
    except asyncpg.ProgramLimitExceededError:  # one value holds 1 GB
        pass
    else:
        if page is None:
            return []
        if page.separable:
            return [page]
    return [Page(*row) for row in await connection.fetch(one_by_one, *arguments)]


def assert_contiguous(after: int, found: Sequence[int]) -> None:
    """Raises GapInLog unless the positions follow `after` one by one."""
    if found and found[-1] != after + len(found):
        for expected, position in enumerate(found, start=after + 1):
            if position != expected:
                raise GapInLog(expected, position)
