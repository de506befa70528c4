"""Handing a mail over to the site's mail server; what it answers is told apart from being out of reach."""

import ssl
from email.message import EmailMessage
from functools import cached_property
from typing import Final

import aiosmtplib

from duban.notices.mail_server import MailServer, Tls

WITHIN: Final = 30.0  # seconds for each answer of the server
LONGEST_CAUSE: Final = 300  # characters kept of what a server says


class Refused(Exception):
    """The server took the connection and refused the mail: the code it gave, and its words."""

    def __init__(self, code: str, words: str) -> None:
        self.code = code
        super().__init__(f"{code} {words}"[:LONGEST_CAUSE])


class OutOfReach(Refused):
    """The server cannot be reached, or does not let us in: no other mail would leave either."""


class Smtp:
    """One connection per mail: a site's notices are hundreds a day, and no connection has to be kept alive."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> str:
        """Hand it over; the server's own words once it has taken it. Raises `Refused` or `OutOfReach`."""
        server = self._server
        try:
            _, said = await aiosmtplib.send(
                message, sender=sender, recipients=[recipient], hostname=server.host, port=server.port,
                username=server.user, password=server.password, use_tls=server.tls is Tls.IMPLICIT,
                start_tls=server.tls is Tls.STARTTLS, tls_context=self._context, timeout=WITHIN,
            )  # fmt: skip
        except aiosmtplib.SMTPRecipientsRefused as refused:
            first = refused.recipients[0]
            raise Refused(str(first.code), first.message) from refused
        except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPConnectResponseError) as away:
            raise OutOfReach(str(away.code), away.message) from away
        except aiosmtplib.SMTPResponseException as refused:
            raise Refused(str(refused.code), refused.message) from refused
        except aiosmtplib.SMTPNotSupported as lacking:
            raise Refused("unsupported", lacking.message) from lacking
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as away:
            raise OutOfReach(type(away).__name__, str(away)) from away
        return said[:LONGEST_CAUSE]

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context()
