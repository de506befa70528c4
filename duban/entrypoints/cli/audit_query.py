"""`duban audit query` and `duban audit export`: what the log says, asked for and taken away."""

from collections.abc import AsyncIterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from domain.base import Refusal
from domain.vocabulary import Role
from duban.bootstrap import Services, now
from duban.casefile import AsOf
from duban.entrypoints.cli.progress import progress
from duban.entrypoints.cli.support import Json, language, output, print_json, print_json_rows, run
from duban.exporting.events import COLUMNS as STORED
from duban.exporting.events import flat, stored_rows
from duban.exporting.ledger import write_ledger
from duban.exporting.ocel import write_ocel
from duban.exporting.tables import TableFormat, plain, write_table
from duban.exporting.xes import write_xes
from duban.histories import histories
from duban.reading import moment_of as as_of_position
from duban.trail_asking import columns_of, wanted_of
from duban.wording.wording import Wording, wording
from projections.questions import QUESTIONS, Question, answers, question
from projections.trail import rows

UP_TO_DATE_WITHIN = 5.0  # seconds that an answer waits for the trail to reach what was just recorded
SHOWN = 1000  # rows of a table on the screen; files and --json have all of them
TRAIL = ("position", "ref", "event_type", "unit", "actor", "occurred_at", "recorded_at", "reason")

AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="A position of the log, a day or a time.", show_default=False)
]
Output = Annotated[Path | None, typer.Option("--output", help="Write the rows to this file.")]
Bom = Annotated[bool, typer.Option("--bom", help="Begin a CSV file with a byte order mark.")]


class FormatNeedsFile(Refusal):
    """A {kind} cannot be printed.

    Name a file with --output FILE.
    """


class ExportFormat(StrEnum):
    """What a log can be taken away as."""

    OCEL = "ocel"
    XES = "xes"
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    XLSX = "xlsx"


def query(
    name: Annotated[
        str | None, typer.Argument(help=f"A named question: {', '.join(QUESTIONS)}.", show_default=False)
    ] = None,
    case: Annotated[str | None, typer.Option(help="Only this case.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only events of this unit.")] = None,
    actor: Annotated[str | None, typer.Option(help="Only what this actor recorded.")] = None,
    role: Annotated[
        Role | None, typer.Option(help="Only cases in which the unit, or any, had this part.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--type", help="An event type, or its beginning up to a dot.")
    ] = None,
    channel: Annotated[str | None, typer.Option(help="Only feedback that came through this channel.")] = None,
    correlation: Annotated[str | None, typer.Option(help="Only what one command recorded.")] = None,
    text: Annotated[str | None, typer.Option(help="Only cases with this text in a title.")] = None,
    congress: Annotated[str | None, typer.Option(help="Only this congress.")] = None,
    recorded_from: Annotated[str | None, typer.Option(help="Recorded from this day or time on.")] = None,
    recorded_to: Annotated[str | None, typer.Option(help="Recorded up to this day or time.")] = None,
    occurred_from: Annotated[str | None, typer.Option(help="Happened from this day or time on.")] = None,
    occurred_to: Annotated[str | None, typer.Option(help="Happened up to this day or time.")] = None,
    number: Annotated[
        int | None, typer.Option("--days", "--number", help="The number of a named question.", min=0)
    ] = None,
    limit: Annotated[int | None, typer.Option(help="At most so many rows.", min=1)] = None,
    as_of: AsOfOption = None,
    kind_of_file: Annotated[TableFormat, typer.Option("--format", help="Of the file.")] = TableFormat.CSV,
    to: Output = None,
    bom: Bom = False,
    as_json: Json = False,
) -> None:
    """Ask the log: by its facts, or by a named question; every row has its position."""

    async def ask(ready: Services) -> int:
        moment = await as_of_position(ready.log, as_of, now())
        position = moment.position or await ready.log.head()
        await ready.projector.wait_for(position, UP_TO_DATE_WITHIN)
        given = {
            "case": case, "unit": unit, "actor": actor, "role": role, "type": kind, "channel": channel,
            "correlation": correlation, "text": text, "congress": congress, "recorded_from": recorded_from,
            "recorded_to": recorded_to, "occurred_from": occurred_from, "occurred_to": occurred_to,
        }  # fmt: skip
        wanted = await wanted_of(ready.commands, given, position)
        asked = question(name) if name else None
        # the database plans for what is taken
        most = limit if to is not None or as_json else min(limit or SHOWN + 1, SHOWN + 1)
        async with ready.pool.acquire() as connection:
            found = (
                rows(connection, wanted, limit=most)
                if asked is None
                else answers(connection, asked, as_of=position, congress=congress, number=number, limit=most)
            )
            return await _deliver(found, asked, kind_of_file, to, as_json=as_json, bom=bom)

    written = run(ask)
    if to is not None:
        _say_written(written, to, as_json)


