"""Limits before anything is read: how large a request may be, and how often somebody may ask."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from duban.entrypoints.web.guard import SHARED
from duban.entrypoints.web.identity import SESSION_COOKIE
from duban.entrypoints.web.pages import preferred
from duban.wording.wording import wording

LARGEST: Final = 1024 * 1024  # bytes of a body; an event takes no more either
SIGN_INS: Final = "30/minute"  # of one address
BY_LINK: Final = "300/minute"  # of one address: steps of a replay that was shared
NEIGHBOURS: Final = 50  # people who may share one address, such as that of a proxy
UNLIMITED: Final = ("/healthz", "/readyz", "/static/")
PROBLEM: Final = "application/problem+json"


class Limits:
    """Answers 413 and 429 itself; everything else goes through."""

    def __init__(self, app: ASGIApp, rate: str, now: Callable[[], float]) -> None:
        self._app = app
        self._rate, self._sign_ins, self._by_link = parse(rate), parse(SIGN_INS), parse(BY_LINK)
        self._of_address = type(self._rate)(self._rate.amount * NEIGHBOURS, self._rate.multiples)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(UNLIMITED):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if (wait := await self._wait(scope, headers)) is not None:
            await _refusal(scope, headers, 429, wait)(scope, receive, send)
            return
        length = headers.get("content-length")
        if length is not None and (not length.isdigit() or int(length[:12]) > LARGEST):
            await _refusal(scope, headers, 413)(scope, receive, send)
        elif length is None and "transfer-encoding" in headers:
            await self._unmeasured(scope, headers, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _wait(self, scope: Scope, headers: Headers) -> int | None:
        """How many seconds to wait; None: not at all."""
        limit: RateLimitItem = self._rate
        asker = _asker(scope, headers)
        if scope["path"] == "/sign-in" and scope["method"] == "POST":
            limit, asker = self._sign_ins, f"sign-in {_address(scope)}"
        if scope["path"].startswith(SHARED):
            limit, asker = self._by_link, f"shared {_address(scope)}"
        for rate, who in ((limit, asker), (self._of_address, f"address {_address(scope)}")):
            if not await self._limiter.hit(rate, who):
                window = await self._limiter.get_window_stats(rate, who)
                return max(1, int(window.reset_time - self._now()) + 1)
        return None

    async def _unmeasured(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """A body that does not say how long it is: read up to the limit, then passed on."""
        body, more = b"", True
        while more and len(body) <= LARGEST:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if len(body) > LARGEST:
            await _refusal(scope, headers, 413)(scope, receive, send)
            return
        told = False

        async def read() -> Message:
            nonlocal told
            if told:
                return await receive()
            told = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, read, send)


def _asker(scope: Scope, headers: Headers) -> str:
    """Who asks, as far as it can be told without looking it up; never the secret itself."""
    secret = headers.get("authorization") or cookie_parser(headers.get("cookie", "")).get(SESSION_COOKIE)
    return sha256(secret.encode()).hexdigest() if secret else _address(scope)


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def _refusal(scope: Scope, headers: Headers, status: int, wait: int | None = None) -> Response:
    words = wording(preferred(headers.get("accept-language", "")))
    said = (
        words.text("You are asking too often. Try again in {seconds} seconds.", seconds=wait)
        if wait
        else words.text("The request is larger than 1 MB. Send less.")
    )
    extra = {"Retry-After": str(wait)} if wait else {}
    if not scope["path"].startswith("/api/"):
        return Response(said + "\n", status, extra, "text/plain; charset=utf-8")
    kind = "too-many-requests" if wait else "too-large"
    body = {"type": f"urn:duban:problem:{kind}", "title": said, "status": status, "detail": said}
    return Response(json.dumps(body, ensure_ascii=False), status, extra, PROBLEM)
