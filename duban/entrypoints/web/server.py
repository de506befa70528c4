"""The web server: a loopback socket taken before anything else starts, then uvicorn on it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from domain.base import Refusal

STARTED_WITHIN = 10.0  # seconds
GRACE = 3  # seconds for requests under way when the server stops


class PortTaken(Refusal):
    """Port {port} of {host} cannot be listened on: {why}.

    Set DUBAN_WEB_PORT to another port, or to 0 for any free one.
    """


class _Server(uvicorn.Server):
    """Leaves the signals to the engine, which stops every part in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class WebServer:
    """Serves an app on a loopback port; `address` is known from the beginning."""

    def __init__(self, host: str, port: int) -> None:
        try:
            self._socket = socket.create_server((host, port), family=_family(host))
        except OSError as error:
            raise PortTaken(host=host, port=port, why=error.strerror or str(error)) from error
        self._host = host

    @property
    def address(self) -> str:
        port = self._socket.getsockname()[1]
        return f"http://[{self._host}]:{port}" if ":" in self._host else f"http://{self._host}:{port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    @asynccontextmanager
    async def serving(self, app: ASGIApp) -> AsyncIterator[None]:
        """Serve inside the block."""
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=GRACE
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[self._socket]))
        try:
            await self._started(server, task)
            yield
        finally:
            server.should_exit = True
            await task

    async def _started(self, server: uvicorn.Server, task: "asyncio.Task[None]") -> None:
        async with asyncio.timeout(STARTED_WITHIN):
            while not server.started and not task.done():  # noqa: ASYNC110 uvicorn tells it by a flag only
                await asyncio.sleep(0.005)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
