"""Paper: numbered pages of A4 with a font embedded that has every sign printed on them, and no other."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from duban.typeface import cut, typeface

if TYPE_CHECKING:
    from fpdf import FPDF

FONT: Final = "text"  # what the file calls its typeface, whichever the machine has
MARGIN, PAGE_ENDS, NUMBER_AT = 15, 18, -13  # millimetres
NUMBERS: Final = "0123456789/ "  # of the pages


@contextmanager
def paper(texts: Iterable[str], font: Path | None, note: float) -> "Iterator[FPDF]":
    """Pages for these texts, numbered in points `note`; `font` or one of the machine's. Refuses where there is none."""
    signs = "".join(sorted({*NUMBERS, *(sign for text in texts for sign in text)}))
    with TemporaryDirectory() as folder:  # the library reads fonts from files only
        small = Path(folder, "font.ttf")
        small.write_bytes(cut(*typeface(font), signs))
        yield _pages(small, note)


def _pages(font: Path, note: float) -> "FPDF":
    from fpdf import FPDF  # 0.3 s to load

    class Pages(FPDF):
        def footer(self) -> None:
            self.set_y(NUMBER_AT)
            self.set_font(FONT, size=note)
            self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="C")

    for chatty in ("fpdf", "fontTools"):  # they tell of signs that a font lacks; a text is nobody's log
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    pages = Pages(format="A4")
    pages.set_margins(MARGIN, MARGIN, MARGIN)
    pages.set_auto_page_break(True, PAGE_ENDS)
    pages.add_font(FONT, fname=font)
    pages.set_font(FONT)
    pages.add_page()
    return pages
