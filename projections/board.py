"""The case board: one line per case, as it stands or as it stood at any position of the log."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import asyncpg

from domain.suggestion.records import Clock, ClockStatus
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import UNKNOWN_UNIT
from projections.base import Connection, Parts, StateProjection
from projections.filters import FILTERS, Filter, Lateness, by_indexes, wheres_of

__all__ = [
    "CaseBoard", "Filter", "Lateness", "Page", "counts", "find", "page", "stream", "units", "values_of",
]  # fmt: skip

DEFAULT_LIMIT = 200  # lines of a page
AT_ONCE = 1000  # lines that a stream holds in memory
REPLY_RULES = frozenset({"answer", "answer_extended", "rehandling"})
TABLE = "p_case_board_v2"

COLUMNS = (
    "congress", "ref", "kind", "level", "place", "term", "session", "number", "title", "stage", "jurisdiction",
    "rules_id", "system", "lead_unit", "roles", "next_due", "next_rule", "next_about",
    "provisional", "category", "outcome", "submitted_at", "assigned_at", "answered_at", "answered_late",
    "commitments_open", "commitments_made", "gaps", "lead_deputy", "delegation", "by_delegation", "in_session",
    "basis", "grass_roots", "first_term", "motion", "ended_as", "merged_into", "key_topics", "published",
    "protected", "subject", "aspect",
)  # fmt: skip

COUNTS = """
    select count(*) as cases,
        count(*) filter (where next_due >= {now} and next_due < {now} + interval '7 days') as due_this_week,
        count(*) filter (where next_due < {now}) as overdue,
        coalesce(sum(commitments_open), 0) as commitments_open
    from ({lines}) line
"""
# Which lines there are, with what they are ordered by; the first of them are looked up by it.
THOSE = (
    "select case_id, from_position, next_due, congress, term, session, ref from p_case_board_v2 where {where}"
)
FIRST_OF = """
    (select * from p_case_board_v2 where (case_id, from_position) in (
        select case_id, from_position from {those} {first}))
"""
HOLDING = "(select * from p_case_board_v2 where {where} {first})"  # the index is in their order
NUMBER = "(select count(*) from p_case_board_v2 where {where})"
NUMBER_OF = "(select count(*) from {those})"
PAGE = """
    select found.number as of_all, line.* from (select {number} as number) found
        left join ({lines}) line on true {order}
"""
COUNTED = "select next_due, commitments_open from p_case_board_v2 where {where}"
UNITS = """
    select split_part(part, ':', 2) as unit, count(*) as cases
    from p_case_board_v2, unnest(roles) as part where to_position is null group by 1 order by 2 desc, 1 limit 500
"""
VALUES = """
    select {column} as value, count(*) as cases from p_case_board_v2
    where to_position is null and {column} is not null group by 1 order by 2 desc, 1 limit 500
"""
LISTS = ("gaps", "basis", "key_topics", "published")
ORDER = "order by next_due nulls last, congress, term desc nulls last, session desc nulls last, ref"  # urgent first


class CaseBoard(StateProjection):
    """Folds a case into its line."""

    name: ClassVar[str] = "case-board"
    version: ClassVar[int] = 2
    table: ClassVar[str] = TABLE
    key: ClassVar[tuple[str, ...]] = ("case_id",)
    columns: ClassVar[tuple[str, ...]] = COLUMNS
    depends: ClassVar[frozenset[str]] = frozenset({
        "congress", "case_id", "ref", "kind", "level", "place", "term", "session", "number", "title",
        "jurisdiction", "rules_id", "assigned_to", "assignments", "clocks", "replies", "submitted_at",
        "assigned_at", "commitments", "gaps", "lead_deputy", "delegation", "by_delegation", "in_session", "basis",
        "grass_roots", "first_term", "motion", "ended_as", "merged_into", "key_topics", "publications",
        "confidentiality_asked", "identity_protected", "registered", "returned", "concluded", "ratings",
        "lapsed_feedback", "rehandled", "relieved", "classification",
    })  # fmt: skip

    def parts(self, state: Suggestion) -> Parts:
        due_at, rule, about, provisional, late = _terms(state)
        category, outcome, answered_at = _reply(state)
        lead, roles = _roles(state)
        subject = state.classification
        line = (
            state.congress, state.ref, state.kind, state.level or "", state.place, state.term, state.session,
            state.number, state.title, state.stage, state.jurisdiction, state.rules_id, state.assigned_to, lead,
            roles, due_at, rule, about, provisional, category, outcome, state.submitted_at, state.assigned_at,
            answered_at, late,
            sum([commitment.open for commitment in state.commitments]),
            len(state.commitments),
            state.gaps or None,
            state.lead_deputy, state.delegation, state.by_delegation, state.in_session, state.basis or None,
            state.grass_roots, state.first_term, state.motion, state.ended_as, state.merged_into,
            state.key_topics or None,
            tuple([f"{p.part} {p.extent}" for p in state.publications]) or None,
            state.confidentiality_asked or state.identity_protected,
            subject.name if subject else None,
            subject.aspect if subject else None,
        )  # fmt: skip
        return {(state.case_id,): line}


def _roles(state: Suggestion) -> tuple[str | None, tuple[str, ...]]:
    """The unit that leads, and every unit with its role."""
    lead, roles = None, []
    for part in state.assignments:
        if part.unit != UNKNOWN_UNIT:
            if lead is None and part.role.owes_reply:
                lead = part.unit
            roles.append(f"{part.role}:{part.unit}")
    return lead, tuple(roles)


def _reply(state: Suggestion) -> tuple[str | None, str | None, datetime | None]:
    """The last reply: its category and outcome, and when it was given."""
    if not state.replies:
        return None, None, None
    reply = state.replies[-1]
    return reply.category, reply.outcome, reply.answered_at


def _terms(state: Suggestion) -> tuple[datetime | None, str | None, str | None, bool, bool]:
    """The running term that ends first, and whether a reply came after its own."""
    first: Clock | None = None
    ends: datetime | None = None
    late = False
    for clock in state.clocks:
        if clock.ended is None:
            if clock.deadline is not None and (ends is None or clock.deadline.due_at < ends):
                first, ends = clock, clock.deadline.due_at
        elif clock.ended is ClockStatus.MET_LATE and clock.rule in REPLY_RULES:
            late = True
    if first is None or first.deadline is None:
        return None, None, None, False, late
    return ends, first.rule, first.about, first.deadline.provisional, late


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of those that were asked for, and how many those are."""

    lines: list[dict[str, Any]]
    number: int


