"""The guard before every page: our own name only, and headers that let a browser do nothing but show it."""

from ipaddress import ip_address

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; object-src 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",  # but for the public site, which says otherwise of its pages
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",  # a page may be kept, but is asked for again before it is shown
}
SHARED = "/shared/"
BY_LINK = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}  # the address of these pages is a secret
MISDIRECTED = 421
A_YEAR = "max-age=31536000"


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """Refuses requests that were sent to another name (DNS rebinding), and adds the headers to answers."""

    def __init__(self, app: ASGIApp, origin: str | None = None) -> None:
        self._app = app
        self._host = origin.removeprefix("https://") if origin else None
        self._headers = HEADERS | ({"Strict-Transport-Security": A_YEAR} if origin else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                known = self._headers | (BY_LINK if scope["path"].startswith(SHARED) else {})
                for name, value in known.items():
                    headers.setdefault(name, value)
            await send(message)

        if self._addressed_here(scope):
            await self._app(scope, receive, send_guarded)
        else:
            refused = PlainTextResponse("This is not the name of this installation.\n", MISDIRECTED)
            await refused(scope, receive, send_guarded)

    def _addressed_here(self, scope: Scope) -> bool:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        return len(hosts) == 1 and (hosts[0] == self._host or is_loopback(_without_port(hosts[0])))


def _without_port(host: str) -> str:
    """The name in a Host header; an IPv6 address stands in brackets there."""
    if host.startswith("["):
        return host.partition("]")[0]
    return host.partition(":")[0]
