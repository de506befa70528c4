"""What commands have in common: when it happened, and the event that states what a command says."""

from typing import Any, TypeVar

from pydantic import AwareDatetime

from domain.base import Event, Value

E = TypeVar("E", bound=Event)


class Command(Value):
    """Something people do; `at` is when."""

    at: AwareDatetime


def stated(event: type[E], command: Command, **more: Any) -> E:
    """The event that states what the command says, field by field, and what the decision adds."""
    return event(**{**command.model_dump(exclude={"at"}), **more}, occurred_at=command.at)
