"""Refusals: what is refused or fails becomes a page, or a problem for programs; what lies behind goes to the log."""

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.base import Refusal
from duban.entrypoints.api.problems import (
    AGAIN_IN,
    for_programs,
    invalid_problem,
    problem_of,
    refusal_problem,
)
from duban.entrypoints.status import status_of
from duban.entrypoints.web.guard import SHARED
from duban.entrypoints.web.pages import Pages, words_of
from duban.entrypoints.web.replay import NoSuchStep
from duban.event_log.limits import BadAppend
from duban.event_log.log import LogUnavailable

logger = structlog.get_logger(__name__)

UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection ended in the middle of an answer
    asyncpg.OperatorInterventionError,  # it is being stopped, was killed, or is still starting
    asyncpg.InsufficientResourcesError,
    LogUnavailable,  # what was asked for may have been recorded: nothing is said of that
)
UNFIT = (OverflowError, asyncpg.DataError, BadAppend)  # what no date, number or text of the database can be
NOT_FOUND, INVALID, NOT_NOW, FAILED = 404, 422, 503, 500


def add_refusals(app: FastAPI, pages: Pages) -> None:
    """One handler per kind of what can go wrong."""

    @app.exception_handler(Refusal)
    async def refusal(request: Request, error: Refusal) -> Response:
        if for_programs(request):
            return refusal_problem(request, error)
        status = NOT_FOUND if isinstance(error, NoSuchStep) else status_of(error)
        return _page(request, pages, status, words_of(request).refusal(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        if for_programs(request):
            return invalid_problem(request, error)
        said = words_of(request).text(
            "Something in the request is not as it should be. Go back and correct it."
        )
        return _page(request, pages, INVALID, said)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        words = words_of(request)
        if error.status_code == NOT_FOUND:
            said = words.text("There is no page at this address. The board leads to every case.")
        else:
            said = words.text("This cannot be asked of this address. The board leads to every case.")
        response = _told(request, pages, error.status_code, "not-here", said)
        response.headers.update(error.headers or {})
        return response

    _add_failures(app, pages)


def _add_failures(app: FastAPI, pages: Pages) -> None:
    async def unreachable(request: Request, error: Exception) -> Response:
        await logger.aerror("database unreachable", path=_path(request), error=type(error).__name__)
        said = words_of(request).text("The database does not answer at the moment. Try again shortly.")
        response = _told(request, pages, NOT_NOW, "unreachable", said)
        response.headers["Retry-After"] = AGAIN_IN
        return response

    async def unfit(request: Request, error: Exception) -> Response:
        said = words_of(request).text(
            "Something in the request is not as it should be. Go back and correct it."
        )
        return _told(request, pages, 400, "unfit", said)

    for fault in UNFIT:
        app.add_exception_handler(fault, unfit)
    for kind in UNREACHABLE:
        app.add_exception_handler(kind, unreachable)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        await logger.aerror("request failed", path=_path(request), error=type(error).__name__)
        said = words_of(request).text("This page failed. Nothing was changed; the failure is in the log.")
        return _told(request, pages, FAILED, "failed", said)


def _path(request: Request) -> str:
    """What a log may hold of an address: not the secret of a link."""
    return SHARED if request.url.path.startswith(SHARED) else request.url.path


def _told(request: Request, pages: Pages, status: int, kind: str, said: str) -> Response:
    return problem_of(status, kind, said) if for_programs(request) else _page(request, pages, status, said)


def _page(request: Request, pages: Pages, status: int, said: str) -> HTMLResponse:
    if request.url.path.startswith(SHARED):  # it knows no account, and leads nowhere with its secret
        return pages.render_for_all(request, "refused.html", status, said=said, status=status, bare=True)
    return pages.render(request, "refused.html", status, said=said, status=status)
