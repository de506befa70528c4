"""Sheets: a table from a CSV file or an Excel workbook, whatever program and encoding it came from."""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from domain.base import Refusal

LARGEST_FILE = 64 * 1024 * 1024  # bytes; nine thousand rows take under 2 MB
LARGEST_WORKBOOK = 512 * 1024 * 1024  # bytes unpacked; a workbook that claims more is a trap
MOST_ROWS = 50_000  # five times what the largest session hands in
HEADER_WITHIN = 10  # rows; above it stands the title of the table, if any
WORKBOOK, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # how the files begin
UNICODE_MARKS = (b"\xff\xfe", b"\xfe\xff")  # Excel's “Unicode text”
ENCODINGS = ("utf-8-sig", "gb18030")  # in this order: GB 18030 reads almost anything

Columns = Mapping[str, Sequence[str]]  # our name of a column -> the names it may bear
Row = list[str]


class SheetUnreadable(Refusal):
    """{file} cannot be read as a table: {why}.

    Give a CSV file in UTF-8 or GB 18030, or an Excel workbook (.xlsx).
    """


class ColumnsMissing(Refusal):
    """{file} has no row that names the columns {columns}; it begins with “{begins}”.

    Name the columns as docs/how-to/conference.md shows; a CSV file has to be in UTF-8 or GB 18030.
    """


class TooManyRows(Refusal):
    """{file} has more than {most} rows.

    Split the sheet, and prepare each part by itself.
    """


@dataclass(frozen=True, slots=True)
class Line:
    """A row under the header: its number in the file, and its cells by our name of the column."""

    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that hold something, and what the file calls our columns."""

    printed: Mapping[str, str]
    lines: Sequence[Line]


def read_table(path: Path, columns: Columns, needed: Sequence[str]) -> Table:
    """The table in a file. Refuses with `SheetUnreadable`, `ColumnsMissing` or `TooManyRows`."""
    rows = _rows(path)
    first = list(islice(rows, HEADER_WITHIN))
    for number, row in enumerate(first, 1):
        places = _places(row, columns)
        if all(name in places for name in needed):
            rest = [*first[number:], *islice(rows, MOST_ROWS + 1)]
            printed = {name: row[place] for name, place in places.items()}
            return Table(printed=printed, lines=_lines(path, rest, number, places))
    begins = " ".join(cell for row in first[:1] for cell in row if cell)[:60]
    names = ", ".join(columns[name][0] for name in needed)
    raise ColumnsMissing(file=path.name, columns=names, begins=begins)


def _lines(path: Path, rows: Iterable[Row], header: int, places: Mapping[str, int]) -> list[Line]:
    lines = [
        Line(row=number, cells={name: row[at] if at < len(row) else "" for name, at in places.items()})
        for number, row in enumerate(rows, header + 1)
        if any(row)
    ]
    if len(lines) > MOST_ROWS:
        raise TooManyRows(file=path.name, most=MOST_ROWS)
    return lines


def _places(row: Row, columns: Columns) -> dict[str, int]:
    """Where each of our columns stands, if this is the row that names them."""
    names = [cell.casefold() for cell in row]
    found = {
        name: next((names.index(alias) for alias in aliases if alias in names), None)
        for name, aliases in columns.items()
    }
    return {name: place for name, place in found.items() if place is not None}


def _rows(path: Path) -> Iterator[Row]:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise _unreadable(path, f"it is larger than {LARGEST_FILE // 1024 // 1024} MB")
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    if not data.strip():
        raise _unreadable(path, "it is empty")
    if data.startswith(OLD_WORKBOOK):
        raise _unreadable(path, "it is a workbook in the old format (.xls)")
    if data.startswith(WORKBOOK):
        return _workbook(path, data)
    return _csv(path, data)


def _workbook(path: Path, data: bytes) -> Iterator[Row]:
    from openpyxl import load_workbook  # slow to load

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_WORKBOOK:
                raise _unreadable(path, "it is too large when unpacked")
        with warnings.catch_warnings(action="ignore"):  # of what openpyxl does not support
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            rows = book.worksheets[0].iter_rows(values_only=True)
            return iter(
                [[_cell(value) for value in row] for row in islice(rows, MOST_ROWS + HEADER_WITHIN + 2)]
            )
    except (OSError, KeyError, ValueError, IndexError, zipfile.BadZipFile) as error:
        raise _unreadable(path, f"the workbook is damaged ({type(error).__name__})") from error


def _csv(path: Path, data: bytes) -> Iterator[Row]:
    text = _decoded(path, data)
    if "\x00" in text:
        raise _unreadable(path, "it holds a NUL character")
    first = text.partition("\n")[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    csv.field_size_limit(LARGEST_FILE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            yield [_cell(value) for value in row]
    except csv.Error as error:
        raise _unreadable(path, f"line {reader.line_num}: {error}") from error


def _decoded(path: Path, data: bytes) -> str:
    encodings = ("utf-16",) if data.startswith(UNICODE_MARKS) else ENCODINGS
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    from charset_normalizer import from_bytes

    guess = from_bytes(data).best()
    seems = f"it seems to be in {guess.encoding}" if guess else "its encoding is unknown"
    raise _unreadable(path, seems)


def _cell(value: Any) -> str:
    """A cell as it is read: a whole number without a point, blanks around it gone."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _unreadable(path: Path, why: str) -> SheetUnreadable:
    return SheetUnreadable(file=path.name, why=why)
