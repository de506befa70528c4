"""Statistics of the annual report: every table that such reports print, as SQL over rows that hold at a position."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from projections import commitments, performance
from projections.asof import held
from projections.base import Connection
from projections.board import Filter

BOARD = "p_case_board_v2"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the report: what its lines are, and the board's filter that lists the cases of a line."""

    value: str  # the expression that a line stands for
    filter: str  # the field of `Filter` that takes the line's value
    each: str = ""  # a list of the board that is unfolded: a case may stand in several lines


TABLES: Final = {
    "by_system": Table("system", "system"),
    "by_unit": Table("split_part(part, ':', 2)", "unit", "roles"),
    "by_lead_unit": Table("lead_unit", "lead_unit"),
    "by_category": Table("category", "category"),
    "by_outcome": Table("outcome", "outcome"),
    "by_subject": Table("subject", "subject"),
    "by_aspect": Table("aspect", "aspect"),
    "by_key_topic": Table("part", "key_topic", "key_topics"),
    "by_delegation": Table("delegation", "delegation"),
    "by_session": Table("in_session", "in_session"),
    "by_basis": Table("part", "basis", "basis"),
    "by_kind": Table("kind", "kind"),
    "by_stage": Table("stage", "stage"),
    "by_level": Table("level", "level"),
    "by_submitter": Table("by_delegation", "by_delegation"),
    "by_grass_roots": Table("grass_roots", "grass_roots"),
    "by_first_term": Table("first_term", "first_term"),
    "by_end_without_handling": Table("ended_as", "ended_as"),
}
COUNT = """
    select {value} as value, count(*) as cases,
        count(*) filter (where answered_at is not null or outcome is not null) as answered,
        count(*) filter (where outcome = 'resolved') as solved,
        count(*) filter (where outcome in ('in_progress', 'planned')) as planned,
        count(*) filter (where answered_late) as answered_late,
        count(*) filter (where next_due < {now}) as overdue
    from {board} {unfolded} where {where} and {value} is not null group by 1 order by 2 desc, 1
"""
TOTALS = """
    select count(*) as cases, count(*) filter (where kind = 'suggestion') as suggestions,
        count(*) filter (where kind = 'motion') as motions,
        count(*) filter (where motion is not null) as former_motions,
        count(*) filter (where not in_session) as between_sessions,
        count(*) filter (where by_delegation) as by_delegation,
        count(*) filter (where ended_as is not null) as ended_without_handling,
        count(*) filter (where merged_into is not null) as merged,
        count(*) filter (where cardinality(key_topics) > 0) as under_key_supervision,
        count(*) filter (where stage in ('concluded', 'following-up')) as concluded,
        count(distinct lead_deputy) as lead_deputies, count(distinct lead_unit) as lead_units,
        count(distinct delegation) filter (where by_delegation) as delegations
    from {board} where {where}
"""
REPLIES = """
    select count(*) filter (where w.owes) as replies_due,
        count(*) filter (where w.owes and not w.owing) as replies_given,
        count(*) filter (where w.answered_late) as replies_late,
        count(*) filter (where w.first_category <> w.category) as reclassified,
        count(*) filter (where w.result = 'satisfied') as satisfied,
        count(*) filter (where w.result = 'basically-satisfied') as basically_satisfied,
        count(*) filter (where w.result = 'not-satisfied') as not_satisfied,
        count(*) filter (where w.attitude = 'satisfied') as attitude_satisfied,
        count(*) filter (where w.attitude is not null) as attitude_rated,
        count(*) filter (where w.feedback = 'lapsed') as not_returned,
        count(*) filter (where w.contacted and w.owes and w.replies > 0) as replies_after_contact,
        coalesce(sum(w.rehandled), 0) as rehandlings
    from p_unit_work_v1 w where {held} and w.case_id in (select case_id from {board} where {where})
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cases a report is about."""

    congress: str | None = None
    term: int | None = None
    session: int | None = None

    def filter(self, **more: Any) -> Filter:
        return Filter(congress=self.congress, term=self.term, session=self.session, **more)


async def report(
    connection: Connection, scope: Scope, *, now: datetime, as_of: int | None = None
) -> dict[str, Any]:
    """The totals and every table; each line names the filter of the board that lists its cases."""
    tables = {name: await table(connection, name, scope, now=now, as_of=as_of) for name in TABLES}
    where, values = _where(scope, as_of)
    totals = await connection.fetchrow(TOTALS.format(board=BOARD, where=where), *values)
    work = REPLIES.format(board=BOARD, where=where, held=held(as_of, "w"))
    replies = await connection.fetchrow(work, *values)
    changed = await performance.categories_changed(connection, now=now, as_of=as_of, congress=scope.congress)
    promised = await commitments.ledger(connection, now=now, as_of=as_of, congress=scope.congress)
    return {
        "totals": dict(totals or {}),
        "replies": dict(replies or {}),
        "tables": tables,
        "categories_changed": changed,
        "commitments_by_year": promised,
    }


async def table(
    connection: Connection, name: str, scope: Scope, *, now: datetime, as_of: int | None = None
) -> list[dict[str, Any]]:
    """One table, its largest line first."""
    asked = TABLES[name]
    where, values = _where(scope, as_of)
    values.append(now)
    sql = COUNT.format(
        value=asked.value,
        board=BOARD,
        unfolded=f", unnest({asked.each}) as part" if asked.each else "",
        where=where,
        now=f"${len(values)}::timestamptz",
    )
    return [
        {**row, "filter": scope.filter(**{asked.filter: row["value"]}).facts()}
        for row in await connection.fetch(sql, *values)
    ]


def _where(scope: Scope, as_of: int | None) -> tuple[str, list[Any]]:
    values: list[Any] = [] if as_of is None else [as_of]
    conditions = [held(as_of)]
    for column in ("congress", "term", "session"):
        if (value := getattr(scope, column)) is not None:
            values.append(value)
            conditions.append(f"{column} = ${len(values)}")
    return " and ".join(conditions), values
