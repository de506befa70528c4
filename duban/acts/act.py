"""What an act is: something people do, by its name on the command line, in the API and on a button."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from inspect import cleandoc
from typing import Any

from pydantic import BaseModel

from duban.acts.fields import Field, fields_of


class Subject(StrEnum):
    """What an act changes."""

    SUGGESTION = "suggestion"
    MOTION = "motion"
    TOPIC = "topic"


class Group(StrEnum):
    """The part of a case's life that an act belongs to; the value is its heading."""

    INTAKE = "Intake"
    ASSIGNMENT = "Assignment"
    HANDLING = "Handling"
    ANSWER = "Answer and feedback"
    COMMITMENTS = "Commitments"
    SUPERVISION = "Supervision"
    CLOSING = "Closing and publication"
    TOPIC = "Key topics"
    MOTION = "Motions"


@dataclass(frozen=True)
class Act:
    """An act, the command of the domain that it becomes, and when the domain may accept it.

    `open_to` answers from the state alone: where it says no, the domain refuses whatever the fields hold.
    """

    name: str
    subject: Subject
    group: Group
    command: type[BaseModel]
    title: str  # a verb, for buttons; a text of the catalogue
    open_to: Callable[[Any], bool]

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        return fields_of(self.command)

    @property
    def summary(self) -> str:
        """One sentence that says what it does; a text of the catalogue."""
        return " ".join(cleandoc(self.command.__doc__ or self.title).split("\n\n")[0].split())
