"""The HTTP API under /api/v1: its routers, and its description."""

from functools import cache
from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from duban.entrypoints.api import (
    audit,
    bulk,
    cases,
    conferences,
    congresses,
    figures,
    live,
    notices,
    public,
    records,
    shares,
    system,
)
from duban.entrypoints.api.acts import act_endpoints
from duban.entrypoints.api.shapes import Problem
from duban.entrypoints.web.identity import identify

PREFIX: Final = "/api/v1"
TITLE, VERSION = "Duban", "1"
ABOUT: Final = """
Deputies' suggestions from submission to follow-up. Reads take `as_of`: a position of the log, a day or a time.
Acts take `If-Match` with the ETag that was read, and `Idempotency-Key`. Refusals are problem documents in the
language of `Accept-Language`. docs/reference/api.md says more.
"""


def add_api(app: FastAPI) -> None:
    """Mount the API on the web's application."""
    app.router.routes.extend(api_router().routes)


@cache
def api_router() -> APIRouter:
    """Every endpoint, made once in a process: there are more than a hundred."""
    api = APIRouter(prefix=PREFIX, dependencies=[Depends(identify)])
    for router in (
        cases.router,
        public.router,
        congresses.router,
        records.router,
        figures.router,
        audit.router,
        conferences.router,
        system.router,
        live.router,
        bulk.router,
        notices.router,
        shares.router,
        act_endpoints(),
    ):
        api.include_router(router)

    @api.get("/openapi.json", include_in_schema=False)
    async def openapi() -> JSONResponse:
        return JSONResponse(description())

    return api


@cache
def description() -> dict[str, Any]:
    """The OpenAPI document; whoever asks proves who they are by a token or by a session."""
    document = get_openapi(title=TITLE, version=VERSION, description=ABOUT, routes=api_router().routes)
    document["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "duban_session"},
    }
    document["security"] = [{"token": []}, {"session": []}, {}]
    document["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    return document
