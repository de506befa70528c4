"""Links: loopback proxies between a process and a server, which can be cut, slowed, stalled, and watched.

A watched link knows what passes: of PostgreSQL each statement as it is sent to be executed, of Temporal each
message. So a process can be killed at a named point without a line of test code in what it runs.
"""

import asyncio
import re
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

AT_ONCE = 65_536  # bytes read at a time
MESSAGE = "a message"  # what all of Temporal's traffic is called: its headers are compressed
PING = 64  # bytes; what is shorter keeps a connection alive and asks for nothing
STARTUP = 196_608  # PostgreSQL's protocol 3.0
READY = b"Z\x00\x00\x00\x05"  # ReadyForQuery, but for its last byte


class When(StrEnum):
    """When a watched link calls, seen from the statement."""

    BEFORE = "before it is sent"
    DURING = "while it is executed"
    AFTER = "when it is executed and not yet answered"


@dataclass(slots=True)
class Watch:
    """Calls once, at the statement that fits after so many others; the link then holds what comes next."""

    statement: str
    when: When
    skip: int = 0
    reached: "asyncio.Future[Link]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def fits(self, statement: str) -> bool:
        if self.reached.done() or re.search(self.statement, statement) is None:
            return False
        self.skip -= 1
        return self.skip < 0

    def call(self, link: "Link") -> None:
        if not self.reached.done():
            self.reached.set_result(link)


class Messages:
    """Whatever goes to a server of which no more is known."""

    def feed(self, data: bytes) -> Iterator[str]:
        if len(data) >= PING:
            yield MESSAGE


class Statements:
    """What a PostgreSQL client sends to be executed; a commit is followed by the statement before it."""

    def __init__(self) -> None:
        self._rest = b""
        self._before = ""
        self._begun = False
        self._prepared: dict[bytes, str] = {}

    def feed(self, data: bytes) -> Iterator[str]:
        self._rest += data
        while (message := self._next()) is not None:
            if (statement := self._executed(*message)) is not None:
                yield f"{statement} {self._before}" if statement.startswith("COMMIT") else statement
                self._before = statement

    def _executed(self, kind: bytes, body: bytes) -> str | None:
        """The statement that a message asks to have executed."""
        if kind == b"Q":
            return body.rstrip(b"\0").decode(errors="replace")
        if kind == b"P":
            name, sql = body.split(b"\0", 2)[:2]
            self._prepared[name] = sql.decode(errors="replace")
        return self._prepared.get(body.split(b"\0", 2)[1], "") if kind == b"B" else None

    def _next(self) -> tuple[bytes, bytes] | None:
        typed = int(self._begun)  # the messages that open a connection bear no type
        if len(self._rest) < typed + 4:
            return None
        end = typed + int.from_bytes(self._rest[typed : typed + 4])
        if len(self._rest) < end:
            return None
        kind, body, self._rest = self._rest[:typed], self._rest[typed + 4 : end], self._rest[end:]
        if not self._begun:
            self._begun = int.from_bytes(body[:4]) == STARTUP
        return kind, body


class Link:
    """From one process to one server."""

    def __init__(self, process: str, server: str, port: int) -> None:
        self.process, self.server = process, server
        self.port = 0  # on which the process finds its server
        self.delay = 0.0  # seconds that everything takes on its way to the server
        self.spoken = asyncio.Event()  # something was asked since this was last cleared
        self._target = port
        self._flows = asyncio.Event()
        self._flows.set()
        self._watches: list[Watch] = []
        self._open: set[asyncio.Event] = set()  # of each connection: it is to end
        self._listening: asyncio.Server | None = None

    async def open(self) -> None:
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.close()
        while self._open:
            self.cut()
            await asyncio.sleep(0)

    def cut(self) -> None:
        """End every connection in the middle of whatever it carries."""
        for ends in self._open:
            ends.set()

    def stall(self) -> None:
        """Carry nothing, and say nothing, until it `flows`."""
        self._flows.clear()

    def flows(self) -> None:
        self.delay = 0.0
        self._flows.set()

    def watch(self, watch: Watch) -> None:
        self._watches.append(watch)

    def unwatch(self, watch: Watch) -> None:
        if watch in self._watches:
            self._watches.remove(watch)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = asyncio.Event()
        self._open.add(ends)
        try:
            await _first(self._flows.wait(), ends.wait())
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._target)
            try:
                held: list[Watch] = []
                await _first(
                    self._ask(reader, to_server, held), self._answer(from_server, writer, held), ends.wait()
                )
            finally:
                to_server.transport.abort()
        except OSError:
            pass  # the server is down, and the process is told so
        finally:
            self._open.discard(ends)
            writer.transport.abort()

    async def _ask(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, held: list[Watch]) -> None:
        """Towards the server; what a watch waits for is held back, or its answer is."""
        passing: Statements | Messages = Statements() if self.server == "postgres" else Messages()
        while data := await source.read(AT_ONCE):
            self.spoken.set()
            if self.delay:
                await asyncio.sleep(self.delay)
            await self._flows.wait()
            found = self._found(passing.feed(data))
            if found is not None and found.when is When.BEFORE:
                found.call(self)
                await asyncio.Event().wait()  # until somebody ends the connection
            if found is not None and found.when is When.AFTER:
                held.append(found)
            sink.write(data)
            await sink.drain()
            if found is not None and found.when is When.DURING:
                found.call(self)

    def _found(self, statements: Iterator[str]) -> Watch | None:
        found = None
        for statement in statements:
            for watch in self._watches:
                if watch.fits(statement):
                    found = watch
        return found

    async def _answer(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, held: list[Watch]
    ) -> None:
        while data := await source.read(AT_ONCE):
            await self._flows.wait()
            if held:
                if data[-6:-1] == READY:
                    held[0].call(self)
                continue
            sink.write(data)
            await sink.drain()


async def _first(*waiting: Coroutine[Any, Any, Any]) -> None:
    """Until one of these is over; the others are called off."""
    tasks = [asyncio.create_task(one) for one in waiting]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
