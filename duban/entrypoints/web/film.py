"""The film of a case: one lane per actor, one place per step, idle time folded away; drawn as SVG."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from domain.base import Event
from duban.entrypoints.web.case import Line
from duban.replaying import ReplayStep
from duban.wording.wording import Wording

DEPUTIES, COMMISSION, CLOCK = "deputies", "commission", "clock"
CLOCK_MARKS = frozenset({  # made by time alone; a jump to the next decision passes over them
    "suggestion.reminded", "suggestion.became-overdue", "suggestion.co-opinion-lapsed",
    "suggestion.feedback-lapsed", "suggestion.term-lapsed",
})  # fmt: skip
BY_DEPUTIES = frozenset({
    "suggestion.submitted", "suggestion.feedback-given", "suggestion.co-signature-confirmed",
    "suggestion.co-signature-declined", "suggestion.withdrawn", "suggestion.resubmitted",
    "suggestion.draft-commented", "suggestion.fulfilment-rated", "suggestion.confidentiality-requested",
})  # fmt: skip
BY_UNIT = frozenset({
    "suggestion.co-opinion-given", "suggestion.answered", "suggestion.signed-for", "suggestion.objection-raised",
    "suggestion.extension-requested", "suggestion.leader-appointed", "suggestion.copies-sent",
    "suggestion.reply-corrected", "suggestion.commitment-made", "suggestion.commitment-progressed",
    "suggestion.commitment-fulfilled", "suggestion.commitment-failed",
})  # fmt: skip
UNIT_TO_DEPUTIES = frozenset({
    "suggestion.reply-served", "suggestion.deputy-contacted", "suggestion.draft-sent",
    "suggestion.fulfilment-reported",
})  # fmt: skip

STEP, FOLD = 40, 56  # pixels between steps, and added where idle time is folded away
LANE, TOP = 34, 30  # pixels between lanes, and above the first
WIDE, NARROW = 14, 7.6  # pixels of a full-width and a half-width sign
LONGEST_LABEL = 18  # full-width signs


@dataclass(frozen=True, slots=True)
class Dot:
    """Where a step touches a lane."""

    step: int
    x: int
    y: int
    kind: str  # act, concerned, mark, late
    time: str  # past, current, future


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    label: str
    y: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fold:
    """Idle time that is folded away before a step."""

    x: int
    days: int


@dataclass(frozen=True, slots=True)
class Film:
    width: int
    height: int
    lanes: tuple[Lane, ...]
    dots: tuple[Dot, ...]
    links: tuple[tuple[int, int, int], ...]  # x, y1, y2: from who acts to whom it concerns
    folds: tuple[Fold, ...]
    now: int  # x of the current step


def is_decision(event: Event) -> bool:
    by_time = event.type == "suggestion.commitment-carried-over" and getattr(event, "step", None) is not None
    return event.type not in CLOCK_MARKS and not by_time


def parties(event: Event) -> tuple[str, ...]:
    """Who acts, then whom it concerns, if anybody."""
    concerned = [
        party for name in ("unit", "owner", "about", "commitment") if (party := getattr(event, name, None))
    ][:1]
    if not is_decision(event):
        return (CLOCK, *concerned)
    if event.type in BY_UNIT:
        return tuple(concerned)
    if event.type in UNIT_TO_DEPUTIES:
        return (*concerned, DEPUTIES)
    return (DEPUTIES if event.type in BY_DEPUTIES else COMMISSION, *concerned)


def film(steps: Sequence[ReplayStep], lines: Sequence[Line], current: int, words: Wording) -> Film:
    """The drawing of all steps, with those after the current one still to come."""
    touched = [_touched(step) for step in steps]
    names = sorted({name for names in touched for name in names}, key=lambda name: _rank(name, touched))
    labels = {name: _label(words.party(name)) for name in names}
    ys = {name: TOP + LANE * row for row, name in enumerate(names)}
    xs, folds = _places(lines, left=24 + round(max(map(_width, labels.values()))))
    dots = tuple(
        Dot(step.number, x, ys[name], _kind(step, place), _time(step.number, current))
        for step, names_of, x in zip(steps, touched, xs, strict=True)
        for place, name in enumerate(names_of)
    )
    lanes = tuple(
        Lane(name, labels[name], ys[name], *_span([d.x for d in dots if d.y == ys[name]])) for name in names
    )
    links = tuple((x, ys[t[0]], ys[t[1]]) for t, x in zip(touched, xs, strict=True) if len(t) > 1)
    height = TOP + LANE * len(names) - LANE // 3
    return Film(xs[-1] + STEP, height, lanes, dots, links, folds, xs[current - 1])


def _touched(step: ReplayStep) -> tuple[str, ...]:
    """The lanes of a step; what concerns a commitment concerns its owner."""
    owners = {commitment.id: commitment.owner for commitment in step.case.commitments}
    owners[step.case.assigned_to or ""] = COMMISSION  # a system of organs is not a unit that acts
    return tuple(dict.fromkeys(owners.get(name, name) for name in parties(step.recorded.body)))


def _rank(name: str, touched: list[tuple[str, ...]]) -> tuple[int, int]:
    """The deputies first, then the commission, then units as they enter, the clock last."""
    first = next(step for step, names in enumerate(touched) if name in names)
    return {DEPUTIES: 0, COMMISSION: 1, CLOCK: 3}.get(name, 2), first


def _places(lines: Sequence[Line], left: int) -> tuple[list[int], tuple[Fold, ...]]:
    xs: list[int] = []
    folds: list[Fold] = []
    x = left
    for line in lines:
        if line.idle_days is not None:
            folds.append(Fold(x + FOLD // 2 - STEP // 2, line.idle_days))
            x += FOLD
        xs.append(x)
        x += STEP
    return xs, tuple(folds)


def _kind(step: ReplayStep, place: int) -> str:
    if place:
        return "concerned"
    if is_decision(step.recorded.body):
        return "act"
    return "late" if step.recorded.type == "suggestion.became-overdue" else "mark"


def _time(step: int, current: int) -> str:
    return "current" if step == current else "past" if step < current else "future"


def _span(xs: list[int]) -> tuple[int, int]:
    return min(xs), max(xs)


def _label(text: str) -> str:
    while _width(text) > LONGEST_LABEL * WIDE:
        text = text[:-2] + "…"
    return text


def _width(text: str) -> float:
    return sum(WIDE if unicodedata.east_asian_width(sign) in "WF" else NARROW for sign in text)
