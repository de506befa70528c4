"""Statistics of the annual report: every table that such reports print, as SQL over rows that hold at a position."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from projections import commitments, performance
from projections.asof import rows
from projections.base import Connection
from projections.counted import NAMED, REPLIES, TOTALS
from projections.scope import BOARD, Scope

__all__ = ["TABLES", "Scope", "Table", "report", "table"]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the report: what its lines are, and the board's filter that lists the cases of a line."""

    value: str  # the expression that a line stands for
    filter: str  # the field of `Filter` that takes the line's value
    each: str = ""  # a list of the board that is unfolded: a case may stand in several lines, once in each


TABLES: Final = {
    "by_system": Table("system", "system"),
    "by_unit": Table("split_part(part, ':', 2)", "unit", "roles"),
    "by_lead_unit": Table("lead_unit", "lead_unit"),
    "by_role": Table("split_part(part, ':', 1)", "role", "roles"),
    "by_category": Table("category", "category"),
    "by_outcome": Table("outcome", "outcome"),
    "by_subject": Table("subject", "subject"),
    "by_aspect": Table("aspect", "aspect"),
    "by_key_topic": Table("part", "key_topic", "key_topics"),
    "by_delegation": Table("delegation", "delegation"),
    "by_session": Table("in_session", "in_session"),
    "by_basis": Table("part", "basis", "basis"),
    "by_kind": Table("kind", "kind"),
    "by_stage": Table("stage", "stage"),
    "by_level": Table("level", "level"),
    "by_submitter": Table("by_delegation", "by_delegation"),
    "by_grass_roots": Table("grass_roots", "grass_roots"),
    "by_first_term": Table("first_term", "first_term"),
    "by_publication": Table("part", "published", "published"),
    "by_end_without_handling": Table("ended_as", "ended_as"),
}
COUNTED = """count(*) as cases,
        count(*) filter (where answered_at is not null or outcome is not null) as answered,
        count(*) filter (where outcome = 'resolved') as solved,
        count(*) filter (where outcome in ('in_progress', 'planned')) as planned,
        count(*) filter (where answered_late) as answered_late,
        count(*) filter (where next_due < {now}) as overdue"""
FIGURES = ("cases", "answered", "solved", "planned", "answered_late", "overdue")
COUNT = f"""
    select {{value}} as value, {COUNTED}
    from {{board}} {{unfolded}} where {{where}} and {{value}} is not null group by 1 order by 2 desc, 1
"""
PLAIN = tuple(name for name, table in TABLES.items() if not table.each)
VALUES = ", ".join(TABLES[name].value for name in PLAIN)
# The tables in which a case stands in one line, all in one look at the cases; `line` tells whose line it is.
GROUPED = f"""
    select {VALUES}, grouping({VALUES}) as line, {COUNTED}
    from {{board}} where {{where}} group by grouping sets ({", ".join(f"({TABLES[name].value})" for name in PLAIN)})
    order by line, cases desc, {VALUES}
"""
UNFOLDED = "cross join lateral (select distinct {value} as value from unnest({each}) as part) unfolded"
TOTALS_OF = "select {counts} from {board} where {where}"
REPLIES_OF = "select {counts}, coalesce(sum(rehandled), 0) as rehandlings from {work} where {cases}"


async def report(
    connection: Connection, scope: Scope, *, now: datetime, as_of: int | None = None
) -> dict[str, Any]:
    """The totals and every table; each figure and each line names the filter of the board that lists its cases."""
    plain = await _plain(connection, scope, now, as_of)
    tables = {
        name: plain[name] if name in plain else await table(connection, name, scope, now=now, as_of=as_of)
        for name in TABLES
    }
    totals, replies = await _totals(connection, scope, as_of), await _replies(connection, scope, as_of)
    asked: dict[str, Any] = {"now": now, "as_of": as_of, "scope": scope}
    return {
        "totals": totals,
        "replies": replies,
        "filters": {name: scope.filter(figure=name).facts() for name in (*totals, *replies)},
        "tables": tables,
        "categories_changed": await performance.categories_changed(connection, **asked),
        "commitments_by_year": await commitments.ledger(connection, **asked),
    }


async def table(
    connection: Connection, name: str, scope: Scope, *, now: datetime, as_of: int | None = None
) -> list[dict[str, Any]]:
    """One table, its largest line first."""
    asked, values = TABLES[name], _values(as_of)
    where = scope.where(values, as_of)
    values.append(now)
    sql = COUNT.format(
        value="unfolded.value" if asked.each else asked.value,
        board=BOARD,
        unfolded=UNFOLDED.format(value=asked.value, each=asked.each) if asked.each else "",
        where=where,
        now=f"${len(values)}::timestamptz",
    )
    rows = await connection.fetch(sql, *values)
    return [{**row, "filter": _cases_of(name, row["value"], scope)} for row in rows]


async def _plain(
    connection: Connection, scope: Scope, now: datetime, as_of: int | None
) -> dict[str, list[dict[str, Any]]]:
    """As `table`, for all tables in which a case stands in one line."""
    values = _values(as_of)
    where = scope.where(values, as_of)
    values.append(now)
    sql = GROUPED.format(board=BOARD, where=where, now=f"${len(values)}::timestamptz")
    every = (1 << len(PLAIN)) - 1  # a bit for each value that a line is not about, the last value's lowest
    of_line = {every - (1 << place): name for place, name in enumerate(reversed(PLAIN))}
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in PLAIN}
    for row in await connection.fetch(sql, *values):
        name = of_line[row["line"]]
        if (value := row[TABLES[name].value]) is not None:
            figures = {figure: row[figure] for figure in FIGURES}
            tables[name].append({"value": value, **figures, "filter": _cases_of(name, value, scope)})
    return tables


def _cases_of(name: str, value: Any, scope: Scope) -> dict[str, Any]:
    """The board's filter that lists the cases of a line."""
    return scope.filter(**{TABLES[name].filter: value}).facts()


async def _totals(connection: Connection, scope: Scope, as_of: int | None) -> dict[str, Any]:
    counts = [f"count(*) filter (where {condition}) as {name}" for name, condition in TOTALS.items()]
    counts += [f"count(distinct {of}) filter (where {rows}) as {name}" for name, (of, rows) in NAMED.items()]
    values = _values(as_of)
    where = scope.where(values, as_of)
    return await _row(
        connection, TOTALS_OF.format(counts=", ".join(counts), board=BOARD, where=where), values
    )


async def _replies(connection: Connection, scope: Scope, as_of: int | None) -> dict[str, Any]:
    counts = [
        f"count(*) filter (where {condition}) as {name}"
        for name, condition in REPLIES.items()
        if name != "rehandlings"
    ]
    values = _values(as_of)
    cases = scope.cases(values, as_of)
    sql = REPLIES_OF.format(counts=", ".join(counts), work=rows(performance.WORK, as_of), cases=cases)
    return await _row(connection, sql, values)


async def _row(connection: Connection, sql: str, values: list[Any]) -> dict[str, Any]:
    row = await connection.fetchrow(sql, *values)
    return {name: int(value) for name, value in (row or {}).items()}


def _values(as_of: int | None) -> list[Any]:
    return [] if as_of is None else [as_of]
