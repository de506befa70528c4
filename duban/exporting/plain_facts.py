"""The plain facts of events: which of a body's fields stand as one value in OCEL and XES, of which type, and how."""

from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from domain.base import Event
from domain.law import DueBy
from duban.exporting.tables import in_utc

KINDS = {bool: "boolean", int: "integer", float: "float", datetime: "time", date: "time"}


def attributes_of(event: type[Event]) -> dict[str, str]:
    """The plain facts of an event's body and their OCEL types; a clock that it sets stands as its deadline."""
    known = {name: kind_of(info) for name, info in event.model_fields.items()}
    return {name: kind for name, kind in known.items() if kind is not None and name != "occurred_at"}


def kind_of(info: FieldInfo) -> str | None:
    """The OCEL type of a plain fact; several are listed in one string, and what is made of parts has none."""
    options = (
        [info.annotation]
        if get_origin(info.annotation) not in (Union, UnionType)
        else get_args(info.annotation)
    )
    kind = next(option for option in options if option is not NoneType)
    if get_origin(kind) is tuple:
        kind = get_args(kind)[0]
        return "string" if issubclass(kind, str) else None
    if kind in KINDS:
        return KINDS[kind]
    if kind is DueBy:
        return "time"
    text = get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, str))
    return "string" if text else None


def plain_fact(value: Any) -> Any:
    """A fact as one plain value, or None where there is none."""
    if isinstance(value, DueBy):
        value = value.deadline.due_at if value.deadline else None
    if isinstance(value, datetime):
        return in_utc(value)
    if isinstance(value, tuple):
        return "; ".join(str(part) for part in value) or None
    return str(value) if isinstance(value, Enum) else value
