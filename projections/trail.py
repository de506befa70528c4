"""The audit trail: one row per event, with the facts that auditors ask by, and the questions put to it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from domain.base import Event, Recorded
from domain.law import DueBy
from projections.base import CASES, PLAN_EACH, Connection, EventProjection, Row

TABLE = "p_audit_trail_v1"
COLUMNS = (
    "position", "congress", "stream_id", "case_id", "version", "event_type", "actor", "unit", "role", "person",
    "on_behalf_of", "channel", "rule", "category_before", "category", "reason", "title", "due_at", "occurred_at",
    "recorded_at", "reconstructed", "correlation_id", "causation_id",
)  # fmt: skip

# A fact by the names that events give it; the first that an event has is taken.
UNIT = ("unit", "owner", "about")
PERSON = ("by", "approver", "deputy", "signed_by", "signatory", "decided_by", "approved_by", "official")
REASON = ("reason", "reasons", "explanation", "finding", "remark", "comment")
TITLE = ("title", "subject")
DUE = ("due", "answer", "feedback", "follow_up")

PAGE = 1000  # rows fetched at a time; a long answer is streamed, never held
NOT_UNITS = ("deputies",)  # what a clock may be about besides a unit


class AuditTrail(EventProjection):
    """Flattens each event into its row."""

    name: ClassVar[str] = "audit-trail"
    version: ClassVar[int] = 1
    table: ClassVar[str] = TABLE
    columns: ClassVar[tuple[str, ...]] = COLUMNS[1:]

    def row(self, recorded: Recorded[Event]) -> Row:
        return row_of(recorded)


def row_of(recorded: Recorded[Event]) -> Row:
    """The row of an event, a function of the event alone."""
    body, stream = recorded.body, recorded.stream_id
    facts = body.__dict__  # asking a model for an attribute that it lacks is slow
    get, (units, people, reasons, titles, dues) = facts.get, _names(type(body))
    category, due = get("category"), _first(facts, dues)
    if not isinstance(due, DueBy):  # several terms at once, or a mere date
        due = None
    deadline = due.deadline if due is not None else None
    unit = _first(facts, units)
    return (
        recorded.position,
        recorded.congress,
        stream,
        stream.rpartition("/")[2] if stream.startswith(CASES) else get("case_id"),
        recorded.version,
        recorded.type,
        recorded.actor,
        None if unit in NOT_UNITS else unit,
        _plain(get("role")),
        _listed(_first(facts, people)),
        get("on_behalf_of") or (),
        get("channel"),
        get("rule") or (due.rule if due is not None else None),
        get("before") if recorded.type == "suggestion.reclassified" else None,
        category.code if category is not None else None,
        _first(facts, reasons),
        _first(facts, titles),
        deadline.due_at if deadline is not None else get("due_at"),
        facts["occurred_at"],
        recorded.recorded_at,
        facts["reconstructed"] is not None,
        recorded.correlation_id,
        recorded.causation_id,
    )


@cache
def _names(event: type[Event]) -> tuple[tuple[str, ...], ...]:
    """The fields in which events of a class tell the unit, the person, the reason, the title and the term."""
    fields = event.model_fields
    return tuple(
        tuple(name for name in names if name in fields) for names in (UNIT, PERSON, REASON, TITLE, DUE)
    )


def _first(facts: Mapping[str, Any], names: Sequence[str]) -> Any:
    for name in names:
        if (value := facts[name]) is not None:
            return value
    return None


def _listed(value: Any) -> str | None:
    return "、".join(value) if isinstance(value, tuple) else _plain(value)


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of the trail are asked for; None means all."""

    congress: str | None = None
    case_id: str | None = None
    unit: str | None = None
    actor: str | None = None
    role: str | None = None  # the part that `unit`, or any unit, had in the case at any time
    type: str | None = None  # an event type, or the beginning of one such as `suggestion.`
    channel: str | None = None
    correlation: str | None = None
    text: str | None = None  # a substring of a title the case bore
    recorded_from: datetime | None = None
    recorded_to: datetime | None = None
    occurred_from: datetime | None = None
    occurred_to: datetime | None = None
    as_of: int | None = None  # a position; later events are left out

    @property
    def nothing(self) -> bool:
        return all(getattr(self, field.name) is None for field in fields(self))


