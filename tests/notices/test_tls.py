import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP

from duban.notices.mail_server import mail_server
from duban.notices.smtp import OutOfReach, Smtp
from duban.webhooks.caller import Caller
from duban.webhooks.reach import Reach
from tests.notices.authority import certified
from tests.notices.mailbox import Mailbox

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@asynccontextmanager
async def https(context: ssl.SSLContext, heard: list[bytes]) -> AsyncIterator[int]:
    """A web server that takes everything; its port on this machine."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(("name", "taken"), [("localhost", True), ("example.org", False)])
async def test_a_webhook_is_told_only_under_a_certificate_of_its_name_that_is_vouched_for(
    name: str, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, trusted = certified(tmp_path, name)
    heard: list[bytes] = []
    reach = Reach((ip_network("127.0.0.1/32"),))

    async def told(port: int) -> bool:
        caller = Caller(reach)
        async with caller.line() as line:
            return (await caller.call(line, f"https://localhost:{port}/x", SECRET, "id", b"{}")).taken

    async with https(context, heard) as port:
        assert not await told(port)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        assert await told(port) is taken

    assert len(heard) == taken
    assert all(f"localhost:{port}".encode() in head for head in heard)


async def test_a_mail_leaves_by_starttls_only_to_a_server_that_is_vouched_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, trusted = certified(tmp_path)
    box = Mailbox()
    message = EmailMessage()
    message.set_content("x")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(box, tls_context=context, require_starttls=True), "127.0.0.1", 0
    )
    plain = await loop.create_server(lambda: SMTP(box), "127.0.0.1", 0)

    async def sent(to: asyncio.Server) -> None:
        port = to.sockets[0].getsockname()[1]
        await Smtp(mail_server(f"smtp+starttls://localhost:{port}")).send(
            message, "a@example.org", "b@example.org"
        )

    async with server, plain:
        with pytest.raises(OutOfReach):
            await sent(server)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        await sent(server)
        with pytest.raises(OutOfReach):
            await sent(plain)  # it offers no TLS, and nothing is sent without

    assert len(box.taken) == 1
