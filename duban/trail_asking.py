"""Asking the trail: what people write, on the command line or in a form, becomes what is asked of the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from domain.base import Refusal
from domain.registry import EVENT_TYPES
from domain.vocabulary import Role
from duban.casefile import moment_of
from projections.questions import Question
from projections.trail import COLUMNS, Wanted

FIXED: Final = (
    "position",
    "ref",
    "occurred_at",
    "recorded_at",
    "actor",
)  # of every answer to a named question
TAKEN: Final = ("ref", *COLUMNS)
TIMES: Final = ("recorded_from", "recorded_to", "occurred_from", "occurred_to")
ASKED: Final = ("case", "unit", "role", "actor", "type", "channel", "correlation", "text", "congress", *TIMES)
"""The names under which the facts of the trail are asked for."""


class NoSuchType(Refusal):
    """“{text}” is not an event type.

    Give one such as suggestion.answered, or a beginning that ends with a dot such as suggestion.
    """


class NotACorrelation(Refusal):
    """“{text}” is not a correlation id.

    Copy one from `duban audit query --json`; it looks like 0193d0a0-0000-7000-8000-000000000001.
    """


class NotAPart(Refusal):
    """“{text}” is not a part that a unit can have.

    They are: {known}.
    """


class Resolver(Protocol):
    """Finds the stream of a case by its reference."""

    async def resolve(self, ref: str) -> str: ...


async def wanted_of(resolver: Resolver, given: Mapping[str, str | None], as_of: int | None) -> Wanted:
    """What is asked of the trail, by the names in `ASKED`; what is empty is not asked. Refuses what cannot be."""
    said = {name: value.strip() for name in ASKED if (value := given.get(name)) and value.strip()}
    ref = said.pop("case", None)
    return Wanted(
        congress=said.get("congress"),
        case_id=None if ref is None else (await resolver.resolve(ref)).rpartition("/")[2],
        unit=said.get("unit"),
        actor=said.get("actor"),
        role=_role(said.get("role")),
        type=_type(said.get("type")),
        channel=said.get("channel"),
        correlation=_correlation(said.get("correlation")),
        text=said.get("text"),
        as_of=as_of,
        **{name: _moment(said.get(name), end=name.endswith("_to")) for name in TIMES},
    )


def columns_of(asked: Question | None) -> tuple[str, ...]:
    """The columns of an answer as it is taken away."""
    return TAKEN if asked is None else (*FIXED, *asked.columns)


def _moment(text: str | None, *, end: bool) -> datetime | None:
    return None if text is None else moment_of(text, end=end)


def _role(text: str | None) -> str | None:
    if text is not None and text not in list(Role):
        raise NotAPart(text=text[:60], known=", ".join(Role))
    return text


def _type(text: str | None) -> str | None:
    if text is None:
        return None
    known = text in EVENT_TYPES or (text.endswith(".") and any(t.startswith(text) for t in EVENT_TYPES))
    if not known:
        raise NoSuchType(text=text[:80])
    return text


def _correlation(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return str(UUID(text))
    except ValueError:
        raise NotACorrelation(text=text[:80]) from None
