"""A question of a reader, and how its answers stand in tables."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.clock import day_of
from duban.access.viewer import Viewer
from duban.entrypoints.web.pages import case_url, url
from duban.entrypoints.web.tables import Cell, Counter, Overview, Table
from duban.wording.wording import Wording
from projections.base import Connection


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a reader: the connection that holds what they may see, and the moment they look at."""

    viewer: Viewer
    words: Wording
    connection: Connection
    now: datetime
    as_of: int | None
    position: int
    text: str  # the moment as it was asked for
    query: dict[str, str]

    def link(self, path: str, **more: Any) -> str:
        return url(path, {"as_of": self.text, **more})

    def page(
        self, title: str, tables: Sequence[Table], counters: Sequence[Counter] = (), said: Sequence[str] = ()
    ) -> Overview:
        return Overview(title, self.position, self.text, counters, tables, said)


Make = Callable[[Asked], Awaitable[Overview]]


def case_cell(ref: str, asked: Asked) -> Cell:
    return Cell(ref, case_url(ref, as_of=asked.text))


def due_cells(at: datetime | None, asked: Asked) -> tuple[Cell, Cell]:
    if at is None:
        return Cell("—", kind="number"), Cell("—", kind="number")
    late = at < asked.now
    left = asked.words.left(day_of(at), asked.now)
    return Cell(str(day_of(at)), kind="number"), Cell(
        f"{'▲ ' if late else ''}{left}", kind="number late" if late else "number"
    )


def headings(words: Wording, *names: str) -> list[str]:
    return [words.name("heading", name) for name in names]
