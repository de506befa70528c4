"""The projector: brings projections up to the log, rows and checkpoint in one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import asyncpg
import structlog

from domain.base import Event, Recorded
from duban.event_log.codec import UnreadableEvent
from duban.event_log.store import is_lost
from duban.leadership import lead
from projections import checkpoints
from projections.base import Connection, Log, Projection, StateProjection
from projections.checkpoints import ENSURE, MOVE, RUNNING, STOP, identities, reached
from projections.history import Fold
from projections.writing import write

__all__ = ["Projector", "reached"]

logger = structlog.get_logger(__name__)

BATCH = 1000  # events per transaction
IDLE = (0.02, 0.1)  # seconds between looks at the log: hot, and backed off
LOCK = (0x64_75_62_70, 0)  # "dubp": whoever holds it leads every projection

Batch = Sequence[Recorded[Event]]


class Moved(Exception):
    """Another projector moved the checkpoint; this one's rows are rolled back."""


@dataclass(frozen=True, slots=True)
class Projector:
    """Runs projections. Those at one position go on together: each case is read and folded once for all of them.

    An event that one of them cannot take stops that one alone.
    """

    log: Log
    pool: "asyncpg.Pool[asyncpg.Record]"
    projections: Sequence[Projection]

    async def run(self) -> None:
        """Follow the log for ever, as its leader."""
        await lead(self.pool, LOCK, self._follow)

    async def catch_up(self) -> None:
        """Bring every running projection to the present head, then return."""
        await self._ensure()
        head = await self.log.head()
        while behind := {p: group for p, group in (await self._groups()).items() if p < head}:
            for position, group in behind.items():
                await self._advance(position, group)

    async def wait_for(self, position: int, within: float) -> bool:
        """Wait until every running projection has reached a position; False when `within` seconds pass."""
        give_up = asyncio.get_running_loop().time() + within
        while True:
            if await checkpoints.reached(cast(Connection, self.pool), self.projections) >= position:
                return True
            if asyncio.get_running_loop().time() > give_up:
                return False
            await asyncio.sleep(IDLE[0])

    async def _follow(self) -> None:
        await self._ensure()
        pause = IDLE[0]
        while True:
            groups = await self._groups()
            if any([await self._advance(position, group) for position, group in groups.items()]):
                pause = IDLE[0]
                continue
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, IDLE[1])

    async def _ensure(self) -> None:
        await self.pool.execute(ENSURE, *identities(self.projections))

    async def _groups(self) -> dict[int, list[Projection]]:
        """The running projections by where they stand."""
        rows = await self.pool.fetch(RUNNING, *identities(self.projections))
        positions = {row["projection"]: row["position"] for row in rows}
        groups: dict[int, list[Projection]] = {}
        for projection in self.projections:
            if projection.name in positions:
                groups.setdefault(positions[projection.name], []).append(projection)
        return groups

    async def _advance(self, after: int, group: list[Projection]) -> bool:
        """Take one batch; False when there is none to take."""
        try:
            batch = await self.log.read_all(after=after, limit=BATCH)
        except UnreadableEvent as error:
            return await self._advance_before(after, group, error)
        if not batch:
            return False
        await self._take(group, batch, after)
        return True

    async def _advance_before(self, after: int, group: list[Projection], error: UnreadableEvent) -> bool:
        """Take what comes before an event that this program cannot read; nothing can be taken beyond it."""
        if error.position is None:
            raise error
        if before := error.position - 1 - after:
            await self._take(group, await self.log.read_all(after=after, limit=before), after)
        else:
            await self._stop(group, error.position, str(error))
        return True

    async def _take(self, group: list[Projection], batch: Batch, after: int) -> None:
        try:
            await self._project(group, batch, after)
        except Exception as error:
            if isinstance(error, Moved) or is_lost(error):
                raise
            if len(group) > 1:
                for projection in group:  # which of them cannot take it
                    await self._take([projection], batch, after)
            else:
                await self._narrow(group, batch, after, error)

    async def _project(self, group: list[Projection], batch: Batch, after: int) -> None:
        fold = await self._folded(group, batch, after)
        async with self.pool.acquire() as connection, connection.transaction():
            moved = await connection.execute(MOVE, *identities(group), batch[-1].position, after)
            if moved != f"UPDATE {len(group)}":
                raise Moved(", ".join(p.name for p in group))
            for projection in group:
                await write(cast(Connection, connection), projection, fold.written[projection.name])

    async def _folded(self, group: list[Projection], batch: Batch, after: int) -> Fold:
        """What the batch changes; a stream that began earlier is read from its beginning."""
        new: dict[str, list[Recorded[Event]]] = {}
        for recorded in batch:
            new.setdefault(recorded.stream_id, []).append(recorded)
        subjects = {p.subject for p in group if isinstance(p, StateProjection)}
        older = [
            stream_id
            for stream_id, events in new.items()
            if events[0].version > 1 and any(subject.owns(stream_id) for subject in subjects)
        ]
        if older:
            new |= await self.log.read_streams(older, up_to=batch[-1].position)
        fold = Fold(group)
        for stream_id, events in new.items():
            fold.take(stream_id, events, since=after)
        return fold

    async def _narrow(self, group: list[Projection], batch: Batch, after: int, error: Exception) -> None:
        """Find the event that cannot be taken, keep what comes before it, and stop there."""
        if len(batch) == 1:
            cause = f"{batch[0].type}: {type(error).__name__}: {error}"
            await self._stop(group, batch[0].position, cause)
            return
        await self._take(group, batch[: len(batch) // 2], after)

    async def _stop(self, group: list[Projection], position: int, cause: str) -> None:
        await self.pool.execute(STOP, *identities(group), position, cause)
        names = ", ".join(p.name for p in group)
        await logger.aerror("projection stopped", projection=names, position=position)
