"""The replay: a case as a film of its events, and what each of them changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.base import Recorded
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Stage
from duban.casefile import CaseFile, event_data
from duban.wording.case_lines import lines_of


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing about a case that an event changed; `facet` and `of` say which."""

    facet: str  # stage, number, title, role, clock, reply, rating, commitment, ...
    of: str  # the unit, clock or commitment concerned
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ReplayStep:
    """One step of a replay: the event, the case after it, and what is different."""

    number: int  # from 1
    recorded: Recorded[SuggestionEvent]
    case: Suggestion
    stage: Stage
    changed: tuple[Changed, ...]


def replay(file: CaseFile) -> list[ReplayStep]:
    """The case as a film: what each of its events changed; it ends with the case as its file tells it."""
    steps: list[ReplayStep] = []
    case = Suggestion()
    for number, recorded in enumerate(file.recorded, 1):
        after = case.evolve(recorded.body)
        changed = tuple(_changes(lines_of(case), lines_of(after)))
        last = number == len(file.recorded)
        shown, stage = (file.case, file.stage) if last else (after, after.stage)
        steps.append(ReplayStep(number, recorded, shown, stage, changed))
        case = after
    return steps


def step_data(step: ReplayStep) -> dict[str, Any]:
    """One step of a replay as JSON-ready data."""
    changed = [
        {"what": c.facet, "of": c.of or None, "before": c.before, "after": c.after} for c in step.changed
    ]
    return {
        "step": step.number,
        **event_data(step.recorded),
        "stage": step.stage.value,
        "changed": changed,
    }


def changed_between(before: Suggestion, after: Suggestion) -> tuple[Changed, ...]:
    """What is different about a case between two of its moments."""
    return tuple(_changes(lines_of(before), lines_of(after)))


def _changes(before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]) -> Iterator[Changed]:
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield Changed(*key, before.get(key), after.get(key))
