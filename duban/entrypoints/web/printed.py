"""The replay on paper: every step of a case with what it changed, as a PDF in the reader's language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from duban.casefile import CaseFile
from duban.entrypoints.web.case import timeline
from duban.paper import FONT, paper
from duban.replaying import ReplayStep, replay
from duban.wording.wording import Wording

if TYPE_CHECKING:
    from fpdf import FPDF

LEADING: Final = 0.53  # millimetres between lines, for each point of their size
TOKEN: Final = re.compile(
    r"[\x21-\x7e]+ ?| |[^\x21-\x7e ]"
)  # a Latin word stays whole; Chinese breaks anywhere
NEVER_FIRST: Final = frozenset("，。、；：！？）》」』”’…·％")  # closing signs stay with what they close


@dataclass(frozen=True, slots=True)
class Style:
    """How a paragraph is set: points, millimetres, and a grey."""

    size: float
    indent: float = 0
    above: float = 0
    grey: int = 0


STYLES: Final = {
    "heading": Style(16),
    "status": Style(12, above=2),
    "step": Style(11, above=3),
    "changed": Style(9.5, indent=6),
    "note": Style(8.5, indent=6, grey=90),
}


def printed_replay(file: CaseFile, words: Wording, now: datetime, font: Path | None = None) -> bytes:
    """The film of a case as pages of A4, with its font embedded. Refuses where there is no font to embed."""
    said = [
        ("heading", f"{file.case.ref}  {file.case.title or ''}"),
        ("status", words.status_of(file)),
        ("note", words.text("Printed {time}; position {position} of the log.",
                            time=words.time(now), position=f"{file.position:,}")),
    ]  # fmt: skip
    for step, line in zip(replay(file), timeline(file.recorded), strict=True):
        said += _step(step, line.when, words)
    with paper((text for _, text in said), font, STYLES["note"].size) as pages:
        pages.set_title(file.case.ref)
        pages.set_lang("zh-CN" if words.lang == "zh" else "en")
        for kind, text in said:
            _paragraph(pages, STYLES[kind], text)
        return bytes(pages.output())


def _step(step: ReplayStep, when: str | None, words: Wording) -> list[tuple[str, str]]:
    recorded = step.recorded
    said = [
        ("step", f"{step.number}  {when or words.text('no date')}  {words.event_sentence(recorded)}"),
        *(("changed", words.changed_sentence(changed)) for changed in step.changed),
        ("note", words.text("recorded {time} by {actor}, position {position}",
                            time=words.time(recorded.recorded_at), actor=words.party(recorded.actor),
                            position=f"{recorded.position:,}")),
    ]  # fmt: skip
    if recorded.body.reconstructed:
        said.append(("note", words.reconstructed(recorded.body.reconstructed)))
    return said


def _paragraph(pages: "FPDF", style: Style, text: str) -> None:
    pages.set_font(FONT, size=style.size)
    pages.set_text_color(style.grey)
    height = style.size * LEADING
    pages.ln(style.above)
    for line in _lines(pages, text, pages.epw - style.indent):
        pages.set_x(pages.l_margin + style.indent)
        pages.cell(0, height, line, new_x="LMARGIN", new_y="NEXT")


def _lines(pages: Any, text: str, width: float) -> Iterator[str]:
    """The text in lines that fit: words whole where they can be, no line begun by a closing sign."""
    room, line, filled = width - 2 * pages.c_margin, "", 0.0
    for paragraph in text.splitlines():
        for token in _fitting(pages, paragraph, room):
            wide = pages.get_string_width(token.rstrip())
            if line and filled + wide > room and token not in NEVER_FIRST:
                yield line.rstrip()
                line, filled = "", 0.0
            line, filled = line + token, filled + pages.get_string_width(token)
        yield line.rstrip()
        line, filled = "", 0.0


def _fitting(pages: Any, text: str, room: float) -> Iterator[str]:
    """The tokens of a text; one that is wider than a line comes sign by sign."""
    for token in TOKEN.findall(text):
        yield from token if pages.get_string_width(token.rstrip()) > room else (token,)
