"""The replay: a case as a film, one page per step, each with an address of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.base import Refusal
from domain.suggestion.state import Commitment
from duban.access.seen_case import SeenCase
from duban.casefile import CaseFile, NotYetRecorded
from duban.catalogue import msgid
from duban.entrypoints.web.case import case_view, timeline
from duban.entrypoints.web.film import film, is_decision
from duban.entrypoints.web.standpoint import Look, stood_at
from duban.replaying import ReplayStep, changed_between, replay
from duban.seats import SEATS
from duban.wording.wording import Wording


class NoSuchStep(Refusal):
    """The history of {ref} has {steps} steps; “{step}” is not one of them.

    Ask for a step from 1 to {steps}, or for a position of the log.
    """


def current_step(file: CaseFile, asked: Mapping[str, str]) -> int:
    """The step that an address names, by number or by a position of the log; else the first."""
    text = (asked.get("position") or asked.get("step") or "1").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NoSuchStep(ref=file.case.ref, steps=len(file.recorded), step=text[:20])
    number = int(text)
    if not asked.get("position"):
        if not 1 <= number <= len(file.recorded):
            raise NoSuchStep(ref=file.case.ref, steps=len(file.recorded), step=number)
        return number
    known = sum(1 for recorded in file.recorded if recorded.position <= number)
    if not known:
        raise NotYetRecorded(ref=file.case.ref, as_of=number, first=file.recorded[0].position)
    return known


def replay_view(seen: SeenCase, current: int, look: Look, words: Wording) -> dict[str, Any]:
    """What the replay shows at a step."""
    file = seen.file
    steps, lines = replay(file), timeline(file.recorded)
    step = steps[current - 1]
    stood = stood_at(seen, current, _clock_of(steps[:current]), look)
    shown = stood.file or CaseFile(case=step.case, recorded=file.recorded[:current], now=stood.now)
    return {
        **case_view(shown, words),
        "step": step,
        "line": lines[current - 1],
        "steps": len(steps),
        "film": film(steps, lines, current, words),
        "sentences": [words.event_sentence(s.recorded) for s in steps],
        "changed": [words.changed_sentence(changed) for changed in step.changed],
        "go": _go(steps, current),
        "promises": _promises(step.case.commitments, file.case.commitments),
        "look": look,
        "stood": stood,
        "against": _against(steps, current, look, words),
        "seats": SEATS if seen.sight.whole else (),
    }


def _against(steps: Sequence[ReplayStep], current: int, look: Look, words: Wording) -> dict[str, Any] | None:
    """What is different between this moment and the one it is compared with, the earlier one first."""
    if look.against is None:
        return None
    if not 1 <= look.against <= len(steps):
        raise NoSuchStep(ref=steps[-1].case.ref, steps=len(steps), step=look.against)
    first, last = sorted((current, look.against))
    changed = changed_between(steps[first - 1].case, steps[last - 1].case)
    return {"first": first, "last": last, "changed": [words.changed_sentence(one) for one in changed]}


def _clock_of(steps: Sequence[ReplayStep]) -> datetime:
    """A step is judged on the day it happened: the latest day known so far, not the day of recording."""
    known = [s.recorded.body.occurred_at for s in steps if s.recorded.body.occurred_at is not None]
    return max(known, default=steps[-1].recorded.recorded_at)


def _go(steps: Sequence[ReplayStep], current: int) -> list[tuple[str, str, str, int | None]]:
    """The step buttons: key, sign, name and target; None where there is nothing further."""
    decisions = [step.number for step in steps if is_decision(step.recorded.body)]
    earlier = max((number for number in decisions if number < current), default=None)
    later = min((number for number in decisions if number > current), default=None)
    return [
        ("Home", "|◀", msgid("First step"), 1 if current > 1 else None),
        ("Shift+ArrowLeft", "◀◀", msgid("Previous decision"), earlier),
        ("ArrowLeft", "◀", msgid("Previous step"), current - 1 if current > 1 else None),
        ("ArrowRight", "▶", msgid("Next step"), current + 1 if current < len(steps) else None),
        ("Shift+ArrowRight", "▶▶", msgid("Next decision"), later),
        ("End", "▶|", msgid("Last step"), len(steps) if current < len(steps) else None),
    ]


def _promises(then: Sequence[Commitment], in_the_end: Sequence[Commitment]) -> list[dict[str, Any]]:
    """Every promise of the case, with what had become of it by then; None: not made yet."""
    known = {commitment.id: commitment for commitment in then}
    return [{"id": made.id, "then": known.get(made.id)} for made in in_the_end]
