"""Projections: read models folded from the log, whose rows say from which position to which they hold."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar, Protocol, cast

import asyncpg

from domain.base import Event, Recorded
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import Suggestion

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
Row = tuple[Any, ...]
CASES = "case/"


class Log(Protocol):
    """What projections ask of the event log."""

    async def read_all(self, *, after: int = 0, limit: int = 1000) -> list[Recorded[Event]]: ...

    async def read_streams(
        self, stream_ids: Sequence[str], *, up_to: int | None = None
    ) -> dict[str, list[Recorded[Event]]]: ...

    async def head(self) -> int: ...


class Projection(ABC):
    """A read model: its name, its version, and how a batch of events changes its tables."""

    name: ClassVar[str]
    version: ClassVar[int]

    @abstractmethod
    async def project(self, tx: Connection, batch: Sequence[Recorded[Event]], log: Log) -> None:
        """Write what the batch changes. Runs in the transaction that moves the checkpoint."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row that holds from a position on, until the next one under the same key."""

    key: Row
    row: Row | None  # None: nothing holds any more
    position: int


class CaseProjection(Projection):
    """A read model with rows per case: each the function of the case's state after an event.

    Rows are never guessed from the row before: a touched case is folded from its stream, so what is
    written live is what a rebuild writes.
    """

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    columns: ClassVar[tuple[str, ...]]

    @abstractmethod
    def rows(self, case: Suggestion) -> Mapping[Row, Row]:
        """The rows that hold for a case, by key."""

    async def project(self, tx: Connection, batch: Sequence[Recorded[Event]], log: Log) -> None:
        after, up_to = batch[0].position - 1, batch[-1].position
        touched = list(dict.fromkeys(r.stream_id for r in batch if r.stream_id.startswith(CASES)))
        streams = await log.read_streams(touched, up_to=up_to)
        changes = [c for stream in streams.values() for c in self._changes(stream, after)]
        await self._write(tx, changes)

    def _changes(self, stream: Sequence[Recorded[Event]], after: int) -> Iterable[Change]:
        known = [r for r in stream if r.position <= after]
        case = reduce(_evolve, known, Suggestion())
        before = self.rows(case) if known else {}
        for recorded in stream[len(known) :]:
            case = _evolve(case, recorded)
            now = self.rows(case)
            for key in before.keys() | now.keys():
                if before.get(key) != now.get(key):
                    yield Change(key, now.get(key), recorded.position)
            before = now

    async def _write(self, tx: Connection, changes: Sequence[Change]) -> None:
        """Close the rows that no longer hold and open those that do."""
        last: dict[Row, Change] = {}
        inserts: list[Row] = []
        closes: list[Row] = []
        for change in sorted(changes, key=lambda c: c.position):
            if (earlier := last.get(change.key)) is None:
                closes.append((change.position, *change.key))
            elif earlier.row is not None:
                inserts.append((*change.key, *earlier.row, earlier.position, change.position))
            last[change.key] = change
        inserts += [(*c.key, *c.row, c.position, None) for c in last.values() if c.row is not None]
        await tx.executemany(self._close(), closes)
        await tx.copy_records_to_table(
            self.table, records=inserts, columns=[*self.key, *self.columns, "from_position", "to_position"]
        )

    def _close(self) -> str:
        where = " and ".join(f"{name} = ${i}" for i, name in enumerate(self.key, 2))
        return f"update {self.table} set to_position = $1 where {where} and to_position is null"


def _evolve(case: Suggestion, recorded: Recorded[Event]) -> Suggestion:
    return case.evolve(cast(SuggestionEvent, recorded.body))
