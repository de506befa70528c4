"""Rebuild: new tables beside those that serve, filled by worker processes from the log, and switched in one step."""

import asyncio
import multiprocessing
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Final

import asyncpg

from domain.base import Refusal
from projections import checkpoints
from projections.base import Connection, Log, Projection
from projections.checkpoints import ENSURE, identities
from projections.folding import folded
from projections.rebuild import tables
from projections.rebuild.checking import Difference, compare_with_next
from projections.rebuild.tables import Progress
from projections.rebuild.worker import work
from projections.writing import write

LOCK: Final = (0x64_75_62_70, 1)  # "dubp": one rebuild at a time
SHARDS: Final = 64
BATCH: Final = 1000  # events per transaction while catching up
CLOSE_ENOUGH: Final = 200  # events; what is left is caught up with while the live projector waits
LOOK_EVERY: Final = 0.2  # seconds between looks at the workers

UNFINISHED = "select id, up_to from projection_rebuild where (projections, versions) = ($1, $2)"
BEGIN = "insert into projection_rebuild (projections, versions, up_to) values ($1, $2, $3) returning id"
SHARD = "insert into projection_rebuild_shard (rebuild, shard) select $1, generate_series(0, $2 - 1)"
BUILT = "select coalesce(sum(events), 0) from projection_rebuild_shard where rebuild = $1"
OPEN = "select count(*) from projection_rebuild_shard where rebuild = $1 and events is null"
HOLD = f"select position from projection_checkpoint where {checkpoints.ASKED} order by projection for update"
SWITCHED = f"""
    update projection_checkpoint set position = $3, status = 'running', stopped_position = null, cause = null,
        stopped_at = null, moved_at = now() where {checkpoints.ASKED}
"""


class AlreadyRebuilding(Refusal):
    """Another rebuild is under way.

    Wait until it ends; `duban projections status` shows what serves meanwhile.
    """


class NotTheOwner(Refusal):
    """A rebuild makes tables, which this database role may not.

    Give DUBAN_POSTGRES_DSN with the role that `duban migrate` runs as.
    """


class WorkerFailed(Refusal):
    """A worker of the rebuild ended with an error; what serves was not touched.

    See the error above; `duban projections rebuild` goes on with the shards that are not built yet.
    """


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild came to."""

    projections: list[str]
    events: int
    position: int = 0
    resumed: bool = False
    differences: list[Difference] = field(default_factory=list)


async def rebuild(
    dsn: str, log: Log, projections: Sequence[Projection], *, workers: int, progress: Progress
) -> Rebuilt:
    """Build the projections anew beside those that serve, and switch. One that was interrupted goes on.

    Refuses while another rebuild runs, and a role that may not make tables.
    """
    connection = await asyncpg.connect(dsn)
    try:
        if not await connection.fetchval("select pg_try_advisory_lock($1, $2)", *LOCK):
            raise AlreadyRebuilding
        return await _Rebuild(dsn, connection, log, projections, workers, progress).run()
    except asyncpg.InsufficientPrivilegeError as error:
        raise NotTheOwner from error
    finally:
        with suppress(asyncpg.InterfaceError, OSError):
            await connection.close()


@dataclass(frozen=True, slots=True)
class _Rebuild:
    dsn: str
    connection: Connection
    log: Log
    projections: Sequence[Projection]
    workers: int
    progress: Progress

    async def run(self) -> Rebuilt:
        number, up_to, resumed = await self._begun()
        await self._fill(number, up_to)
        await tables.finish(
            self.dsn, self.connection, self.projections, connections=self.workers, progress=self.progress
        )
        position = await self._catch_up(up_to)
        differences = await compare_with_next(self.connection, self.log, self.projections, position, Random())
        position = await self._switch(position)
        await self.connection.execute("delete from projection_rebuild where id = $1", number)
        names, _ = identities(self.projections)
        return Rebuilt(names, up_to, position, resumed, differences)

    async def _begun(self) -> tuple[int, int, bool]:
        """The rebuild to go on with, or a new one; what others left behind is removed."""
        async with self.connection.transaction():
            unfinished = await self.connection.fetchrow(UNFINISHED, *identities(self.projections))
            if unfinished is not None:
                return unfinished["id"], unfinished["up_to"], True
            await self.connection.execute("delete from projection_rebuild")
            await self.connection.execute(ENSURE, *identities(self.projections))
            await tables.drop(self.connection, checkpoints.named([]))
            await tables.create(self.connection, self.projections)
            up_to = await self.log.head()
            number = await self.connection.fetchval(BEGIN, *identities(self.projections), up_to)
            await self.connection.execute(SHARD, number, SHARDS)
            return number, up_to, False

    async def _fill(self, number: int, up_to: int) -> None:
        """Have the workers build every shard that is not built yet."""
        built = int(await self.connection.fetchval(BUILT, number))
        if await self.connection.fetchval(OPEN, number):
            await self._work(number, up_to, built)
        if await self.connection.fetchval(OPEN, number):
            raise WorkerFailed
        self.progress("fold", up_to, up_to)

    async def _work(self, number: int, up_to: int, built: int) -> None:
        context = multiprocessing.get_context("spawn")
        counter = context.Value("Q", built)
        names, _ = identities(self.projections)
        arguments = (self.dsn, number, names, up_to, counter)
        processes = [context.Process(target=work, args=arguments, daemon=True) for _ in range(self.workers)]
        for process in processes:
            process.start()
        try:
            while any(process.is_alive() for process in processes):
                self.progress("fold", min(counter.value, up_to), up_to)
                await asyncio.sleep(LOOK_EVERY)
        finally:
            for process in processes:
                process.terminate()
                process.join()

    async def _catch_up(self, position: int) -> int:
        """Follow the log in the new tables until little is left."""
        start = position
        while (head := await self.log.head()) - position > CLOSE_ENOUGH:
            async with self.connection.transaction():
                position = await self._take(position)
            self.progress("catch-up", position - start, max(head, position) - start)
        return position

    async def _switch(self, position: int) -> int:
        """Take the rest while the live projector waits, and put the new tables in place."""
        async with self.connection.transaction():
            live = await self.connection.fetch(HOLD, *identities(self.projections))
            head = max([await self.log.head(), *(row["position"] for row in live)])
            while position < head:
                position = await self._take(position)
            for projection in self.projections:
                await tables.switch(self.connection, projection)
            await self.connection.execute(SWITCHED, *identities(self.projections), position)
        self.progress("switch", 1, 1)
        return position

    async def _take(self, after: int) -> int:
        batch = await self.log.tail(after=after, limit=BATCH)
        fold = await folded(self.log, self.projections, batch, after)
        for projection in self.projections:
            written = fold.written[projection.name]
            await write(self.connection, projection, written, tables.next_of(projection))
        return batch[-1].position
