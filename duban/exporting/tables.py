"""Rows as files: CSV with its schema, JSON lines, Parquet and workbooks; rows are streamed, never held."""

import csv
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, Self
from uuid import UUID

from duban.exporting.target import whole

FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet run a cell instead of showing it
ROWS_HELD = 5000  # of a Parquet row group
SHEET_ROWS = 1_048_576  # of a worksheet, its heading included
CELL = 32_767  # characters of a worksheet's cell

Row = Mapping[str, Any]


class TableFormat(StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    XLSX = "xlsx"


class Writer(Protocol):
    """Takes rows one by one; `__exit__` finishes the file."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *failed: object) -> None: ...
    def write(self, row: Row) -> None: ...


async def write_table(
    rows: AsyncIterator[Row], columns: Sequence[str], kind: TableFormat, path: Path, *, bom: bool = False
) -> int:
    """Write rows to a file; returns how many. The file appears when it is complete."""
    written = 0
    with whole(path) as part, writer(kind, part, columns, bom=bom) as out:
        async for row in rows:
            out.write(row)
            written += 1
    if kind is TableFormat.CSV:
        with whole(path.with_name(f"{path.name}-metadata.json")) as part:
            part.write_text(json.dumps(csv_schema(path.name, columns), ensure_ascii=False, indent=2))
    return written


def writer(kind: TableFormat, path: Path, columns: Sequence[str], *, bom: bool = False) -> Writer:
    match kind:
        case TableFormat.CSV:
            return CsvWriter(path, columns, bom=bom)
        case TableFormat.JSONL:
            return JsonLines(path, columns)
        case TableFormat.PARQUET:
            return Parquet(path, columns)
        case TableFormat.XLSX:
            return Workbook(path, columns)


def plain(value: Any) -> Any:
    """A value as text formats hold it: times in UTC with their zone, lists as JSON."""
    if isinstance(value, datetime):
        return in_utc(value)
    if isinstance(value, date | UUID):
        return str(value)
    return value


def in_utc(moment: datetime) -> str:
    """An instant with its zone, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text


class CsvWriter:
    """RFC 4180 with a heading; a byte order mark where an old spreadsheet needs it to see UTF-8."""

    def __init__(self, path: Path, columns: Sequence[str], *, bom: bool) -> None:
        self._file = path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="")
        self._columns = columns
        self._writer = csv.writer(self._file)

    def __enter__(self) -> Self:
        self._writer.writerow(self._columns)
        return self

    def __exit__(self, *failed: object) -> None:
        self._file.close()

    def write(self, row: Row) -> None:
        self._writer.writerow([csv_cell(row.get(name)) for name in self._columns])


def csv_cell(value: Any) -> str:
    """A value as a cell of CSV; a text that a spreadsheet could run is led by an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=plain)
    if isinstance(value, bool):
        return str(value).lower()
    shown = plain(value)
    return guarded(shown) if isinstance(shown, str) else str(shown)


def csv_schema(file: str, columns: Sequence[str]) -> dict[str, Any]:
    """The table's description after the W3C's CSV on the Web."""
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": file,
        "tableSchema": {
            "columns": [{"name": name, "titles": name, "datatype": datatype(name)} for name in columns]
        },
    }


def datatype(column: str) -> str:
    """What a column holds, by its name: names mean one thing everywhere."""
    if column.endswith("_at"):
        return "dateTime"
    if column.endswith("_on") or column == "anchor":
        return "date"
    if column in INTEGERS:
        return "integer"
    return "boolean" if column in BOOLEANS else "string"


INTEGERS = frozenset(
    ("position", "version", "schema_version", "term", "session", "shard", "days", "objections", "reassignments",
     "commitments_open", "commitments_made")
)  # fmt: skip
BOOLEANS = frozenset(("reconstructed", "provisional", "in_session", "confidential"))


class JsonLines:
    """One JSON object per line."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._columns = columns

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failed: object) -> None:
        self._file.close()

    def write(self, row: Row) -> None:
        line = {name: plain(row.get(name)) for name in self._columns}
        self._file.write(json.dumps(line, ensure_ascii=False, default=plain) + "\n")


class Parquet:
    """Columns with their types, in row groups."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        import pyarrow as pa  # 0.2 s to load, for one format
        import pyarrow.parquet as pq

        kinds = {
            "dateTime": pa.timestamp("us", tz="UTC"),
            "date": pa.date32(),
            "integer": pa.int64(),
            "boolean": pa.bool_(),
            "string": pa.string(),
        }
        self._arrow = pa
        self._schema = pa.schema([(name, kinds[datatype(name)]) for name in columns])
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failed: object) -> None:
        self._flush()
        self._writer.close()

    def write(self, row: Row) -> None:
        self._rows.append({field.name: _column(row.get(field.name), field.type) for field in self._schema})
        if len(self._rows) >= ROWS_HELD:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
        self._rows = []


def _column(value: Any, kind: Any) -> Any:
    if value is None or str(kind) != "string":
        return value
    return (
        json.dumps(value, ensure_ascii=False, default=plain) if isinstance(value, list | dict) else str(value)
    )


class Workbook:
    """One worksheet with a heading that stays; texts are texts, whatever they begin with."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        from openpyxl import Workbook as Book  # 0.3 s to load, for one format

        self._book = Book(write_only=True)
        self._path = path
        self._columns = columns
        self._sheets = 0

    def __enter__(self) -> Self:
        self._begin()
        return self

    def __exit__(self, *failed: object) -> None:
        self._book.save(self._path)

    def _begin(self) -> None:
        self._sheets += 1
        self._sheet = self._book.create_sheet(f"{self._sheets}")
        self._sheet.freeze_panes = "A2"
        self._sheet.append(list(self._columns))
        self._rows = 1

    def write(self, row: Row) -> None:
        if self._rows == SHEET_ROWS:
            self._begin()
        self._sheet.append([text_cell(self._sheet, row.get(name)) for name in self._columns])
        self._rows += 1


def text_cell(sheet: Any, value: Any) -> Any:
    """A cell of a write-only sheet: numbers as numbers, all else as text that is never a formula."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if value is None or isinstance(value, bool | int | float):
        return value
    text = (
        json.dumps(value, ensure_ascii=False, default=plain)
        if isinstance(value, list | dict)
        else plain(value)
    )
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(text))[:CELL])
    cell.data_type = "s"  # openpyxl would take a leading = for a formula
    return cell
