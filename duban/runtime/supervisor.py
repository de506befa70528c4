"""Starts the embedded parts that the settings ask for, watches them, and stops them in order."""

import asyncio
from types import TracebackType

from duban.runtime.child import Child
from duban.runtime.postgres import EmbeddedPostgres
from duban.runtime.temporal import EmbeddedTemporal
from duban.settings import Settings


class RunningParts:
    """`async with RunningParts(settings) as parts`: PostgreSQL and Temporal answer inside.

    A part that the settings name is used as it is; the others are started here, and stopped at the end:
    Temporal first, PostgreSQL last. `failed` is done when an embedded part has ended on its own, with a
    sentence that says which; nothing is restarted. Enter it on the main thread (see launch.py).
    """

    postgres_dsn: str
    temporal_address: str
    failed: asyncio.Future[str]

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._postgres = EmbeddedPostgres(settings.home, port=settings.postgres_port)
        self._temporal = EmbeddedTemporal(
            settings.home, port=settings.temporal_port, namespace=settings.temporal_namespace
        )
        self._watchers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "RunningParts":
        self.failed = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.TaskGroup() as starting:
                postgres = starting.create_task(self._start_postgres())
                temporal = starting.create_task(self._start_temporal())
        except BaseExceptionGroup as failures:
            await self._stop()
            raise failures.exceptions[0] from None
        except BaseException:
            await self._stop()
            raise
        self.postgres_dsn, self.temporal_address = postgres.result(), temporal.result()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def _start_postgres(self) -> str:
        if self._settings.postgres_dsn is not None:
            return self._settings.postgres_dsn
        dsn = await self._postgres.start()
        self._watch(self._postgres.child)
        return dsn

    async def _start_temporal(self) -> str:
        if self._settings.temporal_address is not None:
            return self._settings.temporal_address
        address = await self._temporal.start()
        self._watch(self._temporal.child)
        return address

    def _watch(self, child: Child | None) -> None:
        if child is not None:
            self._watchers.append(asyncio.create_task(self._report_end(child)))

    async def _report_end(self, child: Child) -> None:
        code = await child.wait()
        if not self.failed.done():
            self.failed.set_result(f"{child.name} ended on its own (code {code}); its log is {child.log}")

    async def _stop(self) -> None:
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)
        try:
            await self._temporal.stop()
        finally:
            await self._postgres.stop()
