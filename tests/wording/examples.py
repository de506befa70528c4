"""An example of every event, filled from its fields' types, so that none can be forgotten."""

from datetime import UTC, date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from domain.base import Event, Recorded
from domain.law import DueBy, Law
from domain.registry import EVENT_TYPES
from duban.calendars import official

AT = datetime(2024, 4, 2, 1, tzinfo=UTC)
RULES = "npc@2015-08-29"


def every_event() -> list[Event]:
    """One of each type, with every field filled."""
    return [example(event) for event in EVENT_TYPES.values()]


def example(event: type[Event], **given: Any) -> Event:
    facts = {name: _value(name, field.annotation) for name, field in event.model_fields.items()}
    return event.model_validate({**facts, "occurred_at": AT, "reconstructed": None, **given})


def recorded(event: Event, position: int = 7) -> Recorded[Event]:
    return Recorded(
        position=position, stream_id="case/npc/x", version=1, congress="npc", event_id=UUID(int=1),
        type=event.type, schema_version=1, body=event, actor="cli", correlation_id=UUID(int=2),
        causation_id=None, recorded_at=AT,
    )  # fmt: skip


def due_by(rule: str = "answer") -> DueBy:
    due = Law(official()).due_by(RULES, rule, AT, anchor_event="suggestion.assigned")
    assert due is not None
    return due


def _value(name: str, kind: Any) -> Any:
    if kind is DueBy:
        return due_by()
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _value(name, next(one for one in arguments if one is not NoneType))
    if origin is tuple:
        return (_value(name, arguments[0]),)
    if origin is Literal:
        return arguments[0]
    if hasattr(kind, "__metadata__"):
        return _value(name, arguments[0])
    return _plain(name, kind)


def _plain(name: str, kind: Any) -> Any:
    if kind is AwareDatetime:
        return AT
    if issubclass(kind, BaseModel):
        return {field: _value(field, info.annotation) for field, info in kind.model_fields.items()}
    if issubclass(kind, StrEnum):
        return next(iter(kind))
    plain = {bool: True, int: 1, datetime: AT, date: AT.date(), str: f"<{name}>"}
    return plain[kind]
