"""The ledger (台账): one line per case and one per commitment, as a workbook that its users recognise."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from domain.clock import day_of
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.records import Rating
from domain.suggestion.suggestion import Suggestion, fold
from domain.vocabulary import UNKNOWN_UNIT, Role
from duban.catalogue import msgid
from duban.exporting.tables import text_cell
from duban.exporting.target import whole
from duban.histories import History
from duban.wording.wording import Wording

CASES = {
    "number": msgid("number"),
    "ref": msgid("ref"),
    "title": msgid("title"),
    "subject": msgid("subject"),
    "lead_deputy": msgid("lead deputy"),
    "delegation": msgid("delegation"),
    "in_session": msgid("in session"),
    "submitted_on": msgid("submitted on"),
    "assigned_to": msgid("assigned to"),
    "assigned_on": msgid("assigned on"),
    "lead_units": msgid("lead units"),
    "co_units": msgid("co-handling units"),
    "due_on": msgid("answer due on"),
    "answered_on": msgid("answered on"),
    "document_no": msgid("document number"),
    "category": msgid("category"),
    "outcome": msgid("outcome"),
    "attitude": msgid("attitude rated"),
    "result": msgid("result rated"),
    "commitments": msgid("commitments made"),
    "open": msgid("commitments open"),
    "stage": msgid("stage"),
    "position": msgid("log position"),
}
COMMITMENTS = {
    "ref": msgid("ref"),
    "title": msgid("title"),
    "commitment": msgid("commitment"),
    "owner": msgid("owner"),
    "promise": msgid("promise"),
    "made_on": msgid("made on"),
    "due_on": msgid("due on"),
    "status": msgid("status"),
    "evidence": msgid("evidence or reasons"),
    "carried_over": msgid("carried over into"),
}
WIDTHS = {
    "title": 44,
    "promise": 44,
    "evidence": 32,
    "ref": 18,
    "lead_units": 22,
    "co_units": 22,
    "document_no": 22,
}
WIDTH = 13  # characters of every other column
ANSWERS = ("answer", "answer_extended", "rehandling")


async def write_ledger(
    histories: AsyncIterator[History], path: Path, words: Wording, *, as_of: datetime, position: int
) -> int:
    """Write the ledger of the cases in these histories; returns how many cases."""
    from openpyxl import Workbook  # 0.3 s to load

    book = Workbook(write_only=True)
    cases = _sheet(book, words.text("Ledger"), list(CASES), [words.text(t) for t in CASES.values()])
    promises = _sheet(
        book, words.text("Commitments"), list(COMMITMENTS), [words.text(t) for t in COMMITMENTS.values()]
    )
    number = 0
    async for _, recorded in histories:
        case = fold(cast(SuggestionEvent, r.body) for r in recorded)
        number += 1
        _append(cases, CASES, case_line(case, words) | {"position": recorded[-1].position})
        for line in commitment_lines(case, words, as_of):
            _append(promises, COMMITMENTS, line)
    about = book.create_sheet(words.text("About"))
    about.append([text_cell(about, words.text("log position")), position])
    about.append([text_cell(about, words.text("as of")), text_cell(about, as_of)])
    about.append([text_cell(about, words.text("{number} cases", number=number))])
    with whole(path) as part:
        book.save(part)
    return number


def case_line(case: Suggestion, words: Wording) -> dict[str, Any]:
    reply = case.replies[-1] if case.replies else None
    rating = case.ratings[-1] if case.ratings else None
    due = [c.deadline.due_on for c in case.clocks if c.rule in ANSWERS and c.deadline]
    return {
        "number": case.number,
        "ref": case.ref,
        "title": case.title,
        "subject": words.subject(case.classification.name) if case.classification else None,
        "lead_deputy": None if case.identity_protected else case.lead_deputy,
        "delegation": case.delegation,
        "in_session": words.text("in session") if case.in_session else words.text("between sessions"),
        "submitted_on": _day(case.submitted_at),
        "assigned_to": case.assigned_to,
        "assigned_on": _day(case.assigned_at),
        "lead_units": words.listed([u for u in case.lead_units if u != UNKNOWN_UNIT]),
        "co_units": words.listed([a.unit for a in case.assignments if a.role is Role.CO_HANDLING]),
        "due_on": str(due[-1]) if due else None,
        "answered_on": _day(reply.answered_at) if reply else None,
        "document_no": reply.document_no if reply else None,
        "category": reply.category if reply else None,
        "outcome": words.outcome(reply.outcome) if reply and reply.outcome else None,
        "attitude": words.satisfaction(rating.attitude) if rating and rating.attitude else None,
        "result": _result(rating, words),
        "commitments": len(case.commitments),
        "open": len(case.open_commitments),
        "stage": words.stage(case.stage.value),
    }


def commitment_lines(case: Suggestion, words: Wording, as_of: datetime) -> list[dict[str, Any]]:
    lines = []
    for made in case.commitments:
        clocks = [c for c in case.clocks if c.about == made.id and c.rule == "commitment"]
        clock = clocks[-1] if clocks else None
        lines.append(
            {
                "ref": case.ref,
                "title": case.title,
                "commitment": made.id,
                "owner": words.unit(made.owner),
                "promise": made.promise,
                "made_on": _day(made.made_at),
                "due_on": str(clock.deadline.due_on) if clock and clock.deadline else None,
                "status": words.clock_status(clock.status(as_of)) if clock else None,
                "evidence": made.evidence or made.failed_because,
                "carried_over": words.listed(list(made.carried_over)),
            }
        )
    return lines


def _result(rating: Rating | None, words: Wording) -> str | None:
    if rating is None:
        return None
    return words.satisfaction(rating.result) if rating.result else rating.printed


def _sheet(book: Any, title: str, names: Sequence[str], headings: Sequence[str]) -> Any:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "D2"
    for column, name in enumerate(names, 1):
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS.get(name, WIDTH)
    sheet.append([text_cell(sheet, heading) for heading in headings])
    return sheet


def _append(sheet: Any, columns: Mapping[str, str], line: Mapping[str, Any]) -> None:
    sheet.append([text_cell(sheet, line[name]) for name in columns])


def _day(moment: datetime | None) -> str | None:
    return day_of(moment).isoformat() if moment else None
