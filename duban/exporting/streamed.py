"""Rows as a download: CSV or JSON lines while they are read, a portion in memory at a time."""

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from enum import StrEnum
from typing import Final

from duban.exporting.tables import Row, csv_cell, plain

PORTION: Final = 500  # rows of one piece
BOM: Final = "\ufeff"  # by which an old spreadsheet sees UTF-8


class Download(StrEnum):
    """What a browser is given."""

    CSV = "csv"
    JSONL = "jsonl"

    @property
    def media(self) -> str:
        return "text/csv; charset=utf-8" if self is Download.CSV else "application/jsonl; charset=utf-8"


async def streamed(
    rows: AsyncIterator[Row], columns: Sequence[str], kind: Download, *, bom: bool = False
) -> AsyncIterator[bytes]:
    """The rows as pieces of a file; the same cells as in a file that is written whole."""
    held = io.StringIO()
    writer = csv.writer(held)
    if kind is Download.CSV:
        held.write(BOM if bom else "")
        writer.writerow(columns)
    number = 0
    async for row in rows:
        if kind is Download.CSV:
            writer.writerow([csv_cell(row.get(name)) for name in columns])
        else:
            line = {name: plain(row.get(name)) for name in columns}
            held.write(json.dumps(line, ensure_ascii=False, default=plain) + "\n")
        number += 1
        if number % PORTION == 0:
            yield _taken(held)
    yield _taken(held)


def _taken(held: io.StringIO) -> bytes:
    piece = held.getvalue()
    held.seek(0)
    held.truncate()
    return piece.encode("utf-8", "replace")
