"""Steps: what time alone makes happen to a case, each taken once under its key."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime

from domain.base import Value
from domain.vocabulary import Stage


class StepKind(StrEnum):
    """What a step does."""

    REMIND = "remind"
    MARK_OVERDUE = "mark-overdue"
    LAPSE = "lapse"
    CARRY_OVER = "carry-over"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do at a time; `key` is `{rule}-{what}:{cause version}` and is recorded when taken."""

    key: str
    kind: StepKind
    rule: str  # of the clock; the year, for what is carried over into it
    about: str
    due_from: datetime  # the first instant at which the step may be taken
    due_at: datetime  # the deadline that it concerns
    to: str | None = None  # who is reminded beyond the one who owes


@dataclass(frozen=True, slots=True)
class Plan:
    """What is due now, and when to look again."""

    stage: Stage
    closed: bool
    due: tuple[Step, ...]
    next_at: datetime | None  # None: nothing but a person's act can move the case
    waits: tuple[str, ...]  # what is waited for, in words of the glossary


class TakeStep(Value):
    """Take the step with this key, if it is due."""

    key: str
    as_of: AwareDatetime
