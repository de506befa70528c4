"""Filters: which lines of the board are asked for; every figure names its cases by one of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from domain.base import Refusal
from domain.vocabulary import Basis, Kind, Level, Role, Stage
from projections.asof import held_in_parts
from projections.counted import FIGURES, condition


class Lateness(StrEnum):
    """How a case stands to its terms."""

    OVERDUE = "overdue"  # a term that runs has passed
    DUE_THIS_WEEK = "due-this-week"
    ANSWERED_LATE = "answered-late"  # a reply came after its term
    IN_TIME = "in-time"  # neither


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines of the board to show; None or empty means all. Every figure names its cases by one of these."""

    congress: str | None = None
    stage: str | None = None
    level: str | None = None
    kind: str | None = None
    jurisdiction: str | None = None
    outcome: str | None = None
    unit: str | None = None
    text: str | None = None
    late: bool = False
    due_before: datetime | None = None
    open_commitments: bool = False
    role: str | None = None  # of `unit`, or of any unit
    system: str | None = None  # the organ that the case was assigned to
    category: str | None = None
    delegation: str | None = None
    by_delegation: bool | None = None
    in_session: bool | None = None
    key_topic: str | None = None
    lateness: Lateness | None = None
    term: int | None = None
    session: int | None = None
    basis: str | None = None
    grass_roots: bool | None = None
    first_term: bool | None = None
    lead_deputy: str | None = None
    ended_as: str | None = None
    lead_unit: str | None = None
    subject: str | None = None
    aspect: str | None = None  # of the subject
    published: str | None = None  # a part and how much of it, such as `reply full`
    year: int | None = None  # in which it was submitted
    figure: str | None = None  # of the report; the cases that it counts

    def facts(self) -> dict[str, Any]:
        """What is asked for, by name: how a figure tells which cases it counts."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) != f.default}


class NotAFilter(Refusal):
    """“{text}” is not a filter of the board.

    Write NAME=VALUE with one of: {known}.
    """


class NotAValue(Refusal):
    """The filter {name} does not take “{text}”.

    It takes: {known}.
    """


def filter_of(named: Mapping[str, Any], written: Sequence[str]) -> Filter:
    """A filter from values by name and from NAME=VALUE as people write them. Refuses what is neither."""
    values = dict(named)
    for text in written:
        name, equals, value = text.partition("=")
        if name not in READ or not equals:
            raise NotAFilter(text=text[:60], known=", ".join(READ))
        try:
            values[name] = READ[name](value)
        except ValueError as error:
            raise NotAValue(name=name, text=value[:60], known=error) from None
    return Filter(**values)


Read = Callable[[str], Any]
"""A value of a filter from what people write; its ValueError says what the filter takes."""


def _one_of(values: Iterable[str]) -> Read:
    taken = {str(value): value for value in values}

    def read(text: str) -> str:
        if text not in taken:
            raise ValueError(", ".join(filter(None, taken)))
        return taken[text]

    return read


def _truth(text: str) -> bool:
    if (said := text.lower()) in {"true", "yes", "1"}:
        return True
    if said in {"false", "no", "0"}:
        return False
    raise ValueError("true, false")


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > len(str(LARGEST)) or not 1 <= int(text) <= LARGEST:
        raise ValueError(f"1 … {LARGEST}")
    return int(text)


EQUAL: Final = (
    "congress", "stage", "level", "kind", "jurisdiction", "outcome", "system", "category", "delegation",
    "by_delegation", "in_session", "term", "session", "grass_roots", "first_term", "lead_deputy", "ended_as",
    "lead_unit", "subject", "aspect",
)  # fmt: skip
FILTERS: Final = frozenset(EQUAL)
INDEXED: Final = frozenset(
    {"congress", "stage", "late", "lateness", "due_before"}
)  # what the board's indexes hold
OF_NEXT_DUE: Final = (Lateness.OVERDUE, Lateness.DUE_THIS_WEEK)  # the others ask how a reply was
LARGEST: Final = 9_998  # term, session or year
READ: Final[Mapping[str, Read]] = {
    **dict.fromkeys((*EQUAL, "unit", "key_topic", "published", "text"), str),
    **dict.fromkeys(
        ("by_delegation", "in_session", "grass_roots", "first_term", "late", "open_commitments"), _truth
    ),
    **dict.fromkeys(("term", "session", "year"), _number),
    "stage": _one_of(Stage),
    "level": _one_of(("", *Level)),  # empty: the source does not tell it
    "kind": _one_of(Kind),
    "role": _one_of(Role),
    "basis": _one_of(Basis),
    "figure": _one_of(sorted(FIGURES)),
    "lateness": _one_of(Lateness),
}
CONTAINED: Final = {
    "key_topic": "key_topics",
    "basis": "basis",
    "published": "published",
}  # filter -> column of lists
LATE: Final = {
    Lateness.OVERDUE: "next_due < {now}",
    Lateness.DUE_THIS_WEEK: "next_due >= {now} and next_due < {now} + interval '7 days'",
    Lateness.ANSWERED_LATE: "answered_late",
    Lateness.IN_TIME: "(next_due is null or next_due >= {now}) and not answered_late",
}


SUBMITTED: Final = """submitted_at >= make_timestamptz({value}::int, 1, 1, 0, 0, 0, 'Asia/Shanghai')
    and submitted_at < make_timestamptz({value}::int + 1, 1, 1, 0, 0, 0, 'Asia/Shanghai')"""


def wheres_of(wanted: Filter, now: datetime, as_of: int | None) -> tuple[list[str], list[Any]]:
    """The conditions, of which each line meets one at most, and their values.

    Only what is asked for, so that the plan can use the index that fits.
    """
    values: list[Any] = [] if as_of is None else [as_of]
    conditions = placed((*_of_columns(wanted), *_of_terms(wanted, now)), values)
    if wanted.figure is not None:
        conditions.append(condition(wanted.figure, as_of))
    return [" and ".join([held, *conditions]) for held in held_in_parts(as_of)], values


def by_indexes(wanted: Filter) -> bool:
    """Whether the board's indexes know which lines are asked for: by nothing that stands in the lines alone."""
    return wanted.facts().keys() <= INDEXED and wanted.lateness in (None, *OF_NEXT_DUE)


