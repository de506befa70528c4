"""The annual report's tables as a workbook: one sheet per table, numbers as numbers, each line with its cases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from duban.exporting.report import HOW, AnnualReport, Cell, Sheet
from duban.exporting.tables import text_cell
from duban.wording.wording import Wording
from projections.rates import Rate

TITLE: Final = 31  # characters of a sheet's name
NOT_IN_NAMES: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
FIRST, OTHER, LAST = 34, 13, 60  # widths of columns, in characters


def write_report_xlsx(report: AnnualReport, path: Path, words: Wording) -> None:
    """Write the workbook; the first sheet says what the figures are of and when they held."""
    from openpyxl import Workbook  # 0.3 s to load

    book = Workbook(write_only=True)
    about = book.create_sheet(words.text("About"))
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = FIRST, LAST
    about.append([text_cell(about, report.title)])
    for name, value in report.about:
        about.append([text_cell(about, name), text_cell(about, value)])
    for number, sheet in enumerate(report.sheets, 1):
        _write(book, number, sheet, words)
    book.save(path)


def _write(book: Any, number: int, sheet: Sheet, words: Wording) -> None:
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(f"{number} {sheet.title.translate(NOT_IN_NAMES)}"[:TITLE])
    headings = [*_headings(sheet), words.text(HOW)]
    for column in range(1, len(headings) + 1):
        width = FIRST if column == 1 else LAST if column == len(headings) else OTHER
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = "B2"
    page.append([text_cell(page, heading) for heading in headings])
    for row, how in zip(sheet.rows, sheet.how, strict=True):
        page.append([text_cell(page, value) for value in (*_cells(row), how)])
    if sheet.said:
        page.append([text_cell(page, sheet.said)])


def _headings(sheet: Sheet) -> Iterator[str]:
    for heading, cell in zip(sheet.columns, sheet.rows[0], strict=True):
        if isinstance(cell, Rate):
            yield from (f"{heading}: n", f"{heading}: N", f"{heading}: n/N")
        else:
            yield heading


def _cells(row: tuple[Cell, ...]) -> Iterator[str | int | float | None]:
    """A rate below the floor has its numbers and no value, as on every other face."""
    for cell in row:
        if isinstance(cell, Rate):
            yield from (cell.part, cell.whole, None if cell.value is None else round(cell.value, 4))
        else:
            yield cell
