"""Scope: which cases a report is about, as a condition on the board and as the filter that lists them."""

from dataclasses import dataclass
from typing import Any, Final

from projections.asof import held
from projections.filters import Filter, where_of_facts

BOARD: Final = "p_case_board_v2"


@dataclass(frozen=True, slots=True)
class Scope:
    """A congress, a term, a session, the year in which the cases were submitted; None or absent means all."""

    congress: str | None = None
    term: int | None = None
    session: int | None = None
    year: int | None = None

    def filter(self, **more: Any) -> Filter:
        return Filter(congress=self.congress, term=self.term, session=self.session, year=self.year, **more)

    @property
    def everything(self) -> bool:
        return self == Scope()

    def where(self, values: list[Any], as_of: int | None) -> str:
        """The condition on rows of the board; puts its values behind those there are, of which the first is `as_of`."""
        return " and ".join([held(as_of), *where_of_facts(self.filter(), values)])

    def cases(self, values: list[Any], as_of: int | None) -> str:
        """The condition on rows of other tables: that their case is one of these."""
        if self.everything:
            return "true"
        if self == Scope(congress=self.congress):  # every read model knows that of its own
            values.append(self.congress)
            return f"congress = ${len(values)}"
        return f"case_id in (select case_id from {BOARD} where {self.where(values, as_of)})"
