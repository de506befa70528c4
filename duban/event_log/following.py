"""Waiting for the log to grow: polls, woken early by this process's own appends and by NOTIFY."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg

from duban.event_log.store import is_lost

CHANNEL: Final = "event_log"
HOT: Final = 0.03  # seconds until the first look after the log last grew
IDLE: Final = 1.0  # seconds between looks at a quiet log, should every hint be lost
RECONNECT: Final = 1.0  # seconds before listening again


class Wakeups:
    """Wakes followers when the log may have grown. A hint that gets lost costs a poll, never an event."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._waiting: set[asyncio.Event] = set()
        self._listener: asyncio.Task[None] | None = None

    def wake(self, *_: object) -> None:
        for event in self._waiting:
            event.set()

    @contextmanager
    def growth(self) -> Iterator["Growth"]:
        """Who waits for the log to grow; one connection listens while anyone does."""
        hint = asyncio.Event()
        self._waiting.add(hint)
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        try:
            yield Growth(hint)
        finally:
            self._waiting.discard(hint)
            if not self._waiting and self._listener is not None:
                self._listener.cancel()
                self._listener = None

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except Exception as error:
                if not is_lost(error):
                    raise
            await asyncio.sleep(RECONNECT)

    async def _listen_once(self) -> None:
        gone = asyncio.Event()

        def terminated(_: object) -> None:
            gone.set()

        async with self._pool.acquire() as connection:
            connection.add_termination_listener(terminated)
            await connection.add_listener(CHANNEL, self.wake)
            self.wake()  # what was appended before the listening began
            try:
                await gone.wait()
            finally:
                if not gone.is_set():
                    connection.remove_termination_listener(terminated)
                    await connection.remove_listener(CHANNEL, self.wake)


class Growth:
    """Waits between looks at the log: short after it grew, longer the longer nothing comes, never past a hint."""

    def __init__(self, hint: asyncio.Event) -> None:
        self._hint = hint
        self._delay = HOT

    def seen(self) -> None:
        """The last look found something."""
        self._delay = HOT

    async def wait(self) -> None:
        """Until the next look. A hint that came during the last one is not lost: it ends this at once."""
        try:
            await asyncio.wait_for(self._hint.wait(), self._delay)
            self._delay = HOT
        except TimeoutError:
            self._delay = min(2 * self._delay, IDLE)
        self._hint.clear()
