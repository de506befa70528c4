"""The web: the board, the case page and the replay, served to this machine alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from domain.base import Refusal
from domain.references import MalformedReference, NoSuchCase
from duban.casefile import AsOf, NotYetRecorded, open_case, read_as_of
from duban.entrypoints.web.board import Question, read_board
from duban.entrypoints.web.case import case_view
from duban.entrypoints.web.guard import Guard
from duban.entrypoints.web.pages import Pages, words_of
from duban.entrypoints.web.replay import NoSuchStep, current_step, replay_view
from duban.entrypoints.web.services import Services
from projections.projector import reached

logger = structlog.get_logger(__name__)

NOT_FOUND = (NoSuchCase, MalformedReference, NotYetRecorded, NoSuchStep)
FRAGMENT = "Duban-Fragment"  # the header by which the replay's script asks for the step alone
CASE = "/case/{congress}/{term_session}/{number}"
UNREACHABLE = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError)


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(services: Services, now: Callable[[], datetime] = utc_now) -> FastAPI:
    """The application over what it reads from, and the clock it reads by."""
    app = FastAPI(title="Duban", docs_url=None, redoc_url=None, openapi_url=None)
    pages = Pages()
    app.add_middleware(Guard)
    static = str(files("duban.entrypoints.web").joinpath("static"))
    app.mount("/static", StaticFiles(directory=static), name="static")
    _add_pages(app, pages, services, now)
    _add_health(app, services)
    _add_refusals(app, pages)
    return app


def _add_pages(app: FastAPI, pages: Pages, services: Services, now: Callable[[], datetime]) -> None:
    @app.api_route("/", methods=["GET", "HEAD"])
    async def board(request: Request) -> HTMLResponse:
        return pages.render(request, "board.html", **await read_board(services, Question.of(request), now()))

    @app.api_route(CASE, methods=["GET", "HEAD"])
    async def case(request: Request, congress: str, term_session: str, number: str) -> HTMLResponse:
        asked = request.query_params.get("as_of", "").strip()
        as_of = await read_as_of(services.log, asked, now())
        ref = f"{congress}/{term_session}/{number}"
        file = await open_case(services.log, services.commands, ref, as_of)
        view = case_view(file, words_of(request))
        return pages.render(request, "case.html", **view, position=file.position, as_of=asked)

    @app.api_route(CASE + "/replay", methods=["GET", "HEAD"])
    async def replay(request: Request, congress: str, term_session: str, number: str) -> HTMLResponse:
        ref = f"{congress}/{term_session}/{number}"
        file = await open_case(services.log, services.commands, ref, AsOf(position=None, now=now()))
        view = replay_view(file, current_step(file, request.query_params), words_of(request))
        template = "_moment.html" if FRAGMENT in request.headers else "replay.html"
        return pages.render(request, template, **view)


def _add_health(app: FastAPI, services: Services) -> None:
    @app.get("/healthz")
    async def alive() -> JSONResponse:
        return JSONResponse({"status": "alive"})

    @app.get("/readyz")
    async def ready() -> JSONResponse:
        """Whether the log can be read, and how far the projections are behind it."""
        try:
            head = await services.log.head()
            async with services.pool.acquire() as connection:
                return JSONResponse({"status": "ready", "head": head, "reached": await reached(connection)})
        except UNREACHABLE:
            return JSONResponse({"status": "database unreachable"}, 503)


def _add_refusals(app: FastAPI, pages: Pages) -> None:
    """What is refused or fails becomes a page with one sentence; what lies behind it goes to the log."""

    def refused(request: Request, status: int, said: str) -> HTMLResponse:
        return pages.render(request, "refused.html", status, said=said, status=status)

    @app.exception_handler(Refusal)
    async def refusal(request: Request, error: Refusal) -> HTMLResponse:
        return refused(
            request, 404 if isinstance(error, NOT_FOUND) else 400, words_of(request).refusal(error)
        )

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> HTMLResponse:
        words = words_of(request)
        said = (
            words.text("There is no page at this address. The board leads to every case.")
            if error.status_code == 404
            else words.text("This cannot be asked of this address. The board leads to every case.")
        )
        return refused(request, error.status_code, said)

    async def unreachable(request: Request, error: Exception) -> HTMLResponse:
        await logger.aerror("database unreachable", path=request.url.path, error=type(error).__name__)
        said = words_of(request).text("The database does not answer at the moment. Try again shortly.")
        return refused(request, 503, said)

    for kind in UNREACHABLE:
        app.add_exception_handler(kind, unreachable)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> HTMLResponse:
        await logger.aerror("page failed", path=request.url.path, error=type(error).__name__)
        said = words_of(request).text("This page failed. Nothing was changed; the failure is in the log.")
        return refused(request, 500, said)
