"""The replay on paper: every step of a case with what it changed, as a PDF in the reader's language."""

from datetime import datetime
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from duban.casefile import CaseFile, ReplayStep, replay
from duban.entrypoints.web.case import timeline
from duban.wording import Wording

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle

FONT: Final = "STSong-Light"  # embedded nowhere: a reader without a Chinese font pack shows no text
MARGIN: Final = 48  # points


def printed_replay(file: CaseFile, words: Wording, now: datetime) -> bytes:
    """The film of a case as pages of A4."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    registerFont(UnicodeCIDFont(FONT))
    said = [
        ("heading", f"{file.case.ref}  {file.case.title or ''}"),
        ("status", words.status_sentence(file.case, file.now)),
        ("note", words.text("Printed {time}; position {position} of the log.",
                            time=words.time(now), position=f"{file.position:,}")),
    ]  # fmt: skip
    for step, line in zip(replay(file), timeline(file.recorded), strict=True):
        said += _step(step, line.when, words)
    target, styles = BytesIO(), _styles()
    SimpleDocTemplate(
        target, pagesize=A4, title=file.case.ref, lang="zh-CN" if words.lang == "zh" else "en",
        leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
    ).build([Paragraph(escape(text), styles[kind]) for kind, text in said])  # fmt: skip
    return target.getvalue()


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


def _styles() -> dict[str, "ParagraphStyle"]:
    from reportlab.lib.styles import ParagraphStyle

    def style(name: str, size: float, **more: Any) -> ParagraphStyle:
        return ParagraphStyle(
            name, fontName=FONT, fontSize=size, leading=size * 1.5, wordWrap="CJK", **more
        )  # fmt: skip

    return {
        "heading": style("heading", 16, spaceAfter=6),
        "status": style("status", 12, spaceAfter=6),
        "step": style("step", 11, spaceBefore=9, keepWithNext=1),
        "changed": style("changed", 9.5, leftIndent=18),
        "note": style("note", 8.5, leftIndent=18, textColor="#56606c"),
    }
