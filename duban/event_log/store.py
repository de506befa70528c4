"""Batches sent to the database: repeated until answered, and split when one command spoils the rest."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final, Self
from uuid import UUID

import asyncpg

from duban.event_log.batch import APPEND, Batch
from duban.event_log.model import Append, EventIdReused, LogUnavailable, Outcome

# The database restarts in seconds; a command that waits longer is better told that the log is away.
RETRY_AFTER: Final = (0.0, 0.05, 0.1, 0.2, 0.5, *(1.0,) * 15)  # seconds
CALL_TIMEOUT: Final = 30.0  # seconds; a connection that is silent for so long counts as lost
_PARTLY_STORED: Final = "DU001"  # raised by append_events

_CONNECTION: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,  # shutdown, crash of another backend, starting up
    asyncpg.InsufficientResourcesError,
    asyncpg.DeadlockDetectedError,
)

Failure = EventIdReused | asyncpg.PostgresError
Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy


async def send(connection: Connection, appends: Sequence[Append], *, careful: bool = False) -> list[Outcome]:
    """One round trip and one commit, in the transaction of `connection` if it has one.

    Unless it is `careful`, an event that is in the log already may fail the call with a UniqueViolationError.
    """
    batch = Batch(appends)
    answer = await connection.fetchrow(APPEND, *batch.arguments(careful=careful), timeout=CALL_TIMEOUT)
    assert answer is not None
    return batch.outcomes(answer)


class Store:
    """Sends batches until each command has its own answer.

    Inside `async with` it keeps one connection of the pool, and takes another when that is lost.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._connection: asyncpg.pool.PoolConnectionProxy | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            await self._pool.release(connection)
        except (
            Exception
        ) as error:  # lost on its way back; the answers it brought are here, and the pool lets it go
            if not is_lost(error):
                raise

    async def append(self, appends: Sequence[Append]) -> list[Outcome | Failure]:
        """The outcome of each command; one that the database refuses does not touch its neighbours.

        Commands that share an event id go one after the other, so that the second is answered as repeated.
        """
        answers: dict[int, Outcome | Failure] = {}
        for wave in _waves(appends):
            commands = [appends[index] for index in wave]
            answers.update(zip(wave, await self._isolated(commands), strict=True))
        return [answers[index] for index in range(len(appends))]

    async def _isolated(self, appends: Sequence[Append]) -> list[Outcome | Failure]:
        try:
            return list(await self._until_answered(appends))
        except asyncpg.PostgresError as error:
            if len(appends) > 1:
                middle = len(appends) // 2
                return await self._isolated(appends[:middle]) + await self._isolated(appends[middle:])
            if error.sqlstate == _PARTLY_STORED:
                return [EventIdReused("some of the command's event ids are in the log already, but not all")]
            if isinstance(error, asyncpg.UniqueViolationError):
                return [EventIdReused("the command's event ids are in the log already, in another stream")]
            return [error]

    async def _until_answered(self, appends: Sequence[Append]) -> list[Outcome]:
        lost: Exception | None = None
        for delay in RETRY_AFTER:
            if delay:
                await asyncio.sleep(delay)
            try:
                if self._connection is None:
                    self._connection = await self._pool.acquire()
                try:
                    return await send(self._connection, appends)
                except asyncpg.UniqueViolationError:
                    return await send(self._connection, appends, careful=True)
            except Exception as error:
                if not is_lost(error):
                    raise
                lost = error
                await self._drop()
        raise LogUnavailable("the event log could not be reached; it is unknown what was recorded") from lost

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(asyncpg.InterfaceError):  # the pool has noticed the loss and taken it back already
                connection.terminate()
            await self._pool.release(connection)


def _waves(appends: Sequence[Append]) -> Iterator[Sequence[int]]:
    """The commands' indices in runs in which no event id comes twice; nearly always one run."""
    ids = [[event.event_id for write in append.writes for event in write.events] for append in appends]
    if len({one for own in ids for one in own}) == sum(map(len, ids)):
        yield range(len(appends))
        return
    wave: list[int] = []
    seen: set[UUID] = set()
    for index, own in enumerate(ids):
        if not seen.isdisjoint(own):
            yield wave
            wave, seen = [], set()
        wave.append(index)
        seen.update(own)
    yield wave


def is_lost(error: Exception) -> bool:
    """Whether it says that the database is away for now, rather than that the request was wrong."""
    if isinstance(error, asyncpg.InterfaceError):
        # Also what asyncpg calls its own misuse: values of a wrong type, a pool that was closed.
        return not isinstance(error, ValueError) and "pool is " not in str(error)
    return isinstance(error, _CONNECTION)


def unwrap(answer: Outcome | Failure) -> Outcome:
    """The outcome, or the failure raised."""
    if isinstance(answer, Exception):
        raise answer
    return answer
