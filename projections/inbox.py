"""The inbox: what each unit, the commission and each deputy has to do now, and by when."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from domain.suggestion.records import Assignment, Clock, Signature
from domain.suggestion.state import EVERYBODY
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import UNKNOWN_UNIT, Stage
from projections.asof import first_rows, row_of, rows
from projections.base import Connection, Parts, Row, StateProjection
from projections.board import CaseBoard

DEFAULT_LIMIT = 200  # lines of a page
FIND = """
    select i.*, b.title, b.stage from ({tasks}) i left join lateral ({line}) b on true {most_urgent}
"""
# What held then is looked up once, both for the first tasks and to be counted.
PAGE = """
    with held as materialized (select * from {tasks} where {where}),
        counted as (
            select task, count(*) as tasks, count(*) filter (where due_at < {now}) as overdue from held group by task
        ),
        first as (select * from held where {wanted} {most_urgent} limit {limit:d})
    select (select json_agg(c order by c.tasks desc, c.task) from counted c) as counts, task.*
    from (values (true)) found left join ({found}) task on true {most_urgent}
"""
MOST_URGENT = "order by due_at nulls last, ref, task, about"


class Audience(StrEnum):
    """Whose inbox it is."""

    COMMISSION = "commission"
    UNIT = "unit"
    DEPUTY = "deputy"
    COMMITTEE = "committee"


ANSWERS = (
    "rehandling",
    "answer_extended",
    "answer",
)  # the rules of a reply's term, the one that counts first
OF_STAGES = {
    Stage.SUBMITTED: "register",
    Stage.REGISTERED: "assign",
    Stage.ASSIGNED: "sub-assign",
    Stage.RATED: "conclude",
}


class Inbox(StateProjection):
    """Folds a case into what it asks of whom."""

    name: ClassVar[str] = "inbox"
    version: ClassVar[int] = 1
    table: ClassVar[str] = "p_inbox_v1"
    key: ClassVar[tuple[str, ...]] = ("case_id", "audience", "who", "task", "about")
    columns: ClassVar[tuple[str, ...]] = ("congress", "ref", "due_at")
    depends: ClassVar[frozenset[str]] = frozenset({
        "case_id", "congress", "ref", "registered", "returned", "assigned_to", "assignments", "signed_for",
        "opinions", "clocks", "replies", "ratings", "lapsed_feedback", "rehandled", "commitments", "concluded",
        "ended_as", "relieved", "objections", "extension_requests", "escalations", "signatories", "lead_deputy",
        "drafts", "by_delegation", "delegation", "archived_as",
    })  # fmt: skip

    def parts(self, state: Suggestion) -> Parts:
        if state.ended_as is not None or not state.exists:
            return {}
        rows: dict[Row, Row] = {}
        case_id, congress, ref = state.case_id, state.congress, state.ref

        def task(audience: str, who: str, name: str, about: str = "", clock: Clock | None = None) -> None:
            deadline = clock.deadline if clock is not None else None
            due_at = deadline.due_at if deadline is not None else None
            rows[case_id, audience, who, name, about] = (congress, ref, due_at)

        _tasks_of(state, task)
        return rows


Add = Callable[..., None]
Terms = Mapping[str, Clock]  # by rule, of one unit or commitment
COMMISSION, UNIT, DEPUTY = Audience.COMMISSION.value, Audience.UNIT.value, Audience.DEPUTY.value
NO_TERMS: Final[Terms] = {}


def _tasks_of(case: Suggestion, task: Add) -> None:
    """Everything that a case asks of somebody now."""
    due: dict[str, dict[str, Clock]] = {}
    for clock in case.clocks:
        if clock.ended is None:
            due.setdefault(clock.about, {})[clock.rule] = clock
    _of_commission(case, due, task)
    if not case.concluded:
        for part in case.assignments:
            if part.unit != UNKNOWN_UNIT:
                _of_unit(case, part, due.get(part.unit, NO_TERMS), task)
    if case.commitments:
        _of_commitments(case, due, task)
    _of_deputies(case, due, task)


def _of_commission(case: Suggestion, due: Mapping[str, Terms], task: Add) -> None:
    congress, stage = case.congress, case.stage
    terms = due.get("congress", NO_TERMS)
    if (name := OF_STAGES.get(stage)) is not None:
        task(COMMISSION, congress, name, clock=terms.get("dispatch"))
    elif stage is Stage.ANSWERED and not any("feedback" in of_one for of_one in due.values()):
        task(COMMISSION, congress, "conclude")
    for objection in case.objections:
        if objection.decided is None:
            task(COMMISSION, congress, "decide-objection", objection.unit, terms.get("redispatch"))
    if case.relieved:
        for part in case.unplaced:
            task(COMMISSION, congress, "reassign", part.unit, terms.get("redispatch"))
    for unit in case.extension_requests:
        task(COMMISSION, congress, "decide-extension", unit)
    for escalation in case.escalations:
        if escalation.open:
            task(COMMISSION, congress, "decide-escalation", escalation.unit)


def _of_commitments(case: Suggestion, due: Mapping[str, Terms], task: Add) -> None:
    for commitment in case.commitments:
        if commitment.open:
            terms = due.get(commitment.id, NO_TERMS)
            task(UNIT, commitment.owner, "fulfil", commitment.id, terms.get("commitment"))
            task(COMMISSION, case.congress, "follow-up", commitment.id, terms.get("follow_up"))
        elif commitment.evidence is not None and commitment.verified_by is None:
            task(COMMISSION, case.congress, "verify", commitment.id)


def _of_unit(case: Suggestion, part: Assignment, terms: Terms, task: Add) -> None:
    unit = part.unit
    replies = [reply for reply in case.replies if reply.unit == unit]
    if not replies and unit not in case.signed_for:
        task(UNIT, unit, "sign-for", clock=terms.get("objection"))
    if terms:
        if opinion := terms.get("co_opinion_redo") or terms.get("co_opinion"):
            task(UNIT, unit, "give-opinion", clock=opinion)
        if contact := terms.get("first_contact"):
            task(UNIT, unit, "contact", clock=contact)
    if not part.role.owes_reply:
        return
    if len(replies) <= case.rehandled.count(unit):
        clock = next((terms[rule] for rule in ANSWERS if rule in terms), None)
        task(UNIT, unit, "answer", clock=clock)
    elif missing := case.unserved(replies[-1]):
        for name in missing:
            task(UNIT, unit, "serve", name)
    elif not replies[-1].served_on:
        task(UNIT, unit, "serve", EVERYBODY)


def _of_deputies(case: Suggestion, due: Mapping[str, Terms], task: Add) -> None:
    for signatory in case.signatories:
        if signatory.signature is Signature.ASKED:
            task(DEPUTY, signatory.name, "co-sign")
    lead = case.delegation if case.by_delegation and case.delegation else case.lead_deputy
    if lead is None:
        return
    if case.returned:
        task(DEPUTY, lead, "revise")
    for unit in case.drafts:
        task(DEPUTY, lead, "comment-draft", unit)
    for about, terms in due.items():
        if clock := terms.get("feedback"):
            task(DEPUTY, lead, "rate", about, clock)
        if clock := terms.get("fulfilment_feedback"):
            task(DEPUTY, lead, "rate-fulfilment", about, clock)


@dataclass(frozen=True, slots=True)
class Page:
    """Some tasks, and of each kind how many there are in all and how many of those are late."""

    tasks: list[dict[str, Any]]
    counts: list[dict[str, Any]]


async def page(
    connection: Connection,
    audience: Audience,
    who: str | None = None,
    *,
    now: datetime,
    congress: str | None = None,
    task: str | None = None,
    as_of: int | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page:
    """What one unit, deputy or commission has to do, the most urgent first; tasks of every kind are counted."""
    where, values = _where(as_of, audience=audience.value, who=who, congress=congress)
    values.append(now)
    at, wanted = f"${len(values)}::timestamptz", "true"
    if task is not None:
        values.append(task)
        wanted = f"task = ${len(values)}"
    sql = PAGE.format(
        tasks=rows(Inbox.table, as_of),
        where=where,
        now=at,
        wanted=wanted,
        most_urgent=MOST_URGENT,
        limit=limit,
        found=_lines("select * from first", as_of),
    )
    found = [dict(row) for row in await connection.fetch(sql, *values)]
    counts = json.loads(found[0]["counts"] or "[]")
    for row in found:
        del row["counts"]
    return Page([row for row in found if row["case_id"] is not None], counts)


async def find(
    connection: Connection,
    audience: Audience,
    who: str | None = None,
    *,
    as_of: int | None = None,
    limit: int = DEFAULT_LIMIT,
) -> list[dict[str, Any]]:
    """The tasks of a page alone; to know the first of them not all have to be looked up."""
    where, values = _where(as_of, audience=audience.value, who=who)
    tasks = first_rows(Inbox.table, as_of, where, f"{MOST_URGENT} limit {limit:d}")
    return [dict(row) for row in await connection.fetch(_lines(tasks, as_of), *values)]


def _lines(tasks: str, as_of: int | None) -> str:
    """The query for tasks with the lines of their cases."""
    line = row_of(CaseBoard.table, as_of, "case_id = i.case_id")
    return FIND.format(tasks=tasks, line=line, most_urgent=MOST_URGENT)


def _where(as_of: int | None, **equal: str | None) -> tuple[str, list[Any]]:
    values: list[Any] = [] if as_of is None else [as_of]
    conditions = []
    for column, value in equal.items():
        if value is not None:
            values.append(value)
            conditions.append(f"{column} = ${len(values)}")
    return " and ".join(conditions), values
