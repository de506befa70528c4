"""Deputies' performance records (履职档案): what the cases tell of each deputy, without anybody typing it again."""

from typing import Any, ClassVar

from domain.suggestion.records import Signature
from domain.suggestion.state import EVERYBODY
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Satisfaction
from projections.asof import held, row_of
from projections.base import Connection, Parts, Row, StateProjection
from projections.board import CaseBoard

COLUMNS = (
    "congress", "ref", "part", "signature", "delegation", "term", "session", "in_session", "submitted_at",
    "motion", "ended_as", "replies_reached", "ratings_given", "satisfied", "basically_satisfied",
    "not_satisfied",
)  # fmt: skip
SUMMARY = """
    select count(*) filter (where part = 'lead') as led,
        count(*) filter (where part = 'co-signer' and signature = 'confirmed') as co_signed,
        count(*) filter (where part = 'delegation') as with_delegation,
        count(*) filter (where signature = 'asked') as asked_to_sign,
        count(*) filter (where not in_session) as between_sessions,
        count(*) filter (where motion is not null) as former_motions,
        count(*) filter (where ended_as is not null) as ended_without_handling,
        coalesce(sum(replies_reached), 0) as replies_reached,
        coalesce(sum(ratings_given), 0) as ratings_given, coalesce(sum(satisfied), 0) as satisfied,
        coalesce(sum(basically_satisfied), 0) as basically_satisfied,
        coalesce(sum(not_satisfied), 0) as not_satisfied
    from p_deputy_record_v1 where {where}
"""
FIND = """
    select r.*, b.title, b.stage, b.outcome from p_deputy_record_v1 r
    left join lateral ({line}) b on true
    where {where} order by r.submitted_at desc nulls last, r.ref
"""


class DeputyRecords(StateProjection):
    """Folds a case into a line for each deputy, or delegation, behind it."""

    name: ClassVar[str] = "deputy-records"
    version: ClassVar[int] = 1
    table: ClassVar[str] = "p_deputy_record_v1"
    key: ClassVar[tuple[str, ...]] = ("case_id", "deputy")
    columns: ClassVar[tuple[str, ...]] = COLUMNS
    depends: ClassVar[frozenset[str]] = frozenset({
        "case_id", "congress", "ref", "signatories", "delegation", "by_delegation", "term", "session",
        "in_session", "submitted_at", "motion", "ended_as", "replies", "ratings",
    })  # fmt: skip

    def parts(self, state: Suggestion) -> Parts:
        rows: dict[Row, Row] = {
            (state.case_id, s.name): _row(state, s.name, "lead" if s.lead else "co-signer", s.signature)
            for s in state.signatories
        }
        if state.by_delegation and state.delegation is not None:
            key = (state.case_id, state.delegation)
            rows.setdefault(key, _row(state, state.delegation, "delegation", Signature.CONFIRMED))
        return rows


def _row(state: Suggestion, deputy: str, part: str, signature: Signature) -> Row:
    due = signature is Signature.CONFIRMED
    reached = sum(1 for r in state.replies if due and (EVERYBODY in r.served_on or deputy in r.served_on))
    given = [r.result for r in state.ratings if r.by == deputy]
    return (
        state.congress, state.ref, part, signature, state.delegation, state.term, state.session,
        state.in_session, state.submitted_at, state.motion, state.ended_as, reached, len(given),
        given.count(Satisfaction.SATISFIED), given.count(Satisfaction.BASICALLY),
        given.count(Satisfaction.NOT_SATISFIED),
    )  # fmt: skip


async def record(
    connection: Connection, deputy: str, *, congress: str | None = None, as_of: int | None = None
) -> dict[str, Any]:
    """The record of one deputy: the figures, and the cases that they count."""
    where, values = _where(deputy, congress, as_of, "")
    summary = await connection.fetchrow(SUMMARY.format(where=where), *values)
    where, _ = _where(deputy, congress, as_of, "r")
    line = row_of(CaseBoard.table, as_of, "case_id = r.case_id")
    cases = await connection.fetch(FIND.format(where=where, line=line), *values)
    return {"deputy": deputy, **dict(summary or {}), "cases": [dict(row) for row in cases]}


def _where(deputy: str, congress: str | None, as_of: int | None, alias: str) -> tuple[str, list[Any]]:
    values: list[Any] = [] if as_of is None else [as_of]
    conditions = [held(as_of, alias)]
    for column, value in (("deputy", deputy), ("congress", congress)):
        if value is not None:
            values.append(value)
            conditions.append(f"{alias + '.' if alias else ''}{column} = ${len(values)}")
    return " and ".join(conditions), values
