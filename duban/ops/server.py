"""The small server of a role: whether it lives, whether it is ready, and its metrics."""

from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from duban.ops.figures import Figures
from duban.ops.metrics import exposition

Read = Callable[[], Awaitable[Figures]]
Ready = Callable[[], Awaitable[list[str]]]


def ops_app(role: str, read: Read, missing: Ready) -> Starlette:
    """`/healthz` answers while the process does; `/readyz` names what is missing; `/metrics` is for Prometheus."""

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "alive", "role": role})

    async def readyz(_: Request) -> Response:
        lacking = await missing()
        if lacking:
            return JSONResponse({"status": "not ready", "role": role, "missing": lacking}, 503)
        return JSONResponse({"status": "ready", "role": role})

    async def metrics(_: Request) -> Response:
        try:
            found: Figures | None = await read()
        except Exception:  # the process's own figures are worth having while the database is away
            found = None
        return Response(exposition(found), media_type=CONTENT_TYPE_LATEST)

    routes = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
    return Starlette(routes=[Route(path, answer) for path, answer in routes.items()])
