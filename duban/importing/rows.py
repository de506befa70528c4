"""Rows of a CSV file: each a record of a case, or a bad row with its line, column and reason."""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from domain.base import Refusal
from domain.congress import NATIONAL
from domain.references import as_part
from domain.suggestion.history import Mode, SourceRecord
from domain.vocabulary import CONTROL_CHARACTERS, Kind, Level

if TYPE_CHECKING:
    import _csv  # the reader's type has no public name

COLUMNS = (
    "level", "place", "congress", "session", "kind", "number", "title", "lead_unit", "co_units", "mode",
    "assigned_date", "reply_doc_no", "reply_date", "published_date", "category", "commitment", "satisfaction",
    "source",
)  # fmt: skip
ALSO_READ = ("subject", "aspect")  # columns that a file may have; the congress's own class of the suggestion
NUMBER_OF_A_SESSION = re.compile(r"第?(?P<number>[1-9][0-9]{0,2})[届次]?")
NATIONAL_PLACES = {"全国", "中国"}
LONGEST_PLACE = 60  # characters; it is a part of every reference there
LONGEST_LINE = 300  # characters of a subject
LONGEST_FIELD = 2_000  # characters; the longest printed field seen has under 300
LARGEST_FILE = 64 * 1024 * 1024  # bytes; a national session's nine thousand cases take under 5 MB


E = TypeVar("E", bound=StrEnum)


class UnreadableFile(Refusal):
    """{file} cannot be imported: {why}.

    It must be a CSV file in UTF-8 with the columns {columns}.
    """


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is wrong in itself."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A good row, with the line on which it begins."""

    line: int
    record: SourceRecord


class _Wrong(Exception):
    """A field that is wrong in itself."""

    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason


def read_rows(path: Path) -> Iterator[Row | BadRow]:
    """The rows of a file, good and bad, in its order. Refuses with `UnreadableFile`."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _unreadable(path, f"it is larger than {LARGEST_FILE // 1024 // 1024} MB")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"byte {error.start + 1} is not UTF-8") from error
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise _unreadable(path, f"it holds a NUL character on line {line}")
    csv.field_size_limit(LARGEST_FILE)  # a field too long is one bad row, not the end of the reading
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    yield from _rows(path, reader)


def _rows(path: Path, reader: "_csv.Reader") -> Iterator[Row | BadRow]:
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise _unreadable(path, f"line 1: {error}") from error
    _ensure_columns(path, header)
    seen: dict[object, int] = {}
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader, None)
        except csv.Error as error:
            yield BadRow(line, "-", f"malformed CSV: {error}")
            continue
        if values is None:
            return
        if any(value.strip() for value in values):
            yield _row(line, header, values, seen)


def _ensure_columns(path: Path, header: list[str]) -> None:
    if not any(header):
        raise _unreadable(path, "it is empty")
    if missing := [name for name in COLUMNS if name not in header]:
        raise _unreadable(path, f"the columns {', '.join(missing)} are missing")
    if twice := [name for name, times in Counter(header).items() if times > 1]:
        raise _unreadable(path, f"the columns {', '.join(twice)} stand there twice")


def _unreadable(path: Path, why: str) -> UnreadableFile:
    return UnreadableFile(file=path.name, why=why, columns=", ".join(COLUMNS))


def _row(line: int, header: list[str], values: list[str], seen: dict[object, int]) -> Row | BadRow:
    if len(values) != len(header):
        return BadRow(line, "-", f"{len(values)} fields where the header has {len(header)}")
    printed = {name: value.strip() for name, value in zip(header, values, strict=True)}
    try:
        record = _record(printed)
    except _Wrong as wrong:
        return BadRow(line, wrong.column, wrong.reason)
    if (first := seen.setdefault(identity(record), line)) != line:
        return BadRow(line, "number" if record.number else "title", f"a duplicate of line {first}")
    return Row(line, record)


def _record(printed: dict[str, str]) -> SourceRecord:
    for name, value in printed.items():
        if len(value) > LONGEST_FIELD:
            raise _Wrong(name, f"{len(value):,} characters, at most {LONGEST_FIELD:,} are accepted")
        if CONTROL_CHARACTERS.search(value):
            raise _Wrong(name, "contains control characters")
    place = printed["place"]
    if not place:
        raise _Wrong("place", "is empty, and a case needs a congress")
    if len(place) > LONGEST_PLACE:
        raise _Wrong("place", f"{len(place)} characters, at most {LONGEST_PLACE} are accepted")
    used = {name: printed[name] for name in COLUMNS}
    also = {name: printed[name] for name in ALSO_READ if printed.get(name)}  # an older file keeps its digest
    return SourceRecord(
        congress=NATIONAL if place in NATIONAL_PLACES else as_part(place),
        level=_one_of(Level, printed, "level"),
        place=place,
        term=_whole_number(printed, "congress"),
        session=_whole_number(printed, "session"),
        kind=_one_of(Kind, printed, "kind"),
        number=printed["number"] or None,
        title=printed["title"] or None,
        lead_unit=printed["lead_unit"] or None,
        co_units=tuple(u for u in (unit.strip() for unit in printed["co_units"].split(";")) if u),
        mode=Mode(printed["mode"]) if printed["mode"] in set(Mode) else Mode.UNKNOWN,
        assigned_on=_day(printed, "assigned_date"),
        document_no=printed["reply_doc_no"] or None,
        replied_on=_day(printed, "reply_date"),
        published_on=_day(printed, "published_date"),
        category=printed["category"] or None,
        commitment=printed["commitment"] or None,
        satisfaction=printed["satisfaction"] or None,
        source=printed["source"] or None,
        subject=_line(printed, "subject"),
        aspect=_line(printed, "aspect"),
        digest=hashlib.sha256(repr(sorted((used | also).items())).encode()).hexdigest(),
    )


def _one_of(kinds: type[E], printed: dict[str, str], column: str) -> E:
    try:
        return kinds(printed[column])
    except ValueError:
        known = ", ".join(kind.value for kind in kinds)
        raise _Wrong(column, f"“{printed[column]}” is not one of {known}") from None


def _whole_number(printed: dict[str, str], column: str) -> int | None:
    """A term or session; what is no number stays unknown, because a source may print anything."""
    found = NUMBER_OF_A_SESSION.fullmatch(printed[column])
    return int(found["number"]) if found else None


def _line(printed: dict[str, str], column: str) -> str | None:
    value = printed.get(column) or None
    if value is not None and len(value) > LONGEST_LINE:
        raise _Wrong(column, f"{len(value)} characters, at most {LONGEST_LINE} are accepted")
    return value


def _day(printed: dict[str, str], column: str) -> date | None:
    value = printed[column]
    if not value:
        return None
    try:
        if len(value) != len("2024-07-02"):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise _Wrong(column, f"“{value[:40]}” is not a date like 2024-07-02") from None


def identity(record: SourceRecord) -> tuple[object, ...]:
    """What makes a record the same case: its number where numbers are unique, else all it says."""
    parts = (record.congress, record.term, record.session, record.kind)
    if None in parts or record.number is None:
        return (*parts, record.digest)
    return (*parts, record.number)
