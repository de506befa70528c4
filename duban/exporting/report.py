"""The annual report's tables (统计表): what is asked of the read models, as sheets with a heading and typed cells."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from shlex import quote
from typing import Any, Final

from duban.catalogue import msgid
from duban.wording.wording import Wording
from projections import key_topics, performance, statistics
from projections.base import Connection
from projections.rates import FEWEST, Rate
from projections.scope import Scope
from projections.statistics import TABLES

FIGURES: Final = ("cases", "answered", "solved", "planned", "answered_late", "overdue")
RATES: Final = ("replied", "on_time", "solved_or_planned", "satisfied", "commitments_kept")
PARTS: Final = ("parts", "lead", "separate", "co_handling", "reference", "owing", "overdue")
PROMISES: Final = ("made", "open", "due", "overdue", "kept", "kept_late", "failed", "carried_over", "verified",
                   "rated", "rated_satisfied")  # fmt: skip
HOW: Final = msgid("How to list its cases")
NAMED: Final = 12  # references in a cell; the command lists all
Cell = str | int | Rate | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its columns, its rows, and for each row the command that lists its cases."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    how: tuple[str, ...]
    said: str = ""  # what its reader has to know


@dataclass(frozen=True, slots=True)
class AnnualReport:
    """The tables, and at which position and time their figures hold."""

    title: str
    about: tuple[tuple[str, str], ...]
    sheets: tuple[Sheet, ...]


async def annual_report(
    connection: Connection, scope: Scope, words: Wording, *, now: datetime, as_of: int | None, position: int
) -> AnnualReport:
    """Every table of the report, as the connection sees the read models."""
    asked: dict[str, Any] = {"now": now, "as_of": as_of}
    found = await statistics.report(connection, scope, **asked)
    units = await performance.units(connection, scope=scope, **asked)
    topics = await key_topics.find(connection, as_of=as_of, congress=scope.congress, year=scope.year)
    at = _At(words, scope, position)
    sheets = (
        at.figures(words.text("Suggestions and motions"), found["totals"]),
        at.figures(words.text("Replies and their ratings"), found["replies"]),
        *(at.table(name, lines) for name, lines in found["tables"].items()),
        at.changes(found["categories_changed"]),
        at.topics(topics),
        at.units(units),
        at.promises(found["commitments_by_year"]),
    )
    return AnnualReport(
        title=words.text("Statistics of deputies' suggestions"),
        about=tuple(_about(scope, words, now, position)),
        sheets=tuple(sheet for sheet in sheets if sheet.rows),
    )


def _about(scope: Scope, words: Wording, now: datetime, position: int) -> Iterator[tuple[str, str]]:
    everything = words.text("all")
    yield words.text("Congress"), words.congress(scope.congress) if scope.congress else everything
    for name, value in ((words.text("term"), scope.term), (words.text("session"), scope.session)):
        yield name, everything if value is None else str(value)
    yield words.text("submitted in"), everything if scope.year is None else str(scope.year)
    yield words.text("position of the log"), str(position)
    yield words.text("as known at"), words.time(now)
    yield (
        words.text("rates"),
        words.text(
            "A rate needs at least {n} cases; the interval holds the true one in 95 of 100.", n=FEWEST
        ),
    )
    yield words.text("The same figures again"), f"duban stats{_options(scope)} --as-of {position}"


def _options(scope: Scope) -> str:
    said = {name: getattr(scope, name) for name in ("congress", "term", "session", "year")}
    return "".join(f" --{name} {quote(str(value))}" for name, value in said.items() if value is not None)


@dataclass(frozen=True, slots=True)
class _At:
    """The sheets in the words of one language, each row with the command that lists its cases at the position."""

    words: Wording
    scope: Scope
    position: int

    def figures(self, title: str, figures: Mapping[str, int]) -> Sheet:
        return self._sheet(
            title,
            (self.words.text("figure"), self.words.name("heading", "cases")),
            ((self.words.name("total", name), number) for name, number in figures.items()),
            (self._cases(self.scope.filter(figure=name).facts()) for name in figures),
        )

    def table(self, name: str, lines: Sequence[Mapping[str, Any]]) -> Sheet:
        title, asks = self.words.name("table", name), TABLES[name].filter
        return self._sheet(
            title,
            (title, *(self.words.name("figure", figure) for figure in FIGURES)),
            ((said(asks, line["value"], self.words), *(line[f] for f in FIGURES)) for line in lines),
            (self._cases(line["filter"]) for line in lines),
        )

    def units(self, units: Sequence[Mapping[str, Any]]) -> Sheet:
        names = (
            *(self.words.name("part-of-unit", part) for part in PARTS),
            *(self.words.name("rate", r) for r in RATES),
        )
        return self._sheet(
            self.words.text("Units and their rates"),
            (self.words.name("heading", "unit"), *names),
            (
                (
                    self.words.unit(unit["unit"]),
                    *(unit.get(p, 0) for p in PARTS),
                    *(unit["rates"][r] for r in RATES),
                )
                for unit in units
            ),
            (f"duban unit show {quote(unit['unit'])} --cases {RATES[0]}{self._at()}" for unit in units),
            self.words.text("By name: a table by rate would be a league table."),
        )

    def changes(self, changes: Sequence[Mapping[str, Any]]) -> Sheet:
        text = self.words.text
        return self._sheet(
            text("Categories changed after review"),
            (
                self.words.name("heading", "unit"),
                text("before"),
                text("after"),
                self.words.name("heading", "cases"),
                text("references"),
            ),
            (
                (
                    self.words.unit(c["unit"]),
                    c["before"],
                    c["after"],
                    c["cases"],
                    _some(c["refs"], self.words),
                )
                for c in changes
            ),
            (f"duban unit show {quote(c['unit'])} --cases reclassified{self._at()}" for c in changes),
        )

    def promises(self, years: Sequence[Mapping[str, Any]]) -> Sheet:
        return self._sheet(
            self.words.text("Commitments by the year in which they were made"),
            (self.words.name("heading", "year"), *(self.words.name("promised", name) for name in PROMISES)),
            (
                (year["made_year"] or self.words.text("day not given"), *(year[p] for p in PROMISES))
                for year in years
            ),
            (f"duban commitment list{self._of_year(year['made_year'])}{self._at()}" for year in years),
        )

    def topics(self, topics: Sequence[Mapping[str, Any]]) -> Sheet:
        heading = partial(self.words.name, "heading")
        return self._sheet(
            self.words.text("Key topics"),
            (
                heading("topic"),
                heading("year"),
                heading("committee"),
                self.words.text("lead units"),
                heading("cases"),
            ),
            (
                (
                    t["title"],
                    t["year"],
                    t["committee"],
                    self.words.listed(t["lead_units"]),
                    len(t["case_ids"]),
                )
                for t in topics
            ),
            (f"duban topic show {quote(t['congress'] + '/' + t['topic_id'])}" for t in topics),
        )

    def _sheet(
        self,
        title: str,
        columns: tuple[str, ...],
        rows: Iterable[tuple[Cell, ...]],
        how: Iterable[str],
        about: str = "",
    ) -> Sheet:
        return Sheet(title, columns, tuple(rows), tuple(how), about)

    def _cases(self, facts: Mapping[str, Any]) -> str:
        where = "".join(f" --where {quote(f'{name}={_asked(value)}')}" for name, value in facts.items())
        return f"duban case list{where} --as-of {self.position}"

    def _at(self) -> str:
        congress = f" --congress {quote(self.scope.congress)}" if self.scope.congress else ""
        return f"{congress} --as-of {self.position}"

    def _of_year(self, year: int | None) -> str:
        return "" if year is None else f" --year {year}"


def _some(refs: Sequence[str], words: Wording) -> str:
    said = words.listed(list(refs[:NAMED]))
    return said if len(refs) <= NAMED else words.text("{refs} and {n} more", refs=said, n=len(refs) - NAMED)


def _asked(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def said(asks: str, value: Any, words: Wording) -> str:
    """What a line of a table stands for, in words."""
    if isinstance(value, bool):
        return words.text("yes") if value else words.text("no")
    named: dict[str, Callable[[str], str]] = {
        "stage": words.stage,
        "outcome": words.outcome,
        "kind": words.kind,
        "level": words.level,
        "unit": words.unit,
        "lead_unit": words.unit,
        "system": words.unit,
        "role": words.role,
        "subject": words.subject,
        "aspect": words.subject,
        "basis": partial(words.name, "basis"),
        "published": partial(words.name, "published"),
        "ended_as": partial(words.name, "ended"),
    }
    return named[asks](str(value)) if asks in named else str(value)


def rate_said(rate: Rate) -> str:
    """A rate with what it is made of; too few cases show no rate."""
    if rate.value is None or rate.interval is None:
        return f"{rate.part}/{rate.whole}" if rate.whole else "—"
    low, high = rate.interval
    return f"{rate.value:.0%} ({rate.part}/{rate.whole}; {low:.0%}–{high:.0%})"
