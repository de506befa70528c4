"""Units' performance: rates counted from the rows of unit work and commitments, each with a list of its cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from domain.base import Refusal
from projections.asof import rows
from projections.base import Connection
from projections.rates import Rate
from projections.scope import Scope

WORK, PROMISES = "p_unit_work_v1", "p_commitments_v1"


@dataclass(frozen=True, slots=True)
class Measure:
    """A rate: what of what, as conditions on rows; the figure and the list of its cases use the same ones."""

    table: str
    part: str
    whole: str

    @property
    def unit(self) -> str:
        return "unit" if self.table == WORK else "owner"


# The first five are never added up, and there is no single one for success.
MEASURES: Final = {
    "replied": Measure(WORK, "not owing", "owes"),  # 办复率
    "on_time": Measure(WORK, "not answered_late", "owes and answered_late is not null"),
    "solved_or_planned": Measure(
        WORK,
        "outcome in ('resolved', 'in_progress', 'planned')",
        "owes and replies > 0 and outcome is not null",
    ),
    "satisfied": Measure(WORK, "result = 'satisfied'", "result is not null"),  # 满意率, of the forms returned
    "commitments_kept": Measure(PROMISES, "state = 'kept'", "state <> 'open' or due_at < {now}"),  # 落实率
    "attitude_satisfied": Measure(WORK, "attitude = 'satisfied'", "attitude is not null"),
    "solved": Measure(WORK, "outcome = 'resolved'", "owes and replies > 0 and outcome is not null"),  # 解决率
    "contacted": Measure(WORK, "contacted", "owes and replies > 0"),  # 沟通率
    "forms_returned": Measure(WORK, "feedback = 'returned'", "feedback in ('returned', 'lapsed')"),
    "reclassified": Measure(WORK, "first_category <> category", "category is not null"),
    "objected": Measure(WORK, "objected", "true"),
}
PARTS: Final = {  # of the work of a unit
    "parts": "true",
    "lead": "role = 'lead'",
    "separate": "role = 'separate'",
    "co_handling": "role = 'co-handling'",
    "reference": "role = 'reference'",
    "owing": "owing",
    "overdue": "owing and due_at < {now}",
}
PARTS_OF: Final[Mapping[str, Mapping[str, str]]] = {WORK: PARTS, PROMISES: {}}
COUNTS = "select {unit} as unit, {counts} from {table} where {where} and {unit} is not null group by {unit}"
CHANGED = """
    select unit, first_category as before, category as after, count(*) as cases,
        array_agg(ref order by ref) as refs
    from {work} where {where} and first_category <> category group by 1, 2, 3 order by 4 desc, 1, 2, 3
"""


class NoSuchMeasure(Refusal):
    """“{measure}” is not a measure of a unit's work.

    There are: {known}.
    """


async def units(
    connection: Connection,
    *,
    now: datetime,
    as_of: int | None = None,
    congress: str | None = None,
    unit: str | None = None,
    scope: Scope | None = None,
) -> list[dict[str, Any]]:
    """Each unit with its parts by role and its rates; by name, for a table by rate would be a league table."""
    found: dict[str, dict[str, Any]] = {}
    for table, parts in PARTS_OF.items():
        measures = _measures(table)
        for row in await connection.fetch(*_counted(table, now, as_of, congress, unit, scope)):
            line = found.setdefault(
                row["unit"], {"unit": row["unit"], **dict.fromkeys(PARTS, 0), "rates": {}}
            )
            line |= {name: row[name] for name in parts}
            for name in measures:
                line["rates"][name] = Rate(row[f"{name}_part"], row[f"{name}_whole"])
    for line in found.values():
        line["rates"] = {name: line["rates"].get(name, Rate(0, 0)) for name in MEASURES}
    return [found[name] for name in sorted(found)]


async def cases_of(
    connection: Connection,
    unit: str,
    measure: str,
    *,
    now: datetime,
    part: bool = True,
    as_of: int | None = None,
    congress: str | None = None,
) -> list[str]:
    """The references of the cases behind a rate: those that count, or with `part=False` all of the whole."""
    if (asked := MEASURES.get(measure)) is None:
        raise NoSuchMeasure(measure=measure[:60], known=", ".join(MEASURES))
    where, values = _where(now, as_of, congress, unit, asked.unit)
    conditions = [where, asked.whole, *([asked.part] if part else [])]
    condition = " and ".join(f"({c.format(now=_at(as_of))})" for c in conditions)
    sql = f"select distinct ref from {rows(asked.table, as_of)} where {condition} order by ref"
    return [row["ref"] for row in await connection.fetch(sql, *values)]


async def categories_changed(
    connection: Connection,
    *,
    now: datetime,
    as_of: int | None = None,
    congress: str | None = None,
    scope: Scope | None = None,
) -> list[dict[str, Any]]:
    """Categories changed after review: whose, from which to which, how often, in which cases."""
    where, values = _where(now, as_of, congress, None, "unit", scope)
    sql = CHANGED.format(work=rows(WORK, as_of), where=where)
    return [dict(row) for row in await connection.fetch(sql, *values)]


def _measures(table: str) -> dict[str, Measure]:
    return {name: measure for name, measure in MEASURES.items() if measure.table == table}


def _counted(
    table: str, now: datetime, as_of: int | None, congress: str | None, unit: str | None, scope: Scope | None
) -> tuple[Any, ...]:
    """All that is counted of each unit in the rows of a table, which are read once."""
    column = "unit" if table == WORK else "owner"
    where, values = _where(now, as_of, congress, unit, column, scope)
    counted = dict(PARTS_OF[table])
    for name, measure in _measures(table).items():
        counted[f"{name}_whole"] = f"({measure.whole})"
        counted[f"{name}_part"] = f"({measure.whole}) and ({measure.part})"
    counts = [f"count(*) filter (where {condition}) as {name}" for name, condition in counted.items()]
    sql = COUNTS.format(
        unit=column, counts=", ".join(counts).format(now=_at(as_of)), table=rows(table, as_of), where=where
    )
    return (sql, *values)


def _at(as_of: int | None) -> str:
    return f"${1 if as_of is None else 2}::timestamptz"


def _where(
    now: datetime,
    as_of: int | None,
    congress: str | None,
    unit: str | None,
    column: str,
    scope: Scope | None = None,
) -> tuple[str, list[Any]]:
    values: list[Any] = [now] if as_of is None else [as_of, now]
    conditions = [f"{_at(as_of)} is not null"]  # the moment is a parameter of every query here
    for name, value in (("congress", congress), (column, unit)):
        if value is not None:
            values.append(value)
            conditions.append(f"{name} = ${len(values)}")
    if scope is not None:
        conditions.append(scope.cases(values, as_of))
    return " and ".join(conditions), values
