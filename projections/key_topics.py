"""Key topics (重点督办): each topic with its committee, its cases, and how far its supervision is."""

from typing import Any, ClassVar, Final

from domain.key_topic import KeyTopic
from projections.asof import rows
from projections.base import OF_TOPICS, Connection, Parts, StateProjection, Subject
from projections.scope import BOARD

COLUMNS = (
    "title", "year", "approved_by", "committee", "lead_units", "taking_part", "plan", "activities",
    "reported_to", "closed", "case_ids", "refs",
)  # fmt: skip
FIND = "select *, {task} as task from {topics} where {where} order by year desc, title, topic_id"
CASES = """
    select b.* from {board}
    where b.case_id = any(${n}::text[]) order by b.next_due nulls last, b.ref
"""
# What its committee has to do next; the order is that of the work.
TASK: Final = """case when closed then null when committee is null then 'name-committee'
    when plan is null then 'make-plan' when cardinality(activities) = 0 then 'hold-activity'
    when cardinality(reported_to) = 0 then 'report' else 'close' end"""


class KeyTopics(StateProjection):
    """Folds a key topic into its line."""

    name: ClassVar[str] = "key-topics"
    version: ClassVar[int] = 1
    table: ClassVar[str] = "p_key_topics_v1"
    key: ClassVar[tuple[str, ...]] = ("topic_id", "congress")
    columns: ClassVar[tuple[str, ...]] = COLUMNS
    subject: ClassVar[Subject] = OF_TOPICS
    depends: ClassVar[frozenset[str]] = frozenset({
        "congress", "topic_id", "title", "year", "approved_by", "committee", "lead_units", "taking_part", "plan",
        "cases", "activities", "reported_to", "closed",
    })  # fmt: skip

    def parts(self, state: KeyTopic) -> Parts:
        line = (
            state.title,
            state.year,
            state.approved_by,
            state.committee,
            state.lead_units,
            state.taking_part,
            state.plan,
            state.activities,
            state.reported_to,
            state.closed,
            tuple(case_id for case_id, _ in state.cases),
            tuple(ref for _, ref in state.cases),
        )
        return {(state.topic_id, state.congress): line}


async def find(
    connection: Connection,
    *,
    as_of: int | None = None,
    congress: str | None = None,
    year: int | None = None,
    committee: str | None = None,
    open_only: bool = False,
) -> list[dict[str, Any]]:
    """Topics, the newest first; `task` is what the committee has to do next."""
    values: list[Any] = [] if as_of is None else [as_of]
    conditions = ["true"]
    for column, value in (("congress", congress), ("year", year), ("committee", committee)):
        if value is not None:
            values.append(value)
            conditions.append(f"{column} = ${len(values)}")
    if open_only:
        conditions.append("not closed")
    sql = FIND.format(task=TASK, topics=rows(KeyTopics.table, as_of), where=" and ".join(conditions))
    return [dict(row) for row in await connection.fetch(sql, *values)]


async def cases_of(
    connection: Connection, case_ids: list[str], *, as_of: int | None = None
) -> list[dict[str, Any]]:
    """The board's lines of a topic's cases."""
    values: list[Any] = [case_ids] if as_of is None else [as_of, case_ids]
    sql = CASES.format(board=rows(BOARD, as_of, "b"), n=len(values))
    return [dict(row) for row in await connection.fetch(sql, *values)]