async def _deliver(
    found: AsyncIterator[Mapping[str, Any]],
    asked: Question | None,
    kind: TableFormat,
    to: Path | None,
    *,
    as_json: bool,
    bom: bool,
) -> int:
    """To a file, as JSON, or as a table; a file is written while the rows come."""
    columns = columns_of(asked)
    if to is not None:
        return await write_table(found, columns, kind, to, bom=bom)
    if as_json:
        await print_json_rows({column: plain(row[column]) for column in columns} async for row in found)
        return 0
    if kind in (TableFormat.PARQUET, TableFormat.XLSX):
        raise FormatNeedsFile(kind=kind.value)
    shown = TRAIL if asked is None else columns
    lines = [row async for row in found]
    output.print(_table(lines[:SHOWN], shown, wording(language()), more=len(lines) > SHOWN))
    return 0


def _table(
    lines: Sequence[Mapping[str, Any]], columns: Sequence[str], words: Wording, *, more: bool
) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(words.name("column", column), overflow="fold")
    for line in lines:
        table.add_row(*(_shown(line[column], column, words) for column in columns))
    table.caption = (
        words.text("the first {number} rows; --output FILE has all", number=len(lines))
        if more
        else words.many("{n} row", "{n} rows", len(lines))
    )
    return table


def _shown(value: Any, column: str, words: Wording) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return words.listed([str(part) for part in value])
    return str(plain(value)).replace(".000000Z", "Z") if column.endswith("_at") else str(plain(value))


def export(
    kind: Annotated[ExportFormat, typer.Option("--format", help="What to take the log away as.")],
    to: Annotated[Path, typer.Option("--output", help="The file to write.")],
    congress: Annotated[str | None, typer.Option(help="Only this congress (ocel, xes and xlsx).")] = None,
    as_of: AsOfOption = None,
    bom: Bom = False,
    as_json: Json = False,
) -> None:
    """Take the log away: its events as csv, jsonl or parquet, its cases as ocel or xes, the ledger as xlsx."""

    async def write(ready: Services) -> int:
        moment = await as_of_position(ready.log, as_of, now())
        last = moment.position or await ready.log.head()
        if kind in (ExportFormat.CSV, ExportFormat.JSONL, ExportFormat.PARQUET):
            return await _events(ready, TableFormat(kind.value), to, last, bom=bom)
        return await _cases(ready, kind, to, last, moment, congress)

    _say_written(run(write), to, as_json)


async def _events(ready: Services, kind: TableFormat, to: Path, last: int, *, bom: bool) -> int:
    with progress("exporting") as show:
        found = (flat(row) async for row in stored_rows(ready.log, 1, last, lambda done: show(done, last)))
        return await write_table(found, STORED, kind, to, bom=bom)


async def _cases(
    ready: Services, kind: ExportFormat, to: Path, last: int, moment: AsOf, congress: str | None
) -> int:
    prefix = "" if kind is ExportFormat.OCEL else "case/"
    found = histories(ready.log, ready.pool, prefix, up_to=last, congress=congress)
    if kind is ExportFormat.OCEL:
        return await write_ocel(found, to)
    if kind is ExportFormat.XES:
        return await write_xes(found, to)
    return await write_ledger(found, to, wording(language()), as_of=moment.now, position=last)


def _say_written(written: int, to: Path, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(to), "written": written})
        return
    output.print(
        wording(language()).text("{number} written to {file}", number=written, file=to), markup=False
    )