EQUAL = {
    "congress": "congress = {}",
    "case_id": "case_id = {}",
    "unit": "unit = {}",
    "actor": "actor = {}",
    "channel": "channel = {}",
    "correlation": "correlation_id = {}::text::uuid",
    "recorded_from": "position > position_recorded_by({} - interval '1 microsecond')",
    "recorded_to": "position <= position_recorded_by({})",
    "occurred_from": "occurred_at >= {}",
    "occurred_to": "occurred_at <= {}",
    "as_of": "position <= {}",
    "text": f"""case_id in (select case_id from {TABLE}
        where text_grams(title) @> text_grams({{0}}) and strpos(lower(title), lower({{0}})) > 0)""",
    "role": f"""case_id in (select case_id from {TABLE}
        where event_type in ('suggestion.sub-assigned', 'suggestion.reassigned') and role = {{}})""",
}
ROLE_OF_UNIT = f"""case_id in (select case_id from {TABLE} where unit = {{}} and role = {{}}
    and event_type in ('suggestion.sub-assigned', 'suggestion.reassigned'))"""


def condition(wanted: Wanted) -> tuple[str, list[Any]]:
    """The SQL of what is asked for, with only the conditions that are, so that each finds its index."""
    values: list[Any] = []
    conditions: list[str] = []

    def place(value: Any) -> str:
        values.append(value)
        return f"${len(values)}"

    for name, sql in EQUAL.items():
        if (value := getattr(wanted, name)) is not None and not (name == "role" and wanted.unit):
            conditions.append(sql.format(place(value)))
    if wanted.role and wanted.unit:
        conditions.append(ROLE_OF_UNIT.format(place(wanted.unit), place(wanted.role)))
    if wanted.type is not None:
        conditions.append(_type_condition(wanted.type, place))
    return " and ".join(conditions) or "true", values


def _type_condition(text: str, place: Any) -> str:
    if text.endswith("."):  # a range of names, which the index on event types answers
        return f"event_type >= {place(text)} and event_type < {place(text[:-1] + '/')}"
    return f"event_type = {place(text)}"


FIND = f"select * from {TABLE} where {{where}} order by position"
REFS = """
    select case_id, ref, title from p_case_board_v2 where case_id = any($1) and to_position is null
"""


async def rows(
    connection: Connection, wanted: Wanted, *, after: int = 0, limit: int | None = None
) -> AsyncIterator[Mapping[str, Any]]:
    """Rows of the trail by position, streamed; each with the reference and title that its case bears now."""
    where, values = condition(wanted)
    if after:
        where, values = f"{where} and position > ${len(values) + 1}", [*values, after]
    sql = FIND.format(where=where) + (f" limit {limit:d}" if limit is not None else "")
    async for row in streamed(connection, sql, values):
        yield row


async def streamed(
    connection: Connection, sql: str, values: Sequence[Any]
) -> AsyncIterator[Mapping[str, Any]]:
    """The answer of a query, page by page, with the case's reference and title put to each row."""
    async with connection.transaction(readonly=True):
        await connection.fetch(PLAN_EACH)
        cursor = await connection.cursor(sql, *values)
        while page := await cursor.fetch(PAGE):
            case_ids = list({row["case_id"] for row in page} - {None})
            found = {row["case_id"]: row for row in await connection.fetch(REFS, case_ids)}
            for row in page:
                case = found.get(row["case_id"])
                yield {**row, "ref": case["ref"] if case else None, "title": case["title"] if case else None}
