"""Clocks: every deadline of every case, running or ended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from domain.suggestion.records import Clock
from domain.suggestion.suggestion import Suggestion
from projections.asof import rows
from projections.base import Connection, Row, StateProjection

COLUMNS = (
    "congress",
    "ref",
    "rule",
    "about",
    "anchor",
    "due_on",
    "due_at",
    "provisional",
    "ended",
    "ended_at",
)
DEFAULT_LIMIT = 200  # lines of a page

DUE = """
    select * from p_clocks_v1
    where to_position is null and ended is null and due_at >= $1 and due_at < $2
    order by due_at, ref, clock
"""
RUNNING = """
    select *, greatest(0, ceil(extract(epoch from {now}::timestamptz - due_at) / 86400))::integer as days_overdue
    from {clocks} where {where} order by due_at nulls last, ref, clock limit {limit:d}
"""
# how many terms are late by how much, and how many are not certain yet
OVERDUE = """
    select rule,
        count(*) as running,
        count(*) filter (where due_at >= {now} and due_at < {now} + interval '7 days') as due_this_week,
        count(*) filter (where due_at < {now}) as overdue,
        count(*) filter (where due_at < {now} - interval '7 days') as overdue_by_a_week,
        count(*) filter (where due_at < {now} - interval '30 days') as overdue_by_a_month,
        count(*) filter (where due_at < {now} - interval '90 days') as overdue_by_a_quarter,
        count(*) filter (where provisional) as provisional,
        count(*) filter (where due_at is null) as undated
    from {clocks} where {where} group by rule order by 2 desc, 1
"""


class Clocks(StateProjection):
    """Folds a case into its clocks."""

    name: ClassVar[str] = "clocks"
    version: ClassVar[int] = 1
    table: ClassVar[str] = "p_clocks_v1"
    key: ClassVar[tuple[str, ...]] = ("case_id", "clock")
    columns: ClassVar[tuple[str, ...]] = COLUMNS
    depends: ClassVar[frozenset[str]] = frozenset({"case_id", "congress", "ref", "clocks"})

    def parts(self, state: Suggestion) -> Mapping[Row, tuple[Clock, str, str]]:
        case_id, congress, ref = state.case_id, state.congress, state.ref
        return {
            (case_id, f"{clock.rule}:{clock.cause}:{clock.about}"): (clock, congress, ref)
            for clock in state.clocks
        }

    def row(self, part: tuple[Clock, str, str]) -> Row:
        clock, congress, ref = part
        deadline = clock.deadline
        return (
            congress,
            ref,
            clock.rule,
            clock.about,
            deadline.anchor if deadline else None,
            deadline.due_on if deadline else None,
            deadline.due_at if deadline else None,
            bool(deadline and deadline.provisional),
            clock.ended,
            clock.ended_at,
        )


def clock_key(clock: Clock) -> str:
    """What tells the clocks of a case apart: the rule, whom it concerns, and the event that set it."""
    return f"{clock.rule}:{clock.cause}:{clock.about}"


async def due_between(connection: Connection, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Running clocks that end in the half-open interval."""
    return [dict(row) for row in await connection.fetch(DUE, start, end)]


async def running(
    connection: Connection,
    *,
    now: datetime,
    as_of: int | None = None,
    rule: str | None = None,
    about: str | None = None,
    overdue: bool = False,
    provisional: bool = False,
    due_before: datetime | None = None,
    limit: int = DEFAULT_LIMIT,
) -> list[dict[str, Any]]:
    """Running clocks, the one that ends first at the head; each says by how many days it is late."""
    values: list[Any] = [now] if as_of is None else [as_of, now]
    at = f"${len(values)}"
    conditions = ["ended is null"]
    for column, value in (("rule", rule), ("about", about)):
        if value is not None:
            values.append(value)
            conditions.append(f"{column} = ${len(values)}")
    if overdue:
        conditions.append(f"due_at < {at}")
    if provisional:
        conditions.append("provisional")
    if due_before is not None:
        values.append(due_before)
        conditions.append(f"due_at >= {at} and due_at < ${len(values)}")
    sql = RUNNING.format(
        clocks=rows(Clocks.table, as_of), now=at, where=" and ".join(conditions), limit=limit
    )
    return [dict(row) for row in await connection.fetch(sql, *values)]


async def overview(
    connection: Connection, *, now: datetime, congress: str | None = None, as_of: int | None = None
) -> list[dict[str, Any]]:
    """Per rule: how many terms run, end this week, are late by how much, are provisional or undated."""
    values: list[Any] = [now] if as_of is None else [as_of, now]
    at, where = f"${len(values)}::timestamptz", "ended is null"
    if congress is not None:
        values.append(congress)
        where += f" and congress = ${len(values)}"
    sql = OVERDUE.format(clocks=rows(Clocks.table, as_of), now=at, where=where)
    return [dict(row) for row in await connection.fetch(sql, *values)]


# cases in which a unit owes something by a day: a part of its own, or a promise that it made
OWED_BY = """
    select distinct c.congress, c.case_id from p_clocks_v1 c
    where c.to_position is null and c.ended is null and c.due_on is not null and ($2::text is null or c.congress = $2)
        and (c.about = $1 or exists (
            select from p_commitments_v1 m
            where m.to_position is null and m.case_id = c.case_id and m.commitment = c.about and m.owner = $1
        ))
    order by 1, 2
"""


async def owed_by(connection: Connection, unit: str, congress: str | None = None) -> list[str]:
    """The streams of the cases in which a unit owes something by a day."""
    rows = await connection.fetch(OWED_BY, unit, congress)
    return [f"case/{row['congress']}/{row['case_id']}" for row in rows]
