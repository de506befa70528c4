"""The commitment ledger (承诺台账): every promise made in an answer, and what became of it."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from domain.clock import Deadline, day_of
from domain.suggestion.records import Clock, ClockStatus, Commitment
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import UNKNOWN_UNIT
from projections.asof import first_rows, rows
from projections.base import Connection, Parts, Row, StateProjection
from projections.scope import Scope

DEFAULT_LIMIT = 200  # lines of a page
COLUMNS = (
    "congress", "ref", "owner", "promise", "made_at", "made_year", "due_on", "due_at", "follow_up_at", "state",
    "kept_late", "settled_at", "evidence", "failed_because", "verified_by", "carried_over", "follow_ups",
    "progress", "rated",
)  # fmt: skip


class Standing(StrEnum):
    """How a promise stands at a moment. `due` is the part of the open ones that ends within a week."""

    OPEN = "open"
    DUE = "due"
    OVERDUE = "overdue"
    KEPT = "kept"
    KEPT_LATE = "kept-late"
    FAILED = "failed"
    CARRIED_OVER = "carried-over"  # open, and once taken over into another year or term


CONDITIONS: Final = {
    Standing.OPEN: "state = 'open'",
    Standing.DUE: "state = 'open' and due_at >= {now} and due_at < {now} + interval '7 days'",
    Standing.OVERDUE: "state = 'open' and due_at < {now}",
    Standing.KEPT: "state = 'kept'",
    Standing.KEPT_LATE: "state = 'kept' and kept_late",
    Standing.FAILED: "state = 'failed'",
    Standing.CARRIED_OVER: "state = 'open' and cardinality(carried_over) > 0",
}
FIRST = "order by {open_first} due_at nulls last, ref, commitment limit {limit:d}"
OPEN_FIRST = "state <> 'open',"  # among all standings; those of one alone walk the index on dates
LEDGER = """
    select made_year, count(*) as made, {counts}, count(*) filter (where verified_by is not null) as verified,
        count(*) filter (where rated = 'satisfied') as rated_satisfied, count(rated) as rated
    from {promises} where {where} group by made_year order by made_year nulls last
"""


class Commitments(StateProjection):
    """Folds a case into its promises."""

    name: ClassVar[str] = "commitments"
    version: ClassVar[int] = 1
    table: ClassVar[str] = "p_commitments_v1"
    key: ClassVar[tuple[str, ...]] = ("case_id", "commitment")
    columns: ClassVar[tuple[str, ...]] = COLUMNS
    depends: ClassVar[frozenset[str]] = frozenset({"case_id", "congress", "ref", "commitments", "clocks"})

    def parts(self, state: Suggestion) -> Parts:
        if not state.commitments:
            return {}
        clocks = dict(_clocks(state))
        return {
            (state.case_id, c.id): (
                state.congress,
                state.ref,
                c,
                clocks.get(("commitment", c.id)),
                clocks.get(("follow_up", c.id)),
            )
            for c in state.commitments
        }

    def row(self, part: tuple[str, str, Commitment, Clock | None, Clock | None]) -> Row:
        congress, ref, commitment, clock, follow_up = part
        deadline, asked = _deadline(clock), _deadline(follow_up)
        kept = commitment.evidence is not None
        return (
            congress,
            ref,
            None if commitment.owner == UNKNOWN_UNIT else commitment.owner,
            commitment.promise,
            commitment.made_at,
            day_of(commitment.made_at).year if commitment.made_at else None,
            deadline.due_on if deadline else None,
            deadline.due_at if deadline else None,
            asked.due_at if asked and follow_up and follow_up.running else None,
            "open" if commitment.open else "kept" if kept else "failed",
            clock is not None and clock.ended is ClockStatus.MET_LATE if kept else None,
            commitment.fulfilled_at if kept else None,
            commitment.evidence,
            commitment.failed_because,
            commitment.verified_by,
            commitment.carried_over,
            commitment.follow_ups,
            commitment.progress,
            commitment.rated,
        )


def _clocks(state: Suggestion) -> Iterator[tuple[tuple[str, str], Clock]]:
    """The last clock of each promise: a fulfilment that did not hold has started another."""
    for clock in state.clocks:
        if clock.rule == "commitment" or clock.rule == "follow_up":
            yield (clock.rule, clock.about), clock


def _deadline(clock: Clock | None) -> Deadline | None:
    return clock.deadline if clock else None


async def find(
    connection: Connection,
    *,
    now: datetime,
    as_of: int | None = None,
    standing: Standing | None = None,
    congress: str | None = None,
    owner: str | None = None,
    year: int | None = None,
    limit: int = DEFAULT_LIMIT,
) -> list[dict[str, Any]]:
    """Promises, the most urgent first; settled ones after those that are open."""
    where, values = _where(now, as_of, congress=congress, owner=owner, made_year=year)
    if standing is not None:
        where += " and " + CONDITIONS[standing].format(now=_at(as_of))
    first = FIRST.format(open_first=OPEN_FIRST if standing is None else "", limit=limit)
    sql = first_rows(Commitments.table, as_of, where, first)
    return [dict(row) for row in await connection.fetch(sql, *values)]


async def ledger(
    connection: Connection,
    *,
    now: datetime,
    as_of: int | None = None,
    congress: str | None = None,
    owner: str | None = None,
    scope: Scope | None = None,
) -> list[dict[str, Any]]:
    """The figures of the ledger, by the year in which the promise was made."""
    where, values = _where(now, as_of, congress=congress, owner=owner)
    if scope is not None:
        where += f" and {scope.cases(values, as_of)}"
    counts = ", ".join(
        f"count(*) filter (where {condition.format(now=_at(as_of))}) as {standing.name.lower()}"
        for standing, condition in CONDITIONS.items()
    )
    sql = LEDGER.format(promises=rows(Commitments.table, as_of), where=where, counts=counts)
    return [dict(row) for row in await connection.fetch(sql, *values)]


def _at(as_of: int | None) -> str:
    return f"${1 if as_of is None else 2}::timestamptz"


def _where(now: datetime, as_of: int | None, **equal: Any) -> tuple[str, list[Any]]:
    values: list[Any] = [now] if as_of is None else [as_of, now]
    conditions = [f"{_at(as_of)} is not null"]  # the moment is a parameter of every query here
    for column, value in equal.items():
        if value is not None:
            values.append(value)
            conditions.append(f"{column} = ${len(values)}")
    return " and ".join(conditions), values