def where_of_facts(wanted: Filter, values: list[Any]) -> list[str]:
    """The conditions that no clock decides; puts their values behind those there are."""
    return placed(_of_columns(wanted), values)


def placed(conditions: Iterable[tuple[str, Any]], values: list[Any]) -> list[str]:
    """Conditions with the numbers of their values, which are put behind those there are."""
    found = []
    for text, value in conditions:
        if "{" in text:
            values.append(value)
        found.append(text.format(value=f"${len(values)}", now=f"${len(values)}"))
    return found


def _of_columns(wanted: Filter) -> Iterator[tuple[str, Any]]:
    for name in EQUAL:
        if (value := getattr(wanted, name)) is not None:
            yield f"{name} = {{value}}", value
    for name, column in CONTAINED.items():
        if (value := getattr(wanted, name)) is not None:
            yield f"{column} @> array[{{value}}::text]", value
    if wanted.unit is not None:
        roles = [wanted.role] if wanted.role is not None else [role.value for role in Role]
        yield "roles && {value}::text[]", [f"{role}:{wanted.unit}" for role in roles]
    elif wanted.role is not None:
        yield "exists (select from unnest(roles) r where starts_with(r, {value}))", f"{wanted.role}:"
    if wanted.year is not None:
        yield SUBMITTED, wanted.year
    if wanted.text is not None:
        yield "strpos(coalesce(title, '') || ' ' || ref, {value}) > 0", wanted.text


def _of_terms(wanted: Filter, now: datetime) -> Iterator[tuple[str, Any]]:
    if wanted.late:
        yield LATE[Lateness.OVERDUE], now
    if wanted.lateness is not None:
        yield LATE[wanted.lateness], now
    if wanted.due_before is not None:
        yield "next_due >= {value}", now
        yield "next_due < {value}", wanted.due_before
    if wanted.open_commitments:
        yield "commitments_open > 0", None
