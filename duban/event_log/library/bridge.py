"""Blocking calls from the library's threads into one event loop with its own pool."""

import asyncio
from collections.abc import Awaitable, Callable
from threading import Lock, Thread
from typing import TypeVar

import asyncpg
import uvloop
from eventsourcing.persistence import DatabaseError, DataError, IntegrityError, OperationalError

from duban.event_log.combiner import Combiner
from duban.event_log.limits import BadAppend, check
from duban.event_log.model import Append, Appended, EventIdReused, LogUnavailable
from duban.event_log.store import Connection, is_lost, unwrap

T = TypeVar("T")


class Bridge:
    """The log for threads. Never to be called from an event loop of the caller's: it blocks."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pool: asyncpg.Pool | None = None
        self._combiner: Combiner | None = None

    def append(self, append: Append) -> Appended:
        """Through the combiner: threads that save at the same time share a commit."""

        async def work() -> Appended:
            await self._opened()
            assert self._combiner is not None
            outcome = unwrap(await self._combiner.append(check(append, None)))
            if isinstance(outcome, Appended):
                return outcome
            raise IntegrityError(f"{outcome.stream_id} is at version {outcome.actual_version}")

        return self._call(work)

    def read(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        async def work() -> list[asyncpg.Record]:
            rows: list[asyncpg.Record] = await (await self._opened()).fetch(statement, *arguments)
            return rows

        return self._call(work)

    def transaction(self, act: Callable[[Connection], Awaitable[T]]) -> T:
        """What `act` writes is committed together, or not at all when it raises."""

        async def work() -> T:
            async with (await self._opened()).acquire() as connection, connection.transaction():
                return await act(connection)

        return self._call(work)

    def close(self) -> None:
        with self._lock:
            loop, self._loop = self._loop, None
            if loop is not None:
                asyncio.run_coroutine_threadsafe(self._close(), loop).result()
                loop.call_soon_threadsafe(loop.stop)

    def _call(self, work: Callable[[], Awaitable[T]]) -> T:
        async def translated() -> T:
            try:
                return await work()
            except BadAppend as error:
                raise DataError(str(error)) from error
            except (EventIdReused, asyncpg.UniqueViolationError) as error:
                raise IntegrityError(str(error)) from error
            except LogUnavailable as error:
                raise OperationalError(str(error)) from error
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                raise (OperationalError if is_lost(error) else DatabaseError)(str(error)) from error

        return asyncio.run_coroutine_threadsafe(translated(), self._running()).result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = uvloop.new_event_loop()
                Thread(target=_run, args=(self._loop,), daemon=True, name="event log").start()
            return self._loop

    async def _opened(self) -> asyncpg.Pool:
        if self._pool is None:
            self._pool = asyncpg.create_pool(self._dsn, min_size=0, server_settings={"role": "duban_app"})
            self._combiner = Combiner(self._pool)
        return await self._pool  # opens it once, however many ask

    async def _close(self) -> None:
        if self._pool is not None:
            await self._pool.close()
        self._pool = self._combiner = None


def _run(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()
