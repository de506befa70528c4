"""Calling a webhook: one signed request, to the address that was judged; what it answers decides."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

import httpx2
from standardwebhooks import Webhook

from duban.webhooks.cloud_event import CONTENT_TYPE
from duban.webhooks.reach import Reach, WebhookAddressRefused

WITHIN: Final = 15.0  # seconds for connecting, and for each part of the answer
LONGEST_WAIT: Final = 6 * 3600  # seconds that a subscriber may ask us to wait
GONE: Final = 410
LONGEST_CAUSE: Final = 200  # characters
AGENT: Final = "Duban"

Line = httpx2.AsyncClient


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a try; `code` is what the log may say of it, `cause` what the operator is shown."""

    taken: bool
    code: str
    cause: str = ""
    gone: bool = False
    wait: int = 0  # seconds that the subscriber asks for


class Caller:
    """Sends; follows no redirect, and reads no more of an answer than its head."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    def line(self) -> Line:
        """A connection that one subscription keeps for a while; another host behind the same address gets its own."""
        return httpx2.AsyncClient(verify=self._context, timeout=WITHIN, trust_env=False)

    async def call(self, line: Line, url: str, secret: str, event_id: str, body: bytes) -> Answer:
        """One try. The headers are those of Standard Webhooks: anybody's library verifies them."""
        try:
            target = await self._reach.target(url)
        except WebhookAddressRefused as refused:
            return Answer(False, "address refused", str(refused.facts["fault"]))
        at = datetime.now(UTC)
        headers = {
            "host": target.host_header,
            "content-type": CONTENT_TYPE,
            "user-agent": AGENT,
            "webhook-id": event_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(event_id, at, body.decode()),
        }
        extensions = {"sni_hostname": target.host}
        try:
            async with line.stream(
                "POST", target.url, content=body, headers=headers, extensions=extensions
            ) as answer:
                return _judged(answer)
        except (httpx2.HTTPError, OSError) as error:
            return Answer(False, type(error).__name__, str(error)[:LONGEST_CAUSE])

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def _judged(answer: httpx2.Response) -> Answer:
    code = f"HTTP {answer.status_code}"
    if answer.is_success:
        return Answer(True, code)
    asked = answer.headers.get("retry-after", "")
    wait = min(int(asked), LONGEST_WAIT) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
    return Answer(False, code, answer.reason_phrase[:LONGEST_CAUSE], answer.status_code == GONE, wait)
