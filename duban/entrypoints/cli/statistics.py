"""`duban stats`: the tables of the annual report, on the screen, as JSON, as a workbook or on paper."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.base import Refusal
from duban.entrypoints.cli.cases import AsOfOption
from duban.entrypoints.cli.figures import (
    CongressOption,
    print_facts,
    print_table,
    read_at,
    say_position,
)
from duban.entrypoints.cli.support import Json, language, output, print_json, refusing
from duban.exporting.report import AnnualReport, annual_report
from duban.exporting.report_files import ReportFormat, report_file
from duban.exporting.target import whole
from duban.reading import Reading
from duban.settings import read_settings
from duban.wording.wording import wording
from projections import statistics
from projections.filters import LARGEST
from projections.scope import Scope


class NoReportFormat(Refusal):
    """A report is written to a file as {known}; “{given}” says neither which nor where.

    Name the file with --output, such as report.xlsx, and the format with --format where its name does not say it.
    """


def stats(
    congress: CongressOption = None,
    term: Annotated[int | None, typer.Option(help="Only cases of this term.", min=1, max=LARGEST)] = None,
    session: Annotated[
        int | None, typer.Option(help="Only cases of this session.", min=1, max=LARGEST)
    ] = None,
    year: Annotated[
        int | None, typer.Option(help="Only cases submitted in this year.", min=1, max=LARGEST)
    ] = None,
    as_of: AsOfOption = None,
    kind: Annotated[ReportFormat | None, typer.Option("--format", help="Of the file.")] = None,
    to: Annotated[Path | None, typer.Option("--output", help="Write the tables to this file.")] = None,
    as_json: Json = False,
) -> None:
    """The tables of the annual report; each line's `filter` lists its cases with `duban case list --where`."""
    scope = Scope(congress=congress, term=term, session=session, year=year)
    if kind is not None or to is not None:
        _write(scope, as_of, *refusing(lambda: _file(kind, to)), as_json)
        return

    async def read(at: Reading) -> dict[str, Any]:
        return await statistics.report(at.connection, scope, now=at.now, as_of=at.as_of)

    answer = read_at(as_of, read)
    if as_json:
        print_json({**answer.about, **answer.data})
        return
    print_facts({**answer.data["totals"], **answer.data["replies"]})
    for name, lines in answer.data["tables"].items():
        print_table(name, (_without(line, "filter") for line in lines))
    print_table("categories_changed", (_without(line, "refs") for line in answer.data["categories_changed"]))
    print_table("commitments_by_year", answer.data["commitments_by_year"])
    say_position(answer)


def _without(line: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {known: value for known, value in line.items() if known != name}


def _file(kind: ReportFormat | None, to: Path | None) -> tuple[ReportFormat, Path]:
    """The format that is asked for, else the one that the file's name says."""
    named = None if to is None else to.suffix.removeprefix(".").lower()
    known = ", ".join(ReportFormat)
    if to is None or (kind is None and named not in set(ReportFormat)):
        raise NoReportFormat(known=known, given=to or kind)
    return kind or ReportFormat(str(named)), to


def _write(scope: Scope, as_of: str | None, kind: ReportFormat, to: Path, as_json: bool) -> None:
    words = wording(language())

    async def read(at: Reading) -> dict[str, Any]:
        asked: dict[str, Any] = {"now": at.now, "as_of": at.as_of, "position": at.position}
        return {"report": await annual_report(at.connection, scope, words, **asked)}

    answer = read_at(as_of, read)
    report: AnnualReport = answer.data["report"]
    refusing(lambda: _save(report, kind, to))
    if as_json:
        print_json({**answer.about, "file": str(to), "tables": len(report.sheets)})
        return
    said = words.text("{number} tables written to {file}", number=len(report.sheets), file=to)
    output.print(said, markup=False)
    say_position(answer)


def _save(report: AnnualReport, kind: ReportFormat, to: Path) -> None:
    made = report_file(report, kind, wording(language()), read_settings().pdf_font)
    with whole(to) as part:
        part.write_bytes(made)
