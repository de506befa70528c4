"""Open data: what everybody may take away, as tables and as JSON lines, and what each column means."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from duban.catalogue import msgid
from duban.exporting.tables import csv_cell
from duban.wording.wording import Wording

BOM: Final = "\ufeff"  # by which an old spreadsheet sees that a file is UTF-8
BETWEEN: Final = "；"  # between several things in one cell of a table
Row = Mapping[str, Any]

REF = msgid("the reference of the case, as in its address")
POSITION = msgid("the position of the log that the line is true at")
EXTENT = msgid("what was decided: full, summary or withheld; empty: nothing yet")
REASON = msgid("why it is not published in full")
UNIT = msgid("the unit that answered")
ORDINAL = msgid("1 for the first answer, 2 for one after rehandling")
CASES: Final = {
    "ref": REF,
    "congress": msgid("the congress that the case belongs to"),
    "level": msgid("its level: national, province, city, county or township"),
    "place": msgid("its place"),
    "term": msgid("the term"),
    "session": msgid("the session of the term"),
    "kind": msgid("suggestion or motion"),
    "number": msgid("the number within congress, term, session and kind"),
    "title": msgid("the title"),
    "subject": msgid("the subject that it is counted under"),
    "aspect": msgid("the aspect that the subject belongs to"),
    "published": msgid("what was decided of the content: full or summary"),
    "published_reason": REASON,
    "text": msgid("the text, where it is published in full and was recorded"),
    "deputy": msgid("the lead deputy, unless their identity is protected"),
    "delegation": msgid("the delegation, unless their identity is protected"),
    "stage": msgid("where the case stands"),
    "year": msgid("the year of submission, else of what is known first"),
    "submitted_on": msgid("the day of submission"),
    "assigned_on": msgid("the day of assignment"),
    "answered_on": msgid("the day of the latest answer"),
    "concluded_on": msgid("the day on which handling ended"),
    "lead_units": msgid("the units that owe an answer"),
    "co_units": msgid("the other units that take part"),
    "outcomes": msgid("what the published answers say became of it"),
    "position": POSITION,
}
REPLIES: Final = {
    "ref": REF,
    "unit": UNIT,
    "ordinal": ORDINAL,
    "answered_on": msgid("the day of the answer"),
    "extent": EXTENT,
    "reason": REASON,
    "category": msgid("the category as printed"),
    "outcome": msgid("what it says became of the matter"),
    "document_no": msgid("the number of the document"),
    "text": msgid("the text, where it is published in full and was recorded"),
    "position": POSITION,
}
RATINGS: Final = {
    "ref": REF,
    "unit": UNIT,
    "ordinal": ORDINAL,
    "extent": EXTENT,
    "reason": REASON,
    "attitude": msgid("how the deputies rated the attitude"),
    "result": msgid("how the deputies rated the result"),
    "printed": msgid("the rating as printed, where it fits no scale"),
    "reasons": msgid("the reasons that the deputies gave, where published in full"),
    "position": POSITION,
}
PROMISES: Final = {
    "ref": REF,
    "id": msgid("the promise within its case"),
    "owner": msgid("the unit that promised"),
    "promise": msgid("what was promised"),
    "made_on": msgid("the day of the promise"),
    "due_on": msgid("the day by which it is to be kept"),
    "state": msgid("open, kept or failed"),
    "kept_on": msgid("the day on which it was kept"),
    "position": POSITION,
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the open data: what one of its lines is, its columns, and where in a case its lines come from."""

    line: str
    columns: Mapping[str, str]
    within: str | None = None  # None: the case itself

    def rows(self, case: Row, position: int) -> Iterable[Row]:
        known = {"ref": case["ref"], "position": position}
        return [{**one, **known} for one in ([case] if self.within is None else case[self.within])]


FILES: Final[Mapping[str, File]] = {
    "cases": File(msgid("one line per case"), CASES),
    "replies": File(msgid("one line per answer"), REPLIES, "replies"),
    "ratings": File(msgid("one line per feedback form that was decided about"), RATINGS, "ratings"),
    "promises": File(msgid("one line per promise of an answer published in full"), PROMISES, "promises"),
}
INTEGERS: Final = frozenset({"term", "session", "year", "ordinal", "position"})


def heading(file: File) -> str:
    return _csv(list(file.columns))


def csv_lines(file: File, case: Row, position: int) -> Iterator[str]:
    """The lines of a case in a table: no cell is taken for a formula, several things stand in one cell."""
    for row in file.rows(case, position):
        yield _csv([_cell(row.get(name)) for name in file.columns])


def json_line(case: Row, position: int) -> str:
    """A case as one line of JSON, with its answers, feedback and promises inside."""
    whole: dict[str, Any] = {name: case.get(name) for name in CASES} | {"position": position}
    for name, file in FILES.items():
        if file.within is not None:
            columns = [one for one in file.columns if one not in ("ref", "position")]
            whole[name] = [{one: row.get(one) for one in columns} for row in case[file.within]]
    return json.dumps(whole, ensure_ascii=False, default=str) + "\n"


def schema(words: Wording) -> dict[str, Any]:
    """The tables' description after the W3C's CSV on the Web."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "zh-CN" if words.lang == "zh" else "en"}],
        "tables": [
            {
                "url": f"{name}.csv",
                "dc:description": words.text(file.line),
                "tableSchema": {"columns": [_column(one, said, words) for one, said in file.columns.items()]},
            }
            for name, file in FILES.items()
        ],
    }


def _column(name: str, said: str, words: Wording) -> dict[str, Any]:
    datatype = "date" if name.endswith("_on") else "integer" if name in INTEGERS else "string"
    several = {"separator": BETWEEN} if name in ("lead_units", "co_units", "outcomes") else {}
    return {"name": name, "titles": name, "datatype": datatype, "dc:description": words.text(said), **several}


def _cell(value: Any) -> str:
    return csv_cell(BETWEEN.join(value) if isinstance(value, list) else value)


def _csv(values: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
