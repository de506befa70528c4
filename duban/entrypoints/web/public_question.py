"""What is asked of the public site, as its addresses say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.provisions import Outcome
from domain.vocabulary import CONTROL_CHARACTERS, Kind, Stage
from duban.entrypoints.web.board import NotAFilter
from duban.entrypoints.web.pages import url
from projections.public_search import PublicFilter

HOME: Final = "/public"
PAGE: Final = 20  # cases
LAST_PAGE: Final = 10_000
LONGEST: Final = 200  # characters
LARGEST: Final = 9999
WORDS: Final = ("text", "congress", "unit", "subject")
NUMBERS: Final = ("term", "session", "year")
CODES: Final[Mapping[str, frozenset[str]]] = {
    "outcome": frozenset(Outcome),
    "stage": frozenset(Stage),
    "kind": frozenset(Kind),
}
FLAGS: Final = ("answered", "promised")


@dataclass(frozen=True, slots=True)
class PublicQuestion:
    """Which public cases are asked for, and which page of them."""

    wanted: PublicFilter
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "PublicQuestion":
        """Refuses what is no filter's value."""
        given = {name: value for name, text in asked.items() if (value := text.strip())}
        values: dict[str, Any] = {
            name: _read(name, given[name]) for name in (*WORDS, *NUMBERS, *CODES) if name in given
        }
        page = _number("page", given.get("page", "1"), LAST_PAGE)
        if page < 1:
            raise NotAFilter(name="page", value="0")
        values |= {name: name in given for name in FLAGS}
        return cls(PublicFilter(**values), page)

    @property
    def asked(self) -> dict[str, Any]:
        """The filters as an address gives them."""
        return {name: 1 if value is True else value for name, value in self.wanted.facts().items()}

    def address(self, path: str = HOME, **changes: Any) -> str:
        """The address of this question with changes; another question begins on its first page."""
        return url(path, {**self.asked, **changes})

    def turned(self, page: int) -> str:
        return self.address(page=None if page == 1 else page)


def _read(name: str, value: str) -> Any:
    if name in NUMBERS:
        return _number(name, value, LARGEST)
    unknown = name in CODES and value not in CODES[name]
    if unknown or len(value) > LONGEST or CONTROL_CHARACTERS.search(value):
        raise NotAFilter(name=name, value=value[:60])
    return value


def _number(name: str, value: str, largest: int) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 6 and int(value) <= largest):
        raise NotAFilter(name=name, value=value[:60])
    return int(value)
