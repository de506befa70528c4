"""Pictures: the few figures that are better looked at than read, counted over the rows that hold at a position."""

from datetime import datetime
from typing import Any

from projections.asof import held
from projections.base import Connection

BUSIEST = 15  # units of the heat map
HEAT = """
    select lead_unit as unit, stage, count(*) as cases, count(*) filter (where next_due < {now}) as overdue
    from p_case_board_v2 where {where} and stage <> 'ended' and lead_unit in (
        select lead_unit from p_case_board_v2 where {where} and lead_unit is not null
        group by 1 order by count(*) desc, 1 limit {busiest:d})
    group by 1, 2 order by 1, 2
"""
CALENDAR = """
    select due_on, count(*) as terms from p_clocks_v1
    where {where} and ended is null and due_at >= {now} and due_at < {now} + interval '84 days'
    group by 1 order by 1
"""


async def heat(
    connection: Connection, *, now: datetime, congress: str | None = None, as_of: int | None = None
) -> list[dict[str, Any]]:
    """How many cases each of the busiest lead units has at each stage, and how many of them are late."""
    return await _found(connection, HEAT, now, congress, as_of)


async def calendar(
    connection: Connection, *, now: datetime, congress: str | None = None, as_of: int | None = None
) -> list[dict[str, Any]]:
    """How many terms end on each day of the next twelve weeks."""
    return await _found(connection, CALENDAR, now, congress, as_of)


async def _found(
    connection: Connection, sql: str, now: datetime, congress: str | None, as_of: int | None
) -> list[dict[str, Any]]:
    values: list[Any] = [now] if as_of is None else [as_of, now]
    at, where = f"${len(values)}::timestamptz", held(as_of)
    if congress is not None:
        values.append(congress)
        where += f" and congress = ${len(values)}"
    sql = sql.format(where=where, now=at, busiest=BUSIEST)
    return [dict(row) for row in await connection.fetch(sql, *values)]