async def page(
    connection: Connection,
    wanted: Filter,
    *,
    now: datetime,
    as_of: int | None = None,
    limit: int = DEFAULT_LIMIT,
    offset: int = 0,
) -> Page:
    """Lines as `find` gives them and the number of all, from one statement: what both need of the past is read once."""
    wheres, values = wheres_of(wanted, now, as_of)
    if by_indexes(wanted):
        statement = _urgent_first(wheres, limit, offset, numbered=True)
    else:
        statement = _looked_up(wheres, limit, offset)
    rows = await connection.fetch(statement, *values)
    number = rows[0]["of_all"]
    lines = [_line(row) for row in rows if row["case_id"] is not None]
    for line in lines:
        del line["of_all"]
    return Page(lines, number)


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
    wheres, values = wheres_of(wanted, now, as_of)
    return [_line(row) for row in await connection.fetch(_urgent_first(wheres, limit, offset), *values)]


async def stream(
    connection: Connection,
    wanted: Filter,
    *,
    now: datetime,
    as_of: int | None = None,
    limit: int | None = None,
) -> AsyncIterator[dict[str, Any]]:
    """As `find`, without a limit unless one is asked for, a thousand lines in memory at a time; needs a transaction."""
    wheres, values = wheres_of(wanted, now, as_of)
    async for row in connection.cursor(_urgent_first(wheres, limit), *values, prefetch=AT_ONCE):
        yield _line(row)


async def counts(
    connection: Connection, *, now: datetime, congress: str | None = None, as_of: int | None = None
) -> dict[str, int]:
    """The figures above the board."""
    wheres, values = wheres_of(Filter(congress=congress), now, as_of)
    lines = " union all ".join(COUNTED.format(where=where) for where in wheres)
    row = await connection.fetchrow(COUNTS.format(lines=lines, now=f"${len(values) + 1}"), *values, now)
    return {name: int(value) for name, value in row.items()} if row else {}


async def values_of(connection: Connection, column: str) -> list[tuple[str, int]]:
    """The values that a filter may take, with the number of cases, the most frequent first."""
    if column not in FILTERS:
        raise KeyError(column)
    return [(row["value"], row["cases"]) for row in await connection.fetch(VALUES.format(column=column))]


async def units(connection: Connection) -> list[tuple[str, int]]:
    """The units that have a part in a case, with the number of their cases, the busiest first."""
    return [(row["unit"], row["cases"]) for row in await connection.fetch(UNITS)]


def _urgent_first(
    wheres: Sequence[str], limit: int | None, offset: int = 0, *, numbered: bool = False
) -> str:
    """The statement for the first lines that meet one of the conditions; `numbered`: with the number of all of them.

    The first condition is of the lines that hold; the other, of the past only, of those that have ended since. Each is
    asked for its own first lines by its own index; of those that have ended it has what they are ordered by.
    """
    holding, *ended = wheres
    first = f"{ORDER} limit {'all' if limit is None else limit + offset}"
    parts = [
        HOLDING.format(where=holding, first=first),
        *[FIRST_OF.format(those="ended", first=first) for _ in ended],
    ]
    statement = f"select * from ({' union all '.join(parts)}) line {first} offset {offset:d}"
    if numbered:
        number = [NUMBER.format(where=holding), *[NUMBER_OF.format(those="ended") for _ in ended]]
        statement = PAGE.format(number=" + ".join(number), lines=statement, order=ORDER)
    return "".join(f"with ended as materialized ({THOSE.format(where=where)})" for where in ended) + statement


def _looked_up(wheres: Sequence[str], limit: int, offset: int) -> str:
    """As `_urgent_first`, numbered, for lines that have to be looked up to be known: once, to be counted and shown."""
    those = " union all ".join(THOSE.format(where=where) for where in wheres)
    lines = FIRST_OF.format(those="those", first=f"{ORDER} limit {limit:d} offset {offset:d}")
    statement = PAGE.format(number=NUMBER_OF.format(those="those"), lines=lines, order=ORDER)
    return f"with those as materialized ({those}) {statement}"


def _line(row: asyncpg.Record) -> dict[str, Any]:
    """A row as its readers know it: an empty list is stored as null, and the units are those of the roles."""
    lists = {name: row[name] or [] for name in LISTS}
    return {**row, **lists, "units": [part.partition(":")[2] for part in row["roles"]]}
