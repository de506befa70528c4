"""The annual report's tables on paper: pages of A4 with their font embedded, long tables with their heading on each."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from duban.exporting.report import AnnualReport, Sheet, rate_said
from duban.paper import FONT, PAGE_ENDS, paper
from duban.wording.wording import Wording
from projections.rates import Rate

if TYPE_CHECKING:
    from fpdf import FPDF

TITLE, HEADING, TEXT, NOTE = 16, 12, 8, 7  # points
HAIR: Final = 0.1  # millimetres
LINE: Final = 4.6  # millimetres of a row
WIDE: Final = 9  # columns from which on a table needs the long side of the paper
OF_A_RATE: Final = 2.3  # how often that of a rate is as wide as another
LONGEST: Final = 160  # signs of a cell: a row is never higher than a page
FIRST: Final = 3  # how often the first column is as wide as another
GREY, RULED = 90, 235  # of notes, and behind headings


def report_pdf(report: AnnualReport, words: Wording, font: Path | None = None) -> bytes:
    """The report as pages. Refuses where no font on this machine has Chinese characters."""
    with paper(("—–%();…", *_texts(report, words)), font, NOTE) as pages:
        pages.set_title(report.title)
        pages.set_lang("zh-CN" if words.lang == "zh" else "en")
        _say(pages, report.title, TITLE)
        for name, value in report.about:
            _say(pages, f"{name}: {value}", TEXT, GREY)
        for sheet in report.sheets:
            _draw(pages, sheet, words)
        return bytes(pages.output())


def _texts(report: AnnualReport, words: Wording) -> list[str]:
    found = [report.title, ":", *(part for pair in report.about for part in pair)]
    for sheet in report.sheets:
        found += [sheet.title, sheet.said, _note(sheet, words), *sheet.columns]
        found += [_shown(cell) for row in sheet.rows for cell in row]
    return found


def _draw(pages: "FPDF", sheet: Sheet, words: Wording) -> None:
    wide = len(sheet.columns) >= WIDE
    if wide != (pages.w > pages.h) or pages.get_y() > pages.h - PAGE_ENDS - 8 * LINE:
        pages.add_page(orientation="L" if wide else "P")
    pages.ln(LINE)
    _say(pages, sheet.title, HEADING)
    if sheet.said:
        _say(pages, sheet.said, NOTE, GREY)
    _table(pages, sheet, words)
    _say(pages, _note(sheet, words), NOTE, GREY)


def _table(pages: "FPDF", sheet: Sheet, words: Wording) -> None:
    from fpdf.enums import TableBordersLayout, WrapMode
    from fpdf.fonts import FontFace

    pages.set_font(FONT, size=TEXT)
    pages.set_line_width(HAIR)
    heading = FontFace(fill_color=(RULED, RULED, RULED), emphasis="")
    right = tuple("LEFT" if isinstance(cell, str | None) else "RIGHT" for cell in sheet.rows[0][1:])
    layout: dict[str, Any] = {
        "col_widths": (FIRST, *(OF_A_RATE if isinstance(c, Rate) else 1 for c in sheet.rows[0][1:])),
        "text_align": ("LEFT", *right),
        "line_height": LINE,
        "headings_style": heading,
        "borders_layout": TableBordersLayout.HORIZONTAL_LINES,
        "wrapmode": WrapMode.CHAR if words.lang == "zh" else WrapMode.WORD,
    }
    with pages.table(**layout) as table:
        for line in (sheet.columns, *sheet.rows):
            row = table.row()
            for cell in line:
                row.cell(_shown(cell))


def _shown(cell: Any) -> str:
    if isinstance(cell, Rate):
        return rate_said(cell).replace(" (", "\n(")  # what it is made of stands below it, whole
    if isinstance(cell, str) and len(cell) > LONGEST:
        return f"{cell[:LONGEST]}…"
    return "—" if cell is None else f"{cell:,}" if isinstance(cell, int) and cell > 9999 else str(cell)


def _note(sheet: Sheet, words: Wording) -> str:
    """How the cases of its first line are listed; the others go by their own value."""
    return words.text(
        "The cases of its first line, and of the others by their own value: {command}", command=sheet.how[0]
    )


def _say(pages: "FPDF", text: str, size: float, grey: int = 0) -> None:
    pages.set_font(FONT, size=size)
    pages.set_text_color(grey)
    pages.multi_cell(0, size * 0.53, text, new_x="LMARGIN", new_y="NEXT", align="LEFT")
    pages.set_text_color(0)
