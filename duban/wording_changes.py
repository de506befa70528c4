"""What an event changed about a case, one plain sentence for each facet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.suggestion.state import ClockStatus
from domain.vocabulary import Satisfaction, Stage
from duban.wording_terms import words as bilingual

if TYPE_CHECKING:
    from duban.casefile import Changed
    from duban.wording import Wording

SATISFACTIONS = frozenset(map(str, Satisfaction))
ARROW = bilingual("{before} → {after}", "{before} → {after}")


class Changes:
    """The sentence of each facet, in the words of one language."""

    def __init__(self, words: Wording) -> None:
        self._words = words
        self._text = words.text

    def sentence(self, changed: Changed) -> str:
        """ "Stage: awaiting reply → awaiting feedback"; a thing that is new is only named."""
        label = self._label(changed)
        before = None if changed.before is None else self._value(changed.facet, changed.before)
        after = self._text("none") if changed.after is None else self._value(changed.facet, changed.after)
        if before is None:
            return self._text("{label}: {value}", label=label, value=after)
        change = ARROW[self._words.lang].format(before=before, after=after)
        return self._text("{label}: {value}", label=label, value=change)

    def _label(self, changed: Changed) -> str:
        subject, *_ = changed.of.split("|")
        match changed.facet:
            case "stage":
                return self._text("Stage")
            case "ref":
                return self._text("Reference")
            case "title":
                return self._text("Title")
            case "number":
                return self._text("Number")
            case "assigned_to":
                return self._text("Assigned to")
            case "rules_id":
                return self._text("Rules")
            case "step":
                return self._text("Recorded once")
            case _:
                return self._label_of_part(changed, subject)

    def _label_of_part(self, changed: Changed, subject: str) -> str:
        unit = self._words.unit(subject)
        match changed.facet:
            case "role":
                return self._text("Role of {unit}", unit=unit)
            case "opinion":
                return self._text("Co-handling opinion of {unit}", unit=unit)
            case "clock":
                about = changed.of.split("|")[1]
                facts = {"rule": self._words.rule(subject), "unit": self._words.unit(about)}
                return self._text("Clock “{rule}”, {unit}", **facts)
            case "reply":
                return self._text("Reply of {unit}", unit=unit)
            case "served":
                return self._text("Reply of {unit} has reached", unit=unit)
            case "rating":
                return self._text("Rating of {unit}", unit=unit)
            case "commitment":
                return self._text("Commitment {id}", id=subject)
            case "follow-ups":
                return self._text("Follow-ups of commitment {id}", id=subject)
            case "published":
                return self._text("Publication: {part}", part=self._words.name("part", subject))
            case other:
                return f"{other} {subject}".strip()

    def _value(self, facet: str, value: str) -> str:
        match facet:
            case "stage":
                return self._words.stage(Stage(value))
            case "role":
                return self._words.role(value)
            case "clock":
                return self._clock(value)
            case "rating" if value in SATISFACTIONS:
                return self._words.satisfaction(value)
            case "published":
                return self._words.name("extent", value)
            case "assigned_to" | "served":
                return self._words.unit(value)
            case "opinion" | "reply" | "rating" | "commitment" | "step":
                return self._state(value)
            case _:
                return value

    def _clock(self, value: str) -> str:
        state, _, due = value.partition(" ")
        named = self._words.clock_status(ClockStatus.OPEN if state == "running" else state)
        if due == "?":
            return self._text("{state}, no date known", state=named)
        return self._text("{state}, due {day}", state=named, day=due)

    def _state(self, value: str) -> str:
        states = {
            "in": self._text("in"),
            "given": self._text("given"),
            "open": self._text("open"),
            "fulfilled": self._text("fulfilled"),
            "taken": self._text("done"),
        }
        return states.get(value, value)
