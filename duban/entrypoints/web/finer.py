"""Finer questions of the board: the filters by which the figures of other pages name their cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.base import Refusal
from domain.vocabulary import CONTROL_CHARACTERS, Basis, Role
from duban.catalogue import msgid
from duban.wording.wording import Wording
from projections.board import Lateness
from projections.counted import FIGURES

YES, NO = "yes", "no"
LONGEST: Final = 200  # characters
LARGEST: Final = 9_998  # term, session or year
FLAGS: Final = frozenset({"by_delegation", "in_session", "grass_roots", "first_term"})
NUMBERS: Final = frozenset({"term", "session", "year"})
CODES: Final = {
    "role": frozenset(Role),
    "basis": frozenset(Basis),
    "lateness": frozenset(Lateness),
    "figure": FIGURES,
}
LABELS: Final[Mapping[str, str]] = {
    "role": msgid("part of a unit"),
    "lead_unit": msgid("lead unit"),
    "system": msgid("assigned to"),
    "category": msgid("category"),
    "subject": msgid("subject"),
    "aspect": msgid("aspect of the subject"),
    "outcome": msgid("outcome"),
    "lateness": msgid("lateness"),
    "delegation": msgid("delegation"),
    "lead_deputy": msgid("lead deputy"),
    "by_delegation": msgid("by a delegation"),
    "in_session": msgid("in session"),
    "basis": msgid("rests on"),
    "grass_roots": msgid("grass-roots deputy"),
    "first_term": msgid("first term"),
    "key_topic": msgid("key topic"),
    "ended_as": msgid("ended as"),
    "term": msgid("term"),
    "session": msgid("session"),
    "year": msgid("submitted in"),
    "published": msgid("published"),
    "figure": msgid("counted as"),
}
NAMES: Final = {
    "figure": "total",
    "published": "published",
    "subject": "subject",
    "aspect": "subject",
    "role": "role",
    "basis": "basis",
    "outcome": "outcome",
    "ended_as": "ended",
}


class NotAFinerFilter(Refusal):
    """“{value}” cannot be asked of the filter “{name}”.

    Follow the link of a figure, or take this filter out of the address.
    """


@dataclass(frozen=True, slots=True)
class Finer:
    """What is asked besides the controls of the form, as the address says it."""

    asked: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, str | None]) -> "Finer":
        asked = [(name, value) for name in LABELS if (value := given.get(name))]
        for name, value in asked:
            _typed(name, value)
        return cls(tuple(asked))

    @property
    def filters(self) -> dict[str, Any]:
        """As the board's filter takes them."""
        return {name: _typed(name, value) for name, value in self.asked}

    def asks(self, name: str) -> bool:
        return any(one == name for one, _ in self.asked)

    def without(self, name: str) -> "Finer":
        return Finer(tuple(one for one in self.asked if one[0] != name))

    def said(self, words: Wording) -> list[tuple[str, str, str, str]]:
        """Each filter with its value as asked, its name and its value in words."""
        return [(n, v, words.text(LABELS[n]), _in_words(n, v, words)) for n, v in self.asked]


def _in_words(name: str, value: str, words: Wording) -> str:
    if name in FLAGS:
        return words.text("yes") if value == YES else words.text("no")
    return words.name(NAMES[name], value) if name in NAMES else value


def _typed(name: str, value: str) -> Any:
    if name in FLAGS and value in (YES, NO):
        return value == YES
    if (
        name in NUMBERS
        and value.isascii()
        and value.isdigit()
        and 1 <= int(value[:5]) <= LARGEST
        and len(value) < 5
    ):
        return int(value)
    strange = name in CODES and value not in CODES[name]
    if strange or name in FLAGS | NUMBERS or len(value) > LONGEST or CONTROL_CHARACTERS.search(value):
        raise NotAFinerFilter(name=name, value=value[:60])
    return Lateness(value) if name == "lateness" else value
