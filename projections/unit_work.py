"""Unit work: what each unit has to do and has done in each case, from which its rates are counted."""

from datetime import datetime
from typing import Any, ClassVar

from domain.suggestion.records import Clock, ClockStatus, Rating, Reply
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import UNKNOWN_UNIT, Role
from projections.asof import held
from projections.base import Connection, Parts, Row, StateProjection

DEFAULT_LIMIT = 200  # lines of a page
REPLY_RULES = frozenset({"answer", "answer_extended", "rehandling"})
COLUMNS = (
    "congress", "ref", "system", "role", "owes", "owing", "signed_for", "opinion_given", "contacted", "due_at",
    "due_rule", "extension", "replies", "answered_at", "document_no", "answered_late", "category", "outcome",
    "first_category", "attitude", "result", "feedback", "rehandled", "objected",
)  # fmt: skip
FIND = (
    "select * from p_unit_work_v1 where {where} order by owing desc, due_at nulls last, ref limit {limit:d}"
)


class UnitWork(StateProjection):
    """Folds a case into the parts that units have in it."""

    name: ClassVar[str] = "unit-work"
    version: ClassVar[int] = 1
    table: ClassVar[str] = "p_unit_work_v1"
    key: ClassVar[tuple[str, ...]] = ("case_id", "unit")
    columns: ClassVar[tuple[str, ...]] = COLUMNS
    depends: ClassVar[frozenset[str]] = frozenset({
        "case_id", "congress", "ref", "assigned_to", "assignments", "signed_for", "opinions", "contacts", "clocks",
        "extension_requests", "replies", "ratings", "lapsed_feedback", "rehandled", "objections",
    })  # fmt: skip

    def parts(self, state: Suggestion) -> Parts:
        if not state.assignments:
            return {}
        clocks = _reply_clocks(state)
        return {
            (state.case_id, a.unit): _row(state, a.unit, a.role, clocks.get(a.unit, []))
            for a in state.assignments
            if a.unit != UNKNOWN_UNIT
        }


def _reply_clocks(state: Suggestion) -> dict[str, list[Clock]]:
    clocks: dict[str, list[Clock]] = {}
    for clock in state.clocks:
        if clock.rule in REPLY_RULES:
            clocks.setdefault(clock.about, []).append(clock)
    return clocks


def _row(state: Suggestion, unit: str, role: Role, clocks: list[Clock]) -> Row:
    replies = [r for r in state.replies if r.unit == unit]
    reply = replies[-1] if replies else None
    rating = next((r for r in reversed(state.ratings) if r.unit == unit), None) if reply else None
    clock = next((c for c in reversed(clocks) if c.ended is not ClockStatus.SUPERSEDED), None)
    deadline = clock.deadline if clock else None
    rehandled = state.rehandled.count(unit)
    return (
        state.congress,
        state.ref,
        state.assigned_to,
        role.value,
        role.owes_reply,
        role.owes_reply and len(replies) <= rehandled,
        unit in state.signed_for,
        unit in state.opinions,
        any(c.unit == unit for c in state.contacts),
        deadline.due_at if deadline else None,
        clock.rule if clock else None,
        _extension(state, unit, clocks),
        len(replies),
        reply.answered_at if reply else None,
        reply.document_no if reply else None,
        any(c.ended is ClockStatus.MET_LATE for c in clocks) if reply else None,
        reply.category if reply else None,
        reply.outcome if reply else None,
        reply.first_category if reply else None,
        rating.attitude.value if rating and rating.attitude else None,
        rating.result.value if rating and rating.result else None,
        _feedback(state, reply, rating),
        rehandled,
        any(o.unit == unit for o in state.objections),
    )


def _extension(state: Suggestion, unit: str, clocks: list[Clock]) -> str | None:
    if unit in state.extension_requests:
        return "asked"
    return "granted" if any(c.rule == "answer_extended" for c in clocks) else None


def _feedback(state: Suggestion, reply: Reply | None, rating: Rating | None) -> str | None:
    """Where the feedback on the last reply stands; a form that is not returned counts in no rate."""
    if reply is None:
        return None
    if rating is not None and rating.ordinal == reply.ordinal:
        return "returned"
    if (reply.unit, reply.ordinal) in state.lapsed_feedback:
        return "lapsed"
    return "waiting" if reply.served_on else "not-served"


async def find(
    connection: Connection,
    unit: str,
    *,
    now: datetime,
    as_of: int | None = None,
    owing: bool = False,
    late: bool = False,
    reclassified: bool = False,
    limit: int = DEFAULT_LIMIT,
) -> list[dict[str, Any]]:
    """The parts of one unit: what it owes comes first."""
    values: list[Any] = [unit] if as_of is None else [as_of, unit]
    conditions = [held(as_of), f"unit = ${len(values)}"]
    if owing:
        conditions.append("owing")
    if late:
        values.append(now)
        conditions.append(f"(answered_late or owing and due_at < ${len(values)})")
    if reclassified:
        conditions.append("first_category <> category")
    rows = await connection.fetch(FIND.format(where=" and ".join(conditions), limit=limit), *values)
    return [dict(row) for row in rows]
