"""A real web server on loopback that subscribes: it keeps what it is told, or refuses it."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from duban.entrypoints.web.server import WebServer

TAKEN = 204


@dataclass
class Subscriber:
    """What arrived; `answer` says with which status the server answers each call, by how many came before it."""

    answer: Callable[[int], int] = lambda _: TAKEN
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)

    async def told(self, request: Request) -> Response:
        try:
            body = await request.body()
        except ClientDisconnect:  # whoever told was killed while telling
            return Response(status_code=400)
        self.calls.append((dict(request.headers), body))
        status = self.answer(len(self.calls) - 1)
        if status == TAKEN:
            self.taken.append(json.loads(body))
        return Response(status_code=status, headers=self.headers)


@asynccontextmanager
async def subscriber(
    answer: Callable[[int], int] = lambda _: TAKEN, **headers: str
) -> AsyncIterator[Subscriber]:
    """The server inside the block."""
    found = Subscriber(answer, {name.replace("_", "-"): value for name, value in headers.items()})
    with WebServer("127.0.0.1", 0) as web:
        found.url = f"{web.address}/events"
        async with web.serving(Starlette(routes=[Route("/events", found.told, methods=["POST"])])):
            yield found
