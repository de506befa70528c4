"""Clocks: every deadline of every case, running or ended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from domain.suggestion.state import Clock
from domain.suggestion.suggestion import Suggestion
from projections.base import CaseProjection, Connection, Row

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

DUE = """
    select * from p_clocks_v1
    where to_position is null and ended is null and due_at >= $1 and due_at < $2
    order by due_at, ref, clock
"""


class Clocks(CaseProjection):
    """Folds a case into its clocks."""

    name: ClassVar[str] = "clocks"
    version: ClassVar[int] = 1
    table: ClassVar[str] = "p_clocks_v1"
    key: ClassVar[tuple[str, ...]] = ("case_id", "clock")
    columns: ClassVar[tuple[str, ...]] = COLUMNS

    def rows(self, case: Suggestion) -> Mapping[Row, Row]:
        return {(case.case_id, clock_key(clock)): _row(case, clock) for clock in case.clocks}


def clock_key(clock: Clock) -> str:
    """What tells the clocks of a case apart: the rule, whom it concerns, and the event that set it."""
    return f"{clock.rule}:{clock.cause}:{clock.about}"


def _row(case: Suggestion, clock: Clock) -> Row:
    deadline = clock.deadline
    return (
        case.congress,
        case.ref,
        clock.rule,
        clock.about,
        deadline.anchor if deadline else None,
        deadline.due_on if deadline else None,
        deadline.due_at if deadline else None,
        bool(deadline and deadline.provisional),
        clock.ended.value if clock.ended else None,
        clock.ended_at,
    )


async def due_between(connection: Connection, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Running clocks that end in the half-open interval."""
    return [dict(row) for row in await connection.fetch(DUE, start, end)]
