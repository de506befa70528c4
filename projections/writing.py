"""Writing: rows that no longer hold are closed, new ones are copied."""

from collections.abc import Sequence

from projections.base import Connection, Projection, Row
from projections.history import Written


async def write(tx: Connection, projection: Projection, written: Written, table: str | None = None) -> None:
    """Write what events changed: into the table that serves, or into one that is being built."""
    into = table or projection.table
    if written.closes:
        await tx.executemany(_close(into, projection), written.closes)
    await copy(tx, into, projection, written.inserts)


async def copy(tx: Connection, table: str, projection: Projection, rows: Sequence[Row]) -> None:
    if rows:
        await tx.copy_records_to_table(table, records=rows, columns=projection.stored)


def _close(table: str, projection: Projection) -> str:
    """Looked up by the key's first column; the few rows that share it are compared.

    `is not distinct from` is beyond an index. A planner that knows nothing yet of a table that grows by thousands of
    rows a minute would else take an index that begins with another column, and read a whole inbox for each line.
    """
    first, *others = projection.key
    where = [f"{first} = $2", *(f"{name} is not distinct from ${i}" for i, name in enumerate(others, 3))]
    return f"update {table} set to_position = $1 where {' and '.join(where)} and to_position is null"
