"""The mail server that a site relays through, as one URL says it."""

from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import ip_address
from typing import Final
from urllib.parse import unquote, urlsplit


class Tls(StrEnum):
    """How the way to the server is kept secret, by the scheme of its URL."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    IMPLICIT = "smtps"


SUCH_AS: Final = "write an address such as duban@example.org, or NAME <duban@example.org>"
PORTS: Final = {Tls.NONE: 25, Tls.STARTTLS: 587, Tls.IMPLICIT: 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = None


def mail_server(url: str) -> MailServer:
    """The server of a URL such as smtp+starttls://USER:PASSWORD@HOST:PORT. Raises ValueError with the reason."""
    said = urlsplit(url)
    if said.scheme not in set(Tls):
        raise ValueError("write smtps://, smtp+starttls:// or smtp://, then USER:PASSWORD@HOST:PORT")
    if not said.hostname or said.path.strip("/") or said.query or said.fragment:
        raise ValueError("write a host name, with a port where it is not the usual one, and no more")
    if (said.username is None) != (said.password is None):
        raise ValueError("write both a user and a password, percent-encoded, or neither")
    tls = Tls(said.scheme)
    if tls is Tls.NONE and said.password and not _is_loopback(said.hostname):
        raise ValueError("a password goes over TLS only: write smtps:// or smtp+starttls://")
    user, password = (unquote(one) if one else None for one in (said.username, said.password))
    return MailServer(said.hostname, said.port or PORTS[tls], tls, user, password)


def sender_of(text: str) -> Address:
    """Whom mail comes from: office@example.org, or NAME <office@example.org>. Raises ValueError."""
    name, address = parseaddr(text)
    try:
        sender = Address(name, addr_spec=address)
    except (ValueError, IndexError, MessageError):
        raise ValueError(SUCH_AS) from None
    if not text.isprintable() or not sender.username or not sender.domain.isascii():
        raise ValueError(SUCH_AS)
    return sender


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
