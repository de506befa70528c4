"""The agenda of a key topic: what its committee is reminded of, and when to look again."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal

from domain.base import Value
from domain.clock import day_of, end_of_day, plus_months
from domain.key_topic import KeyTopic
from domain.key_topic_acts import TopicReminded
from domain.suggestion.steps import TakeStep

LATE_AGAIN_MONTHS = 1  # what is late is asked for again every month


class DutyTerm(Value):
    """By when a committee owes something, counted in months from an event of the topic."""

    duty: Literal["plan", "symposium", "field-research", "report"]
    after: Literal["committee-named", "plan-made"]
    months: int
    reminders: tuple[int, ...]  # days before


@dataclass(frozen=True, slots=True)
class TopicStep:
    """One reminder; `key` is recorded when it is given."""

    key: str
    duty: str
    due_from: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """What is due now, and when to look again."""

    stage: str
    closed: bool
    due: tuple[TopicStep, ...]
    next_at: datetime | None


@cache
def terms() -> tuple[DutyTerm, ...]:
    data = tomllib.loads(files("domain").joinpath("topic_terms.toml").read_text("utf-8"))
    return tuple(DutyTerm.model_validate(term) for term in data["term"])


def plan(topic: KeyTopic, as_of: datetime) -> TopicPlan:
    """A pure function of the state and the moment."""
    if topic.closed:
        return TopicPlan(stage=topic.stage, closed=True, due=(), next_at=None)
    open_steps = [step for step in _steps(topic, as_of) if step.key not in topic.steps_taken]
    due = sorted((s for s in open_steps if s.due_from <= as_of), key=lambda s: (s.due_from, s.key))
    later = [step.due_from for step in open_steps if step.due_from > as_of]
    return TopicPlan(stage=topic.stage, closed=False, due=tuple(due), next_at=min(later, default=None))


def steps_due(topic: KeyTopic, command: TakeStep) -> list[TopicReminded]:
    """The event of one due step; nothing if it was taken already or is no longer due."""
    return [
        TopicReminded(
            duty=step.duty, due_at=step.due_at, step=step.key, to=topic.committee, occurred_at=command.as_of
        )
        for step in plan(topic, command.as_of).due
        if step.key == command.key
    ]


def _steps(topic: KeyTopic, as_of: datetime) -> Iterator[TopicStep]:
    for term in terms():
        anchor = topic.anchor(term.after)
        if anchor is None or topic.has_done(term.duty):
            continue
        version, at = anchor
        due_at = end_of_day(plus_months(day_of(at), term.months))
        steps = [
            TopicStep(
                f"{term.duty}-reminder-{days}d:{version}", term.duty, due_at - timedelta(days=days), due_at
            )
            for days in sorted(term.reminders, reverse=True)
        ]
        steps += _late(term, due_at, version, as_of)
        past = [step for step in steps if step.due_from <= as_of]
        yield from past[-1:]  # of days that have passed only the latest is made up for
        yield from steps[len(past) :]


def _late(term: DutyTerm, due_at: datetime, version: int, as_of: datetime) -> Iterator[TopicStep]:
    """From the due day on every month, up to the first that lies ahead."""
    times = 0
    while True:
        months = LATE_AGAIN_MONTHS * times
        due_from = end_of_day(plus_months(day_of(due_at), months)) + timedelta(seconds=1)
        yield TopicStep(f"{term.duty}-late-{times}:{version}", term.duty, due_from, due_at)
        if due_from > as_of:
            return
        times += 1
