"""Chosen cases: the titles and stages of cases that are known by their references."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from projections.base import Connection
from projections.board import TABLE

CHOSEN: Final = f"select ref, title, stage from {TABLE} where to_position is null and ref = any($1)"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case by its reference, as the board knows it."""

    ref: str
    title: str | None = None
    stage: str | None = None


async def known_by(connection: Connection, refs: Sequence[str]) -> dict[str, Chosen]:
    """Those of the references that are seen on this connection."""
    return {row["ref"]: Chosen(**row) for row in await connection.fetch(CHOSEN, list(refs))}
