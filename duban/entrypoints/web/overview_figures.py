"""Overviews of figures: units with their rates, and the engine itself."""

from dataclasses import replace
from typing import Final

from duban.entrypoints.web.asked import Asked, case_cell, due_cells, headings
from duban.entrypoints.web.pictures import HEAT, pictured
from duban.entrypoints.web.tables import Cell, Counter, Overview, Table, number
from duban.exporting.report import rate_said
from duban.wording.wording import Wording
from projections import checkpoints, performance, unit_work
from projections.rates import FEWEST, Rate
from projections.rebuild.checking import Check, last_check

RATES: Final = ("replied", "on_time", "solved_or_planned", "satisfied", "commitments_kept")


async def units(asked: Asked) -> Overview:
    """Units by name, with five rates that are never added up; too few cases show no rate."""
    words = asked.words
    found = await performance.units(
        asked.connection, now=asked.now, as_of=asked.as_of, congress=asked.viewer.congress
    )
    rows = [
        [
            Cell(words.unit(line["unit"]), asked.link("/unit", name=line["unit"])),
            number(line.get("parts")),
            number(line.get("owing")),
            number(line.get("overdue"), late=True),
            *(rate_cell(line["rates"][name]) for name in RATES),
        ]
        for line in found
    ]
    columns = [*headings(words, "unit", "parts", "owing", "overdue"), *(words.name("rate", r) for r in RATES)]
    empty = words.text("No unit has a part in a case yet.")
    said = [
        words.text("By name: a table by rate would be a league table."),
        words.text(
            "A rate needs at least {n} cases; the interval holds the true one in 95 of 100.", n=FEWEST
        ),
    ]
    shown, figures = await pictured(asked, HEAT)
    tables = [Table(words.text("Units"), columns, rows, empty), *figures]
    return replace(asked.page(words.text("Units"), tables, said=said), pictures=shown)


def rate_cell(rate: Rate) -> Cell:
    few = rate.value is None and rate.whole
    return Cell(rate_said(rate), kind="number few" if few else "number")


async def unit(asked: Asked) -> Overview:
    """One unit: its rates, each with how many it counts, and its parts, what it owes first."""
    words, name = asked.words, asked.query.get("name", "")
    found = await performance.units(asked.connection, now=asked.now, as_of=asked.as_of, unit=name)
    rates = [
        [Cell(words.name("rate", measure)), rate_cell(rate)]
        for line in found
        for measure, rate in line["rates"].items()
    ]
    work = await _parts_of(asked, name)
    columns = headings(words, "ref", "role", "outcome", "due", "left")
    tables = [
        Table(
            words.text("Rates"),
            [words.text("rate"), words.text("value")],
            rates,
            words.text("Nothing to measure yet."),
        ),
        Table(
            words.text("Its parts, what it owes first"),
            columns,
            work,
            words.text("It has no part in a case you may see."),
        ),
    ]
    return asked.page(words.unit(name), tables)


async def _parts_of(asked: Asked, name: str) -> list[list[Cell]]:
    found = await unit_work.find(asked.connection, name, now=asked.now, as_of=asked.as_of)
    rows = []
    for line in found:
        due = due_cells(line["due_at"] if line["owing"] else None, asked)
        outcome = asked.words.outcome(line["outcome"]) if line["outcome"] else "—"
        rows.append(
            [case_cell(line["ref"], asked), Cell(asked.words.role(line["role"])), Cell(outcome), *due]
        )
    return rows


async def operations(asked: Asked) -> Overview:
    """The log's head, and where each projection stands."""
    words = asked.words
    head = await asked.connection.fetchval("select coalesce(max(position), 0) from event_log")
    found = await checkpoints.standings(asked.connection, head)
    rows = [
        [
            Cell(s.projection),
            number(s.position),
            number(head - s.position),
            Cell(words.name("running", s.status)),
            Cell(s.cause or "—"),
        ]
        for s in found
    ]
    columns = headings(words, "projection", "position", "behind", "status", "cause")
    table = Table(words.text("Projections"), columns, rows, "")
    counters = [Counter(head, words.text("head of the log"), "/operations")]
    checked = await last_check(asked.connection)
    said = [_said_of(checked, words)]
    return asked.page(words.text("Operations"), [table, *_differences(checked, words)], counters, said)


def _said_of(checked: Check | None, words: Wording) -> str:
    """What the standing check found last."""
    if checked is None:
        return words.text("no check was made yet")
    line = words.text(
        "{at}: {rows} rows of {streams} streams compared at position {position}",
        at=words.time(checked.checked_at), rows=checked.rows, streams=checked.streams, position=checked.position,
    )  # fmt: skip
    result = words.text("no differences") if not checked.differences else words.text("rows differ; see below")
    return " · ".join((words.text("Standing check"), line, result))


def _differences(checked: Check | None, words: Wording) -> list[Table]:
    if checked is None or not checked.differences:
        return []
    rows = [
        [
            Cell(d.projection),
            number(d.missing, late=True),
            number(d.surplus, late=True),
            Cell(words.listed(["/".join(key) for key in d.keys])),
        ]
        for d in checked.differences
    ]
    columns = headings(words, "projection", "missing", "surplus", "rows")
    return [Table(words.text("Rows that do not agree with the log"), columns, rows, "")]
