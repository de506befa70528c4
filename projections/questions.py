"""Questions that auditors ask again and again, each with a name; every row of an answer has its position."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.base import Refusal
from projections.base import Connection
from projections.trail import TABLE, streamed

DAYS = 30  # between what happened and its entry, from which on it counts as recorded late
ROUNDS = 2  # objections in one case, from which on it went round


class NoSuchQuestion(Refusal):
    """“{name}” is not one of the named questions.

    They are: {names}.
    """


@dataclass(frozen=True, slots=True)
class Question:
    """A named question: its columns, and the SQL that answers it.

    The SQL is given the last position to count ($1), a congress or null ($2) and a number ($3).
    """

    name: str
    columns: tuple[str, ...]
    sql: str
    number: int | None = None  # the default of $3; None: the question has no number


MOVES: Final = tuple(
    f"'suggestion.{name}'"
    for name in (
        "extension-granted", "reassigned", "co-opinion-redo-asked", "rules-migrated", "deadline-moved",
    )
)  # fmt: skip
_SCOPE: Final = "t.position <= $1 and ($2::text is null or t.congress = $2)"


def _events(columns: str, types: str, more: str = "") -> str:
    """Rows of the trail of these types; they have one index, whatever else is asked."""
    return f"""
        select t.position, t.case_id, t.occurred_at, t.recorded_at, t.actor, {columns}
        from {TABLE} t where {types} and {_SCOPE} {more} and ($3::int is null or true)"""


FOLLOWING: Final = "select * from ({sql}) found where position > $4::bigint order by position"
QUESTIONS: Final = {
    question.name: question
    for question in (
        Question(
            "category-changes",
            ("unit", "category_before", "category", "person", "reason"),
            _events(
                "t.unit, t.category_before, t.category, t.person, t.reason",
                "t.event_type = 'suggestion.reclassified'",
            ),
        ),
        Question(
            "last-day-answers",
            ("unit", "rule", "due_on"),
            f"""
            select t.position, t.case_id, t.occurred_at, t.recorded_at, t.actor, t.unit, c.rule, c.due_on
            from p_clocks_v1 c join {TABLE} t on t.case_id = c.case_id and t.unit = c.about
                and t.occurred_at = c.ended_at
            where c.ended = 'met' and (c.ended_at at time zone 'Asia/Shanghai')::date = c.due_on
                and c.rule in ('answer', 'answer_extended', 'rehandling')
                and c.from_position <= $1 and (c.to_position is null or c.to_position > $1)
                and t.event_type = 'suggestion.answered' and {_SCOPE} and ($3::int is null or true)""",
        ),
        Question(
            "objections-that-went-round",
            ("unit", "objections", "reassignments", "reason"),
            f"""
            with round as (
                select t.case_id, count(*) filter (where t.event_type = 'suggestion.objection-raised') as objections,
                    count(*) filter (where t.event_type = 'suggestion.reassigned') as reassignments
                from {TABLE} t
                where t.event_type in ('suggestion.objection-raised', 'suggestion.reassigned') and {_SCOPE}
                group by 1)
            select t.position, t.case_id, t.occurred_at, t.recorded_at, t.actor, t.unit, round.objections,
                round.reassignments, t.reason
            from round join {TABLE} t using (case_id)
            where objections >= coalesce($3::int, {ROUNDS}) and t.event_type = 'suggestion.objection-raised'
                and {_SCOPE}""",
            ROUNDS,
        ),
        Question(
            "recorded-late",
            ("event_type", "unit", "days"),
            f"""
            select t.position, t.case_id, t.occurred_at, t.recorded_at, t.actor, t.event_type, t.unit,
                extract(day from t.recorded_at - t.occurred_at)::int as days
            from {TABLE} t
            where t.recorded_at - t.occurred_at > make_interval(days => $3) and not t.reconstructed and {_SCOPE}""",
            DAYS,
        ),
        Question(
            "ratings-on-behalf",
            ("unit", "person", "on_behalf_of", "channel"),
            _events(
                "t.unit, t.person, t.on_behalf_of, t.channel",
                "t.event_type = 'suggestion.feedback-given'",
                "and t.on_behalf_of <> '{}'",
            ),
        ),
        Question(
            "deadlines-moved",
            ("event_type", "unit", "rule", "due_at", "person", "reason"),
            _events(
                "t.event_type, t.unit, t.rule, t.due_at, t.person, t.reason",
                f"t.event_type in ({', '.join(MOVES)})",
            ),
        ),
        Question(
            "confidential-accesses",
            ("event_type", "stream_id", "person", "reason"),
            _events(
                "t.event_type, t.stream_id, t.person, t.reason",
                "t.event_type >= 'access.' and t.event_type < 'access/'",
            ),
        ),
    )
}


def question(name: str) -> Question:
    """The question of that name. Refuses with `NoSuchQuestion`."""
    if name not in QUESTIONS:
        raise NoSuchQuestion(name=name, names=", ".join(QUESTIONS))
    return QUESTIONS[name]


async def answers(
    connection: Connection,
    asked: Question,
    *,
    as_of: int,
    congress: str | None = None,
    number: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> AsyncIterator[Mapping[str, Any]]:
    """The rows that answer a question as of a position, streamed."""
    value = asked.number if number is None else number
    sql = FOLLOWING.format(sql=asked.sql) + (f" limit {limit:d}" if limit is not None else "")
    async for row in streamed(connection, sql, (as_of, congress, value, after)):
        yield row
