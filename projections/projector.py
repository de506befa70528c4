"""The projector: brings projections up to the log, rows and checkpoint in one transaction."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from time import perf_counter
from typing import cast

import asyncpg
import structlog

from domain.base import Event, Recorded
from duban.event_log.codec import UnreadableEvent
from duban.event_log.store import is_lost
from duban.leadership import lead
from projections import checkpoints
from projections.base import Connection, Log, Projection
from projections.checkpoints import ENSURE, MOVE, RUNNING, STOP, identities, reached
from projections.folding import folded
from projections.rebuild.checking import check
from projections.writing import write

__all__ = ["Projector", "reached"]

logger = structlog.get_logger(__name__)

BATCH = 1000  # events per transaction
BREATH = 0.02  # seconds from batch to batch, so that a busy log is not taken event by event
CHECK_EVERY = 600.0  # seconds between standing checks
CHECKED = 20  # streams of each; over a day some thousands
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
        """Follow the log for ever, as its leader, and check now and then that rows and log agree."""

        async def work() -> None:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follow())
                group.create_task(self._check_regularly())

        await lead(self.pool, LOCK, work)

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
            await asyncio.sleep(BREATH)

    async def _follow(self) -> None:
        await self._ensure()
        with self.log.growth() as growth:
            while True:
                begun = perf_counter()
                groups = await self._groups()
                # Moved by a rebuild that has switched, or by a pause: look anew where they stand.
                with suppress(Moved):
                    if any([await self._advance(position, group) for position, group in groups.items()]):
                        growth.seen()
                        await asyncio.sleep(begun + BREATH - perf_counter())
                        continue
                await growth.wait()

    async def _check_regularly(self) -> None:
        while True:
            await asyncio.sleep(CHECK_EVERY)
            async with self.pool.acquire() as connection:
                found = await check(
                    cast(Connection, connection), self.log, self.projections, Random(), CHECKED
                )
            if found.differences:
                names = ", ".join(difference.projection for difference in found.differences)
                await logger.aerror("rows differ from the log", projection=names, position=found.position)

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
            batch = await self.log.tail(after=after, limit=BATCH)
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
            await self._take(group, await self.log.tail(after=after, limit=before), after)
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
        fold = await folded(self.log, group, batch, after)
        async with self.pool.acquire() as connection, connection.transaction():
            moved = await connection.execute(MOVE, *identities(group), batch[-1].position, after)
            if moved != f"UPDATE {len(group)}":
                raise Moved(", ".join(p.name for p in group))
            for projection in group:
                await write(cast(Connection, connection), projection, fold.written[projection.name])

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
