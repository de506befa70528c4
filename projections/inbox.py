"""The inbox: what each unit, the commission and each deputy has to do now, and by when."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from domain.suggestion.records import Clock, Signature
from domain.suggestion.state import EVERYBODY
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import UNKNOWN_UNIT, Role, Stage
from projections.asof import held
from projections.base import Connection, Parts, StateProjection

DEFAULT_LIMIT = 200  # lines of a page
FIND = """
    select i.*, b.title, b.stage from p_inbox_v1 i
    left join p_case_board_v2 b on b.case_id = i.case_id and {board}
    where {where} order by i.due_at nulls last, i.ref, i.task, i.about limit {limit:d}
"""
COUNTS = """
    select task, count(*) as tasks, count(*) filter (where due_at < {now}) as overdue
    from p_inbox_v1 i where {where} group by task order by 2 desc, 1
"""


class Audience(StrEnum):
    """Whose inbox it is."""

    COMMISSION = "commission"
    UNIT = "unit"
    DEPUTY = "deputy"
    COMMITTEE = "committee"


class Task(NamedTuple):
    """One thing to do: by whom, what, about whom or what."""

    audience: Audience
    who: str  # the unit or deputy; the congress for its commission
    task: str
    about: str
    due_at: datetime | None


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
        return {
            (state.case_id, t.audience.value, t.who, t.task, t.about): (state.congress, state.ref, t.due_at)
            for t in tasks_of(state)
        }


def tasks_of(case: Suggestion) -> Iterator[Task]:
    """Everything that a case asks of somebody now."""
    due = {(c.rule, c.about): c for c in case.clocks if c.ended is None}
    stage = case.stage
    yield from _of_commission(case, stage, due)
    if case.sub_assigned and not case.concluded:
        for unit in case.assignments:
            if unit.unit != UNKNOWN_UNIT:
                yield from _of_unit(case, unit.unit, unit.role, due)
    yield from _of_commitments(case, due)
    yield from _of_deputies(case, due)


Due = dict[tuple[str, str], Clock]


def _of_commission(case: Suggestion, stage: Stage, due: Due) -> Iterator[Task]:
    def task(name: str, about: str = "", clock: Clock | None = None) -> Task:
        return Task(Audience.COMMISSION, case.congress, name, about, _at(clock))

    if stage in OF_STAGES:
        yield task(OF_STAGES[stage], clock=due.get(("dispatch", "congress")))
    if stage is Stage.ANSWERED and not any(rule == "feedback" for rule, _ in due):
        yield task("conclude")
    for unit in case.open_objections:
        yield task("decide-objection", unit, due.get(("redispatch", "congress")))
    for part in case.unplaced:
        yield task("reassign", part.unit, due.get(("redispatch", "congress")))
    for unit in case.extension_requests:
        yield task("decide-extension", unit)
    for escalation in case.open_escalations:
        yield task("decide-escalation", escalation.unit)


def _of_commitments(case: Suggestion, due: Due) -> Iterator[Task]:
    for commitment in case.commitments:
        if commitment.open:
            clock, asked = due.get(("commitment", commitment.id)), due.get(("follow_up", commitment.id))
            yield Task(Audience.UNIT, commitment.owner, "fulfil", commitment.id, _at(clock))
            yield Task(Audience.COMMISSION, case.congress, "follow-up", commitment.id, _at(asked))
        elif commitment.evidence is not None and commitment.verified_by is None:
            yield Task(Audience.COMMISSION, case.congress, "verify", commitment.id, None)


def _of_unit(case: Suggestion, unit: str, role: Role, due: Due) -> Iterator[Task]:
    def task(name: str, about: str = "", clock: Clock | None = None) -> Task:
        return Task(Audience.UNIT, unit, name, about, _at(clock))

    if unit not in case.signed_for and not any(r.unit == unit for r in case.replies):
        yield task("sign-for", clock=due.get(("objection", unit)))
    if opinion := due.get(("co_opinion_redo", unit)) or due.get(("co_opinion", unit)):
        yield task("give-opinion", clock=opinion)
    if contact := due.get(("first_contact", unit)):
        yield task("contact", clock=contact)
    if not role.owes_reply:
        return
    replies = [r for r in case.replies if r.unit == unit]
    if len(replies) <= case.rehandled.count(unit):
        rules = ("rehandling", "answer_extended", "answer")
        clock = next((due[rule, unit] for rule in rules if (rule, unit) in due), None)
        yield task("answer", clock=clock)
    elif missing := case.unserved(replies[-1]):
        yield from (task("serve", name) for name in missing)
    elif not replies[-1].served_on:
        yield task("serve", EVERYBODY)


def _of_deputies(case: Suggestion, due: Due) -> Iterator[Task]:
    for signatory in case.signatories:
        if signatory.signature is Signature.ASKED:
            yield Task(Audience.DEPUTY, signatory.name, "co-sign", "", None)
    lead = case.delegation if case.by_delegation and case.delegation else case.lead_deputy
    if lead is None:
        return
    if case.returned:
        yield Task(Audience.DEPUTY, lead, "revise", "", None)
    for unit in case.drafts:
        yield Task(Audience.DEPUTY, lead, "comment-draft", unit, None)
    for (rule, about), clock in due.items():
        if rule == "feedback":
            yield Task(Audience.DEPUTY, lead, "rate", about, _at(clock))
        elif rule == "fulfilment_feedback":
            yield Task(Audience.DEPUTY, lead, "rate-fulfilment", about, _at(clock))


def _at(clock: Clock | None) -> datetime | None:
    return clock.deadline.due_at if clock is not None and clock.deadline is not None else None


async def find(
    connection: Connection,
    audience: Audience,
    who: str | None = None,
    *,
    congress: str | None = None,
    task: str | None = None,
    as_of: int | None = None,
    limit: int = DEFAULT_LIMIT,
) -> list[dict[str, Any]]:
    """What one unit, deputy or commission has to do, the most urgent first."""
    where, values = _where(as_of, audience=audience.value, who=who, congress=congress, task=task)
    sql = FIND.format(where=where, board=held(as_of, "b"), limit=limit)
    return [dict(row) for row in await connection.fetch(sql, *values)]


async def counts(
    connection: Connection,
    audience: Audience,
    who: str | None = None,
    *,
    now: datetime,
    congress: str | None = None,
    as_of: int | None = None,
) -> list[dict[str, Any]]:
    """How many of each task, and how many of them are late."""
    where, values = _where(as_of, audience=audience.value, who=who, congress=congress)
    sql = COUNTS.format(where=where, now=f"${len(values) + 1}::timestamptz")
    return [dict(row) for row in await connection.fetch(sql, *values, now)]


def _where(as_of: int | None, **equal: str | None) -> tuple[str, list[Any]]:
    values: list[Any] = [] if as_of is None else [as_of]
    conditions = [held(as_of, "i")]
    for column, value in equal.items():
        if value is not None:
            values.append(value)
            conditions.append(f"i.{column} = ${len(values)}")
    return " and ".join(conditions), values
