"""The append combiner: commands that come while a commit is under way share the next one."""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Final

import asyncpg

from duban.event_log.model import Append, Outcome
from duban.event_log.store import Failure, Store

BATCH_COMMANDS: Final = 256  # more would lengthen the wait of each without saving commits that matter
BATCH_BYTES: Final = 4 * 1024 * 1024  # of payload, so that large events do not make one huge message
SHARED: Final = 16  # commands; when more wait and a sender is idle it takes half, so that both work at once
WAITING: Final = 4096  # commands; more have to wait before they may queue, so a slow database is felt
SENDERS: Final = 2  # while the database commits one batch the next is encoded
LINGER: Final = 0.05  # seconds an idle connection is kept: a client in a loop needs not fetch it each time

_Answer = asyncio.Future[Outcome | Failure]


class Combiner:
    """Puts the commands of one process into few commits.

    A lone command is sent at once. While a batch is on its way later commands wait, and then go together.
    A command whose waiter is cancelled before it was sent is dropped; once sent it may have been recorded.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._waiting: deque[tuple[Append, _Answer]] = deque()
        self._under_way = 0  # commands
        self._held: list[asyncio.Future[None]] = []  # callers that wait for room, woken after each batch
        self._senders: set[asyncio.Task[None]] = set()
        self._idle: list[asyncio.Future[bool]] = []
        self._sending = 0

    async def append(self, append: Append) -> Outcome | Failure:
        loop = asyncio.get_running_loop()
        while len(self._waiting) + self._under_way >= WAITING:
            turn: asyncio.Future[None] = loop.create_future()
            self._held.append(turn)
            await turn
        answer: _Answer = loop.create_future()
        self._waiting.append((append, answer))
        self._wake_a_sender()
        return await answer

    def _wake_a_sender(self) -> None:
        while self._idle:
            idle = self._idle.pop()
            if not idle.done():
                idle.set_result(True)
                return
        if len(self._senders) < SENDERS:
            sender = asyncio.create_task(self._send(), name="append combiner")
            self._senders.add(sender)
            sender.add_done_callback(self._gone)

    def _gone(self, sender: "asyncio.Task[None]") -> None:
        """A command that came while the last senders were giving their connections back found none idle."""
        self._senders.discard(sender)
        if self._waiting:
            self._wake_a_sender()

    async def _send(self) -> None:
        try:
            async with Store(self._pool) as store:
                while await self._more():
                    await self._send_batch(store)
        except asyncio.CancelledError:  # the event loop is closing
            for _, answer in self._waiting:
                answer.cancel()
            self._waiting.clear()
            raise

    async def _more(self) -> bool:
        if self._waiting:
            return True
        loop = asyncio.get_running_loop()
        idle: asyncio.Future[bool] = loop.create_future()
        self._idle.append(idle)
        timer = loop.call_later(LINGER, _give_up, idle)
        try:
            return await idle
        finally:
            timer.cancel()

    async def _send_batch(self, store: Store) -> None:
        batch = list(self._take())
        if self._waiting:
            self._wake_a_sender()
        if not batch:
            return
        self._sending += 1
        self._under_way += len(batch)
        try:
            outcomes = await store.append([append for append, _ in batch])
        except asyncio.CancelledError:
            for _, answer in batch:
                answer.cancel()
            raise
        except Exception as error:
            _fail(batch, error)
        else:
            _settle(batch, outcomes)
        finally:
            self._sending -= 1
            self._under_way -= len(batch)
            self._let_in()

    def _let_in(self) -> None:
        held, self._held = self._held, []
        for turn in held:
            if not turn.done():  # cancelled meanwhile
                turn.set_result(None)

    def _take(self) -> Iterable[tuple[Append, _Answer]]:
        limit = BATCH_COMMANDS
        if len(self._waiting) > SHARED and self._sending < SENDERS - 1:
            limit = min(limit, len(self._waiting) // 2)
        commands = size = 0
        while self._waiting and commands < limit and size < BATCH_BYTES:
            append, answer = self._waiting.popleft()
            if answer.done():
                continue
            commands += 1
            for write in append.writes:
                for event in write.events:
                    size += len(event.payload)
            yield append, answer


def _settle(batch: list[tuple[Append, _Answer]], outcomes: list[Outcome | Failure]) -> None:
    for (_, answer), outcome in zip(batch, outcomes, strict=True):
        if not answer.done():  # cancelled meanwhile
            answer.set_result(outcome)


def _fail(batch: list[tuple[Append, _Answer]], error: Exception) -> None:
    for _, answer in batch:
        if not answer.done():
            answer.set_exception(error)


def _give_up(idle: asyncio.Future[bool]) -> None:
    if not idle.done():
        idle.set_result(False)
