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
    where {where} and ended is null and due_at >= {now} and due_at < {now} + interval '{ahead:d} days'
    group by 1 order by 1
"""


AHEAD = 84  # days of the calendar
MONTHS = 36  # of the burn-down, the present one included
BURN_DOWN = """
    with promise as (
        select made_at, state, settled_at, due_at from p_commitments_v1
        where {where} and made_at is not null and state <> 'failed' and made_at <= {now}),
    month as (
        select at, least((at + interval '1 month') at time zone 'Asia/Shanghai', {now}) as ends
        from (select min(made_at) as first from promise) p, generate_series(
            greatest(date_trunc('month', first at time zone 'Asia/Shanghai'),
                date_trunc('month', {now} at time zone 'Asia/Shanghai') - interval '{months:d} months'),
            {now} at time zone 'Asia/Shanghai', interval '1 month') at)
    select m.at::date as month,
        count(*) filter (where made_at >= m.at at time zone 'Asia/Shanghai') as made,
        count(*) filter (where settled_at >= m.at at time zone 'Asia/Shanghai' and settled_at <= m.ends) as kept,
        count(*) filter (where state = 'open' or settled_at > m.ends) as open,
        count(*) filter (where (state = 'open' or settled_at > m.ends) and due_at < m.ends) as overdue
    from month m join promise p on p.made_at <= m.ends group by 1 order by 1
"""
FLOW = """
    select first, latest, count(*) as answers from (
        select (array_agg(category order by position))[1] as first,
            (array_agg(category order by position desc))[1] as latest
        from p_audit_trail_v1
        where event_type in ('suggestion.answered', 'suggestion.reclassified') and category is not null
            and unit is not null and ($1::bigint is null or position <= $1) and ($2::text is null or congress = $2)
        group by case_id, unit) answer
    group by 1, 2 order by 1, 2
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


async def burn_down(
    connection: Connection, *, now: datetime, congress: str | None = None, as_of: int | None = None
) -> list[dict[str, Any]]:
    """Promises month by month: made, kept, and open at its end, with how many of those were late then.

    Those that were given up are left out, as the ledger does not date it.
    """
    return await _found(connection, BURN_DOWN, now, congress, as_of)


async def flow(
    connection: Connection, *, now: datetime, congress: str | None = None, as_of: int | None = None
) -> list[dict[str, Any]]:
    """How many answers went from which category, as first given, to which one, as it holds."""
    return [dict(row) for row in await connection.fetch(FLOW, as_of, congress)]


async def _found(
    connection: Connection, sql: str, now: datetime, congress: str | None, as_of: int | None
) -> list[dict[str, Any]]:
    values: list[Any] = [now] if as_of is None else [as_of, now]
    at, where = f"${len(values)}::timestamptz", held(as_of)
    if congress is not None:
        values.append(congress)
        where += f" and congress = ${len(values)}"
    sql = sql.format(where=where, now=at, busiest=BUSIEST, months=MONTHS - 1, ahead=AHEAD)
    return [dict(row) for row in await connection.fetch(sql, *values)]
