"""The projector: brings projections up to the log, rows and checkpoint in one transaction."""

import asyncio
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

import asyncpg
import structlog

from domain.base import Event, Recorded
from duban.leadership import Lock, lead
from projections.base import Connection, Log, Projection

logger = structlog.get_logger(__name__)

BATCH = 1000  # events per transaction
IDLE = (0.02, 0.5)  # seconds between looks at the head: hot, and backed off
LEADER = 0x64_75_62_70  # "dubp", the class of the leaders' advisory locks

ENSURE = "insert into projection_checkpoint values ($1, $2, 0) on conflict do nothing"
READ = "select position, status from projection_checkpoint where projection = $1 and version = $2"
# moves only from where the batch began, so two projectors can never both count it
MOVE = """
    update projection_checkpoint set position = $3, moved_at = now()
    where projection = $1 and version = $2 and position = $4 and status = 'running'
"""
STOP = (
    "update projection_checkpoint set status = 'stopped', cause = $3 where projection = $1 and version = $2"
)
REACHED = "select min(position) from projection_checkpoint where status = 'running'"


class Moved(Exception):
    """Another projector moved the checkpoint; this one's rows are rolled back."""


@dataclass(frozen=True, slots=True)
class Projector:
    """Runs projections, each at its own pace; an event that one cannot take stops that one alone."""

    log: Log
    pool: "asyncpg.Pool[asyncpg.Record]"
    projections: Sequence[Projection]

    async def run(self) -> None:
        """Follow the log for ever, as the leader of each projection."""
        async with asyncio.TaskGroup() as group:
            for projection in self.projections:
                group.create_task(lead(self.pool, _lock_of(projection), partial(self._follow, projection)))

    async def catch_up(self) -> None:
        """Bring every projection to the present head, then return."""
        head = await self.log.head()
        for projection in self.projections:
            await self.pool.execute(ENSURE, projection.name, projection.version)
            while await self._position(projection) < head and await self._advance(projection):
                pass

    async def wait_for(self, position: int, within: float) -> bool:
        """Wait until every running projection has reached a position; False when `within` seconds pass."""
        give_up = asyncio.get_running_loop().time() + within
        while True:
            if await reached(cast(Connection, self.pool)) >= position:
                return True
            if asyncio.get_running_loop().time() > give_up:
                return False
            await asyncio.sleep(IDLE[0])

    async def _follow(self, projection: Projection) -> None:
        await self.pool.execute(ENSURE, projection.name, projection.version)
        pause = IDLE[0]
        while True:
            if await self._advance(projection):
                pause = IDLE[0]
                continue
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, IDLE[1])

    async def _advance(self, projection: Projection) -> bool:
        """Take one batch; False when there is none to take."""
        after = await self._position(projection)
        batch = await self.log.read_all(after=after, limit=BATCH) if after >= 0 else []
        if not batch:
            return False
        try:
            await self._project(projection, batch, after)
        except (Moved, OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError):
            raise
        except Exception as error:
            await self._narrow(projection, batch, after, error)
        return True

    async def _project(self, projection: Projection, batch: list[Recorded[Event]], after: int) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await projection.project(cast(Connection, connection), batch, self.log)
            moved = await connection.execute(
                MOVE, projection.name, projection.version, batch[-1].position, after
            )
            if moved != "UPDATE 1":
                raise Moved(projection.name)

    async def _narrow(
        self, projection: Projection, batch: list[Recorded[Event]], after: int, error: Exception
    ) -> None:
        """Find the event that cannot be taken, keep what comes before it, and stop there."""
        if len(batch) > 1:
            middle = len(batch) // 2
            try:
                await self._project(projection, batch[:middle], after)
            except Exception as inner:
                await self._narrow(projection, batch[:middle], after, inner)
            return
        cause = f"position {batch[0].position}, {batch[0].type}: {type(error).__name__}: {error}"
        await self.pool.execute(STOP, projection.name, projection.version, cause)
        await logger.aerror(
            "projection stopped",
            projection=projection.name,
            position=batch[0].position,
            error=type(error).__name__,
        )

    async def _position(self, projection: Projection) -> int:
        row = await self.pool.fetchrow(READ, projection.name, projection.version)
        return row["position"] if row and row["status"] == "running" else -1


def _lock_of(projection: Projection) -> Lock:
    """The same number in every process; Python's own hash is not."""
    return LEADER, zlib.crc32(f"{projection.name}:{projection.version}".encode()) - 2**31


async def reached(connection: Connection) -> int:
    """The position that every running projection has reached."""
    position: int | None = await connection.fetchval(REACHED)
    return position or 0
