"""A real mail server on loopback that keeps what it is given, or refuses it."""

import asyncio
import email
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP

TAKEN = "250 OK"


@dataclass
class Mailbox:
    """What arrived; `answer` says what the server answers to each mail, by how many arrived before it."""

    answer: Callable[[int], str] = lambda _: TAKEN
    port: int = 0
    tried: list[EmailMessage] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd's name
        message = email.message_from_bytes(envelope.content, policy=default)
        self.tried.append(message)
        said = self.answer(len(self.tried) - 1)
        if said == TAKEN:
            self.taken.append(message)
            self.recipients += envelope.rcpt_tos
        return said


@asynccontextmanager
async def mailbox(answer: Callable[[int], str] = lambda _: TAKEN) -> AsyncIterator[Mailbox]:
    """The server inside the block."""
    box = Mailbox(answer)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mail.test"), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())
