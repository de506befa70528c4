"""Fields: what people say when they act, read off the command it becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from annotated_types import MaxLen
from pydantic import AwareDatetime, BaseModel, StringConstraints
from pydantic.fields import FieldInfo

LINE = 300  # characters; a longer text gets a box of its own
GIVEN = ("at", "scheme", "case_id", "topic_id", "motion_id", "level")  # by the system, or once for every act


class FieldKind(StrEnum):
    """How a field is asked for."""

    LINE = "line"
    PROSE = "prose"
    CHOICE = "choice"
    FLAG = "flag"
    NUMBER = "number"
    DAY = "day"
    PARTS = "parts"  # a value made of fields of its own


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an act asks for."""

    name: str
    kind: FieldKind
    required: bool
    many: bool
    choices: tuple[str, ...]
    default: Any
    type: Any  # the Python type of one value

    @property
    def option(self) -> str:
        """As the command line writes it."""
        return self.name.replace("_", "-")


def fields_of(command: type[BaseModel]) -> tuple[Field, ...]:
    """The fields of a command that people fill in."""
    known = command.model_fields
    given = (*GIVEN, "place") if "level" in known else GIVEN  # a congress knows its level and place
    return tuple(_field(name, info) for name, info in known.items() if name not in given)


def _field(name: str, info: FieldInfo) -> Field:
    kind, bounds = _bare(info.annotation, info.metadata)
    many = get_origin(kind) is tuple
    if many:
        kind, bounds = _bare(get_args(kind)[0], ())
    return Field(
        name=name,
        kind=_kind(kind, bounds),
        required=info.is_required(),
        many=many,
        choices=tuple(str(one.value) for one in kind) if _is(kind, Enum) else (),
        default=None if info.is_required() else info.default,
        type=kind,
    )


def _bare(annotation: Any, metadata: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
    """The type without None and without its constraints, and the constraints."""
    if get_origin(annotation) in (Union, UnionType):
        (annotation,) = (option for option in get_args(annotation) if option is not NoneType)
    if hasattr(annotation, "__metadata__"):
        return annotation.__origin__, annotation.__metadata__
    return annotation, metadata


def _kind(kind: Any, bounds: Sequence[Any]) -> FieldKind:
    if kind is bool:
        return FieldKind.FLAG
    if kind is int:
        return FieldKind.NUMBER
    if kind in (datetime, AwareDatetime):
        return FieldKind.DAY
    if _is(kind, Enum):
        return FieldKind.CHOICE
    if _is(kind, BaseModel):
        return FieldKind.PARTS
    return FieldKind.PROSE if _longest(bounds) > LINE else FieldKind.LINE


def _longest(bounds: Sequence[Any]) -> int:
    found = [b.max_length for b in bounds if isinstance(b, StringConstraints | MaxLen) and b.max_length]
    return found[0] if found else LINE


def _is(kind: Any, base: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)


def present(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was said: an empty text or list is nothing said."""
    return {name: value for name, value in given.items() if value not in (None, "", (), [])}
