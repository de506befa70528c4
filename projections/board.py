"""The case board: one line per case, as it stands or as it stood at any position of the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from domain.suggestion.state import Clock
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import UNKNOWN_UNIT, Role
from projections.base import CaseProjection, Connection, Row

DEFAULT_LIMIT = 200  # lines of a page

COLUMNS = (
    "congress", "ref", "kind", "level", "place", "term", "session", "number", "title", "stage", "jurisdiction",
    "rules_id", "lead_unit", "units", "co_units", "next_due", "next_rule", "next_about", "provisional", "category",
    "outcome", "assigned_at", "answered_at", "commitments_open", "commitments_made", "gaps", "version",
)  # fmt: skip

HOLDS_NOW = "to_position is null"
HELD_AT = "from_position <= $1 and (to_position is null or to_position > $1)"

COUNTS = """
    select count(*) as cases,
        count(*) filter (where next_due >= {now} and next_due < {now} + interval '7 days') as due_this_week,
        count(*) filter (where next_due < {now}) as overdue,
        coalesce(sum(commitments_open), 0) as commitments_open
    from p_case_board_v1 where {where}
"""
UNITS = """
    select unit, count(*) as cases from p_case_board_v1, unnest(units) as unit
    where to_position is null group by 1 order by 2 desc, 1 limit 500
"""
VALUES = """
    select {column} as value, count(*) as cases from p_case_board_v1
    where to_position is null and {column} is not null group by 1 order by 2 desc, 1 limit 500
"""
FILTERS = ("congress", "stage", "level", "kind", "jurisdiction", "outcome")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines of the board to show; None or empty means all."""

    congress: str | None = None
    stage: str | None = None
    level: str | None = None
    kind: str | None = None
    jurisdiction: str | None = None
    outcome: str | None = None
    unit: str | None = None
    text: str | None = None
    late: bool = False
    due_before: datetime | None = None
    open_commitments: bool = False


class CaseBoard(CaseProjection):
    """Folds a case into its line."""

    name: ClassVar[str] = "case-board"
    version: ClassVar[int] = 1
    table: ClassVar[str] = "p_case_board_v1"
    key: ClassVar[tuple[str, ...]] = ("case_id",)
    columns: ClassVar[tuple[str, ...]] = COLUMNS

    def rows(self, case: Suggestion) -> Mapping[Row, Row]:
        next_clock = _next(case)
        deadline = next_clock.deadline if next_clock else None
        reply = case.replies[-1] if case.replies else None
        line: dict[str, Any] = {
            **{name: getattr(case, name) for name in COLUMNS if hasattr(case, name)},
            "kind": case.kind.value,
            "level": case.level.value if case.level else "",
            "stage": case.stage.value,
            "lead_unit": next(iter(_named(case.lead_units)), None),
            "units": _named(a.unit for a in case.assignments),
            "co_units": _named(a.unit for a in case.assignments if a.role is Role.CO_HANDLING),
            "next_due": deadline.due_at if deadline else None,
            "next_rule": next_clock.rule if next_clock else None,
            "next_about": next_clock.about if next_clock else None,
            "provisional": bool(deadline and deadline.provisional),
            "category": reply.category if reply else None,
            "outcome": reply.outcome if reply else None,
            "answered_at": reply.answered_at if reply else None,
            "commitments_open": len(case.open_commitments),
            "commitments_made": len(case.commitments),
            "gaps": list(case.gaps),
        }
        return {(case.case_id,): tuple(line[name] for name in COLUMNS)}


def _next(case: Suggestion) -> Clock | None:
    """The running clock that ends first."""
    dated = [c for c in case.running_clocks if c.deadline is not None]
    return min(dated, key=lambda c: (c.deadline.due_at, c.cause), default=None)  # type: ignore[union-attr] # filtered above


def _named(units: Any) -> list[str]:
    return [unit for unit in units if unit != UNKNOWN_UNIT]


async def find(
    connection: Connection,
    wanted: Filter,
    *,
    now: datetime,
    as_of: int | None = None,
    limit: int = DEFAULT_LIMIT,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Lines of the board, the most urgent first; `as_of` is a position of the log."""
    where, values = _where(wanted, now, as_of)
    order = "next_due nulls last, congress, term desc nulls last, session desc nulls last, ref"
    sql = f"select * from p_case_board_v1 where {where} order by {order} limit {limit:d} offset {offset:d}"
    return [dict(row) for row in await connection.fetch(sql, *values)]


async def count(connection: Connection, wanted: Filter, *, now: datetime, as_of: int | None = None) -> int:
    """How many lines `find` would give without a limit."""
    where, values = _where(wanted, now, as_of)
    number: int = await connection.fetchval(f"select count(*) from p_case_board_v1 where {where}", *values)
    return number


async def counts(
    connection: Connection, *, now: datetime, congress: str | None = None, as_of: int | None = None
) -> dict[str, int]:
    """The figures above the board."""
    where, values = _where(Filter(congress=congress), now, as_of)
    row = await connection.fetchrow(COUNTS.format(where=where, now=f"${len(values) + 1}"), *values, now)
    return {name: int(value) for name, value in row.items()} if row else {}


async def values_of(connection: Connection, column: str) -> list[tuple[str, int]]:
    """The values that a filter may take, with the number of cases, the most frequent first."""
    if column not in FILTERS:
        raise KeyError(column)
    return [(row["value"], row["cases"]) for row in await connection.fetch(VALUES.format(column=column))]


async def units(connection: Connection) -> list[tuple[str, int]]:
    """The units that have a part in a case, with the number of their cases, the busiest first."""
    return [(row["unit"], row["cases"]) for row in await connection.fetch(UNITS)]


def _where(wanted: Filter, now: datetime, as_of: int | None) -> tuple[str, Sequence[Any]]:
    """Only conditions that are asked for, so that the plan can use the index that fits them."""
    values: list[Any] = [] if as_of is None else [as_of]
    conditions = [HOLDS_NOW if as_of is None else HELD_AT]

    def add(condition: str, value: Any) -> None:
        values.append(value)
        conditions.append(condition.format(f"${len(values)}"))

    for name in FILTERS:
        if (value := getattr(wanted, name)) is not None:
            add(f"{name} = {{}}", value)
    if wanted.unit is not None:
        add("{} = any(units)", wanted.unit)
    if wanted.text is not None:
        add("strpos(coalesce(title, '') || ' ' || ref, {}) > 0", wanted.text)
    if wanted.late:
        add("next_due < {}", now)
    if wanted.due_before is not None:
        add("next_due >= {}", now)
        add("next_due < {}", wanted.due_before)
    if wanted.open_commitments:
        conditions.append("commitments_open > 0")
    return " and ".join(conditions), values
