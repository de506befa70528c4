"""Tables as pages show them: cells that are texts, figures or links, under a caption."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell; `href` makes it a link, `kind` is number or late."""

    text: str
    href: str | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; `empty` says what would stand there."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its address; the table of the same title holds its figures."""

    address: str
    title: str


@dataclass(frozen=True, slots=True)
class Counter:
    """A figure that leads to what it counts."""

    figure: int
    label: str
    href: str
    late: bool = False
    here: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A number that narrows the page down, as its form asks for it."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Overview:
    """A page of figures and tables, read at one position of the log."""

    title: str
    position: int
    as_of: str
    counters: Sequence[Counter] = ()
    tables: Sequence[Table] = ()
    said: Sequence[str] = field(default_factory=tuple)
    pictures: Sequence[Picture] = ()
    asks: Sequence[Ask] = ()
    files: Sequence[Cell] = ()


def number(value: int | None, href: str | None = None, *, late: bool = False) -> Cell:
    kind = "number late" if late and value else "number"
    return Cell("—" if value is None else f"{value:,}", href, kind)
