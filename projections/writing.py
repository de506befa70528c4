"""Writing: rows that no longer hold are closed, new ones are copied."""

from collections.abc import Sequence

from projections.base import Connection, Projection, Row
from projections.history import Written


async def write(tx: Connection, projection: Projection, written: Written) -> None:
    """Write what events changed, in the transaction that moves the checkpoint."""
    if written.closes:
        await tx.executemany(_close(projection), written.closes)
    await copy(tx, projection.table, projection, written.inserts)


async def copy(tx: Connection, table: str, projection: Projection, rows: Sequence[Row]) -> None:
    if rows:
        await tx.copy_records_to_table(table, records=rows, columns=projection.stored)


def _close(projection: Projection) -> str:
    where = " and ".join(f"{name} = ${i}" for i, name in enumerate(projection.key, 2))
    return f"update {projection.table} set to_position = $1 where {where} and to_position is null"
