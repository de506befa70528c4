"""A whole engine for a benchmark: `duban up` as a process of its own, with its disk, as people run it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import asyncpg
import psutil

from duban.relay import cursor_of
from duban.runtime.home import Home

DUBAN = Path(sys.executable).parent / "duban"
READY_WITHIN = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Running:
    """An engine that answers."""

    process: asyncio.subprocess.Process
    dsn: str
    temporal: str

    @property
    def resident(self) -> float:
        """MB of the engine's own process: worker, relay, projector and web; not of the two servers."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / 1024**2


@asynccontextmanager
async def engine() -> AsyncIterator[Running]:
    with TemporaryDirectory(prefix="duban-bench-") as home:
        environment = os.environ | {"DUBAN_HOME": home, "DUBAN_WEB_PORT": "0"}
        process = await asyncio.create_subprocess_exec(
            DUBAN, "up", env=environment, stdout=asyncio.subprocess.PIPE
        )
        try:
            assert process.stdout is not None
            await asyncio.wait_for(process.stdout.readline(), READY_WITHIN)
            run = Home(Path(home)).running()
            yield Running(process, run.postgres_dsn, run.temporal_address)
        finally:
            process.terminate()
            await process.wait()


async def relayed(pool: "asyncpg.Pool[asyncpg.Record]", position: int) -> float:
    """When the relay is past a position, on this process's clock."""
    while await cursor_of(pool) < position:  # noqa: ASYNC110 it is elsewhere
        await asyncio.sleep(0.02)
    return perf_counter()
