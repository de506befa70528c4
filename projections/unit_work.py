"""Unit work: what each unit has to do and has done in each case, from which its rates are counted."""

from datetime import datetime
from typing import Any, ClassVar, Final

from domain.suggestion.records import Assignment, Clock, ClockStatus, Rating, Reply
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import UNKNOWN_UNIT
from projections.asof import rows
from projections.base import Connection, Parts, Row, StateProjection

DEFAULT_LIMIT = 200  # lines of a page
REPLY_RULES = frozenset({"answer", "answer_extended", "rehandling"})
COLUMNS = (
    "congress", "ref", "system", "role", "owes", "owing", "signed_for", "opinion_given", "contacted", "due_at",
    "due_rule", "extension", "replies", "answered_at", "document_no", "answered_late", "category", "outcome",
    "first_category", "attitude", "result", "feedback", "rehandled", "objected",
)  # fmt: skip
FIND = "select * from {work} where {where} order by owing desc, due_at nulls last, ref limit {limit:d}"


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
        clocks: dict[str, list[Clock]] = {}
        for clock in state.clocks:
            if clock.rule in REPLY_RULES:
                clocks.setdefault(clock.about, []).append(clock)
        case_id = state.case_id
        return {
            (case_id, part.unit): _row(state, part, clocks.get(part.unit, NO_CLOCKS))
            for part in state.assignments
            if part.unit != UNKNOWN_UNIT
        }


NO_CLOCKS: Final[list[Clock]] = []
Answers = tuple[Any, ...]
NO_ANSWER: Final[Answers] = (0, None, None, None, None, None, None, None, None, None)


def _row(state: Suggestion, part: Assignment, clocks: list[Clock]) -> Row:
    unit, role = part.unit, part.role
    owes, rehandled = role.owes_reply, state.rehandled.count(unit)
    answers = _answers(state, unit, clocks) if state.replies else NO_ANSWER
    due_at, due_rule = None, None
    for clock in clocks:
        if clock.ended is not ClockStatus.SUPERSEDED:
            due_at, due_rule = clock.deadline.due_at if clock.deadline else None, clock.rule
    return (
        state.congress,
        state.ref,
        state.assigned_to,
        role,
        owes,
        owes and answers[0] <= rehandled,
        unit in state.signed_for,
        unit in state.opinions,
        unit in [contact.unit for contact in state.contacts],
        due_at,
        due_rule,
        _extension(state, unit, clocks),
        *answers,
        rehandled,
        unit in [objection.unit for objection in state.objections],
    )


def _answers(state: Suggestion, unit: str, clocks: list[Clock]) -> Answers:
    """How many replies the unit gave, and the last of them with its rating."""
    replies = [reply for reply in state.replies if reply.unit == unit]
    if not replies:
        return NO_ANSWER
    reply = replies[-1]
    rating = next((r for r in reversed(state.ratings) if r.unit == unit), None)
    return (
        len(replies),
        reply.answered_at,
        reply.document_no,
        any(clock.ended is ClockStatus.MET_LATE for clock in clocks),
        reply.category,
        reply.outcome,
        reply.first_category,
        rating.attitude if rating else None,
        rating.result if rating else None,
        _feedback(state, reply, rating),
    )


def _extension(state: Suggestion, unit: str, clocks: list[Clock]) -> str | None:
    if unit in state.extension_requests:
        return "asked"
    for clock in clocks:
        if clock.rule == "answer_extended":
            return "granted"
    return None


def _feedback(state: Suggestion, reply: Reply, rating: Rating | None) -> str:
    """Where the feedback on the last reply stands; a form that is not returned counts in no rate."""
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
    conditions = [f"unit = ${len(values)}"]
    if owing:
        conditions.append("owing")
    if late:
        values.append(now)
        conditions.append(f"(answered_late or owing and due_at < ${len(values)})")
    if reclassified:
        conditions.append("first_category <> category")
    sql = FIND.format(work=rows(UnitWork.table, as_of), where=" and ".join(conditions), limit=limit)
    return [dict(row) for row in await connection.fetch(sql, *values)]
