"""Checking: rows that are served against rows made from the log again; the standing check, and a rebuild's own."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from random import Random
from typing import Any, Final

from domain.base import Event, Recorded
from projections.base import Connection, Log, Projection, Row, StateProjection
from projections.checkpoints import REACHED, identities
from projections.history import Fold
from projections.rebuild.tables import next_of

Streams = dict[str, list[Recorded[Event]]]

SAMPLE: Final = 200  # streams
KEYS: Final = 5  # of the differing rows that are named
KEPT: Final = 1000  # results

STREAMS = "select distinct stream_id from event_log where position = any($1)"
RECORD = """
    insert into projection_check (position, streams, rows, differences) values ($1, $2, $3, $4::jsonb)
    returning checked_at
"""
FORGET = "delete from projection_check where id <= (select max(id) from projection_check) - $1"
LAST = (
    "select checked_at, position, streams, rows, differences from projection_check order by id desc limit 1"
)
# rows that the other side lacks, both as they stood at position $2
LACKS = """
    select {key} from (
        (select {columns} from {one} where {at}) except all (select {columns} from {other} where {at})
    ) d
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of one projection that do not agree with the log."""

    projection: str
    missing: int  # rows that the log gives and the table lacks
    surplus: int  # rows of the table that the log does not give
    keys: list[list[str]]


@dataclass(frozen=True, slots=True)
class Check:
    """The result of a check."""

    checked_at: datetime
    position: int
    streams: int
    rows: int
    differences: list[Difference]


async def check(
    connection: Connection, log: Log, projections: Sequence[Projection], chance: Random, sample: int = SAMPLE
) -> Check:
    """Fold some streams again, compare their rows with those that are served, and keep the result."""
    async with connection.transaction(isolation="repeatable_read"):
        position = await connection.fetchval(REACHED, *identities(projections)) or 0
        streams = await _sample(connection, log, position, chance, sample)
        fold = Fold(projections)
        for stream_id, events in streams.items():
            fold.take(stream_id, events)
            await asyncio.sleep(0)  # the process that checks has others to serve
        rows, differences = 0, []
        for projection in projections:
            expected = _counted(fold.written[projection.name].inserts)
            served = await _served(connection, projection, streams, position)
            rows += len(expected)
            if expected != served:
                differences.append(_difference(projection, expected, served))
    found = json.dumps([asdict(d) for d in differences])
    checked_at = await connection.fetchval(RECORD, position, len(streams), rows, found)
    await connection.execute(FORGET, KEPT)
    return Check(checked_at, position, len(streams), rows, differences)


async def last_check(connection: Connection) -> Check | None:
    """What the latest check found."""
    row = await connection.fetchrow(LAST)
    if row is None:
        return None
    differences = [Difference(**found) for found in json.loads(row["differences"])]
    return Check(row["checked_at"], row["position"], row["streams"], row["rows"], differences)


async def compare_with_next(
    connection: Connection, log: Log, projections: Sequence[Projection], position: int, chance: Random
) -> list[Difference]:
    """What a rebuild changes, in a sample of the rows that serve: nothing, unless they had drifted."""
    differences = []
    streams = await _sample(connection, log, position, chance, SAMPLE)
    for projection in projections:
        live = await connection.fetchval(REACHED, [projection.name], [projection.version]) or 0
        arguments = (projection, _keys(projection, streams), min(position, live))
        missing = await _lacking(connection, next_of(projection), projection.table, *arguments)
        surplus = await _lacking(connection, projection.table, next_of(projection), *arguments)
        if missing or surplus:
            keys = [[str(value) for value in row] for row in (*missing, *surplus)[:KEYS]]
            differences.append(Difference(projection.name, len(missing), len(surplus), keys))
    return differences


async def _sample(connection: Connection, log: Log, position: int, chance: Random, sample: int) -> Streams:
    positions = sorted({chance.randint(1, position) for _ in range(sample)}) if position else []
    ids = [row["stream_id"] for row in await connection.fetch(STREAMS, positions)]
    return await log.read_streams(ids, up_to=position)


def _keys(projection: Projection, streams: Streams) -> list[Any]:
    """What the rows that these streams give are named by; of events, their positions."""
    if isinstance(projection, StateProjection):
        return [projection.subject.name(s) for s in streams if projection.subject.owns(s)]
    return [recorded.position for events in streams.values() for recorded in events]


async def _served(
    connection: Connection, projection: Projection, streams: Streams, position: int
) -> dict[Row, int]:
    columns, at = _as_of(projection)
    sql = f"select {columns} from {projection.table} where {at}"
    rows = [tuple(row) for row in await connection.fetch(sql, _keys(projection, streams), position)]
    if (
        isinstance(projection, StateProjection) and "congress" in projection.key
    ):  # whose ids another may use too
        start, congress = projection.subject.prefix, projection.key.index("congress")
        rows = [row for row in rows if f"{start}{row[congress]}/{row[0]}" in streams]
    return _counted(rows)


def _as_of(projection: Projection) -> tuple[str, str]:
    """The columns of rows, and the condition on their keys, as they stood at position `$2`."""
    if not isinstance(projection, StateProjection):
        return ", ".join(projection.stored), "position = any($1) and position <= $2"
    key = projection.subject.name_in_row
    plain = ", ".join((*projection.key, *projection.columns, "from_position"))
    ended = "case when to_position <= $2 then to_position end as to_position"
    return f"{plain}, {ended}", f"{key} = any($1) and from_position <= $2"


async def _lacking(
    connection: Connection, one: str, other: str, projection: Projection, keys: list[Any], position: int
) -> list[Any]:
    columns, at = _as_of(projection)
    sql = LACKS.format(key=", ".join(projection.key), columns=columns, one=one, other=other, at=at)
    return list(await connection.fetch(sql, keys, position))


def _counted(rows: Any) -> dict[Row, int]:
    counted: dict[Row, int] = {}
    for row in rows:
        hashable = tuple(tuple(v) if isinstance(v, list) else v for v in row)
        counted[hashable] = counted.get(hashable, 0) + 1
    return counted


def _difference(projection: Projection, expected: dict[Row, int], served: dict[Row, int]) -> Difference:
    missing = [row for row, times in expected.items() if served.get(row, 0) < times]
    surplus = [row for row, times in served.items() if expected.get(row, 0) < times]
    width = len(projection.key)
    keys = [[str(value) for value in row[:width]] for row in (*missing, *surplus)[:KEYS]]
    return Difference(projection.name, len(missing), len(surplus), keys)
