"""The postman: sends the mails that are due, a few at a time and at a measured pace, and notes how each ended."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from duban.event_log.store import is_lost
from duban.leadership import lead
from duban.notices.letter import Letters
from duban.notices.queue import Mail, Queue
from duban.notices.smtp import OutOfReach, Refused, Smtp

logger = structlog.get_logger(__name__)

LEADER: Final = (0x64_75_62_6E, 1)  # "dubn": the advisory lock of the one postman
LOOK_EVERY: Final = 2.0  # seconds between looks at an empty queue
OUT_OF_REACH: Final = 30.0  # seconds before a server that could not be reached is tried again
AT_ONCE: Final = 4  # connections to the mail server
BATCH: Final = 100  # mails fetched at a time
DRAINED_WITHIN: Final = 10.0  # seconds for mails under way when the postman stops


@dataclass(frozen=True, slots=True)
class Office:
    """Where mail is handed over, from whom it comes, and how fast."""

    smtp: Smtp
    sender: str
    letters: Letters
    interval: float  # seconds from one mail to the next


class Postman:
    """At least once: a mail whose end was not noted is sent again, under the same key."""

    def __init__(self, pool: "asyncpg.Pool[Any]", queue: Queue, office: Office | None) -> None:
        self._pool = pool
        self._queue = queue
        self._office = office
        self._under_way: set[asyncio.Task[bool]] = set()
        self._next = 0.0

    async def run(self) -> None:
        """Deliver for ever, as the only postman that does, or stand by. Without a mail server, mails wait."""
        await lead(self._pool, LEADER, self._deliver)

    async def _deliver(self) -> None:
        while True:
            out_of_reach = await self.round()
            await asyncio.sleep(OUT_OF_REACH if out_of_reach else LOOK_EVERY)

    async def round(self) -> bool:
        """Send what is due now, until nothing is; whether it was cut short as the server is out of reach."""
        await self._queue.open()
        if self._office is None:
            return False
        while waiting := deque(await self._queue.due(BATCH)):
            if not await self._send_all(self._office, waiting):
                return True
        return False

    async def _send_all(self, office: Office, waiting: deque[UUID]) -> bool:
        """Whether the server could be reached throughout. When told to stop, what is under way is finished."""
        reached = True

        async def work() -> None:
            nonlocal reached
            while waiting and reached:
                delivery = waiting.popleft()
                await self._turn(office.interval)
                sending = asyncio.create_task(self._send(office, delivery))
                self._under_way.add(sending)
                sending.add_done_callback(self._under_way.discard)
                reached = await asyncio.shield(sending) and reached

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(AT_ONCE, len(waiting))):
                    group.create_task(work())
        finally:
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=DRAINED_WITHIN)
        return reached

    async def _turn(self, interval: float) -> None:
        """Wait for this mail's turn."""
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next)
        self._next = mine + interval
        await asyncio.sleep(mine - now)

    async def _send(self, office: Office, delivery: UUID) -> bool:
        """Whether the server could be reached; everything else about it is in the queue."""
        mail = await self._queue.claim(delivery)
        if mail is None:
            return True
        try:
            message = await office.letters.of(mail)
            said = await office.smtp.send(message, office.sender, mail.email)
        except Refused as refused:
            await self._failed(mail, str(refused), f"SMTP {refused.code}")
            return not isinstance(refused, OutOfReach)
        except Exception as error:  # a mail that cannot be written must not keep the others from leaving
            if is_lost(error):
                raise
            await self._failed(mail, repr(error), type(error).__name__)
            return True
        await self._queue.delivered(mail, said)
        await logger.ainfo("mail delivered", delivery=str(mail.delivery), tries=mail.tries)
        return True

    async def _failed(self, mail: Mail, cause: str, code: str) -> None:
        last = await self._queue.failed(mail, cause[:300], code)
        said = "mail given up" if last else "mail not delivered, tried again later"
        await logger.awarning(said, delivery=str(mail.delivery), tries=mail.tries, code=code)
