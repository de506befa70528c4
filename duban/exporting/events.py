"""Events of the log as rows: the flat record that auditors take away, the body as it is stored."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

from duban.event_log.model import StoredRow

COLUMNS = (
    "position", "stream_id", "version", "congress", "event_type", "schema_version", "event_id", "actor",
    "correlation_id", "causation_id", "recorded_at", "payload", "event_hash", "chain_hash",
)  # fmt: skip
PAGE = 1000


class Rows(Protocol):
    """What an export reads: the log's rows as they are stored."""

    async def read_rows(self, *, after: int = 0, limit: int = 1000) -> list[StoredRow]: ...


async def stored_rows(
    log: Rows, first: int, last: int, progress: Callable[[int], None] = lambda _: None
) -> AsyncIterator[StoredRow]:
    """Every row of the log in the range of positions, both included."""
    after = first - 1
    while after < last and (page := await log.read_rows(after=after, limit=min(PAGE, last - after))):
        for row in page:
            yield row
        after = page[-1].position
        progress(after - first + 1)


def flat(row: StoredRow) -> dict[str, Any]:
    """A row with its payload as the JSON text that was hashed, and its hashes as hexadecimal digits."""
    return {
        **row._asdict(),
        "payload": row.payload.decode(),
        "event_hash": row.event_hash.hex(),
        "chain_hash": row.chain_hash.hex(),
    }
