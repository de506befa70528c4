"""The annual report's tables as a page, each figure a link to its cases, and as files to take away."""

from dataclasses import replace
from typing import Any, Final

from duban.catalogue import msgid
from duban.entrypoints.web.asked import Asked
from duban.entrypoints.web.finer import Finer
from duban.entrypoints.web.pages import url
from duban.entrypoints.web.pictures import BURN_DOWN, CALENDAR, FLOW, HEAT, pictured
from duban.entrypoints.web.tables import Ask, Cell, Counter, Overview, Table, number
from duban.exporting.report import FIGURES, AnnualReport, annual_report, said
from duban.exporting.report_files import ReportFormat
from projections import statistics
from projections.scope import Scope

NARROWED_BY: Final = {"term": msgid("term"), "session": msgid("session"), "year": msgid("submitted in")}


def scope_of(asked: Asked) -> Scope:
    """The reader's congress, narrowed down as the address says. Refuses what is no number."""
    given = {name: asked.query.get(name, "").strip() for name in NARROWED_BY}
    return Scope(congress=asked.viewer.congress, **Finer.of(given).filters)


async def report(asked: Asked) -> Overview:
    """The tables that an annual report prints, each line a link to its cases."""
    words, scope = asked.words, scope_of(asked)
    found = await statistics.report(asked.connection, scope, now=asked.now, as_of=asked.as_of)
    counted = {**found["totals"], **found["replies"]}
    counters = [
        Counter(v, words.name("total", k), asked.link("/", **_asked_as(found["filters"][k])), False)
        for k, v in counted.items()
        if v
    ]
    tables = [_table(name, lines, asked) for name, lines in found["tables"].items() if lines]
    shown, figures = await pictured(asked, HEAT, FLOW, BURN_DOWN, CALENDAR)
    page = asked.page(words.text("Statistics"), [*figures, *tables], counters)
    asks = [
        Ask(name, words.text(label), str(getattr(scope, name) or "")) for name, label in NARROWED_BY.items()
    ]
    return replace(
        page, pictures=shown, asks=asks, files=[_file(kind, scope, asked) for kind in ReportFormat]
    )


async def report_of(asked: Asked) -> AnnualReport:
    """The same tables, and those of units, promises and topics, to be written to a file."""
    moment: dict[str, Any] = {"now": asked.now, "as_of": asked.as_of, "position": asked.position}
    return await annual_report(asked.connection, scope_of(asked), asked.words, **moment)


def _file(kind: ReportFormat, scope: Scope, asked: Asked) -> Cell:
    narrowed = {name: getattr(scope, name) for name in NARROWED_BY}
    return Cell(kind.value.upper(), url(f"/statistics.{kind.value}", {"as_of": asked.text, **narrowed}))


def _table(name: str, lines: list[dict[str, Any]], asked: Asked) -> Table:
    words, asks = asked.words, statistics.TABLES[name].filter
    rows = [
        [
            Cell(said(asks, line["value"], words), asked.link("/", **_asked_as(line["filter"]))),
            *(number(line[figure], late=figure == "overdue") for figure in FIGURES),
        ]
        for line in lines
    ]
    columns = [words.name("table", name), *(words.name("figure", figure) for figure in FIGURES)]
    return Table(words.name("table", name), columns, rows, "")


def _asked_as(facts: dict[str, Any]) -> dict[str, str]:
    """A filter as the board's address says it."""
    return {
        name: {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        for name, value in facts.items()
    }
