"""The web: pages and API over what is recorded, each request as somebody who is known or as the public."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from duban.access.permission import opens
from duban.access.seen_case import SeenCase, open_seen
from duban.access.viewer import PUBLIC
from duban.accounts.gate import Gate, GateSettings
from duban.bulk import MOST, acts_in_bulk
from duban.casefile import AsOf, read_as_of
from duban.entrypoints.api.app import add_api
from duban.entrypoints.web.acting import acting_pages, acts_for, grouped
from duban.entrypoints.web.audit import audit_pages
from duban.entrypoints.web.board import Question, read_board
from duban.entrypoints.web.bulk import bulk_pages
from duban.entrypoints.web.calendar import calendar_pages
from duban.entrypoints.web.case import case_view
from duban.entrypoints.web.choices import Choices
from duban.entrypoints.web.conference import conference_pages
from duban.entrypoints.web.forms import forms_of
from duban.entrypoints.web.guard import Guard
from duban.entrypoints.web.guide import guide_pages, guide_view, path_of
from duban.entrypoints.web.identity import identify, viewer_of
from duban.entrypoints.web.limits import Limits
from duban.entrypoints.web.notices import count_unread, notice_pages
from duban.entrypoints.web.overviews import overview_pages
from duban.entrypoints.web.pages import Pages, words_of
from duban.entrypoints.web.printed import printed_replay
from duban.entrypoints.web.public import public_pages
from duban.entrypoints.web.refusals import UNREACHABLE, add_refusals
from duban.entrypoints.web.replay import current_step, replay_view
from duban.entrypoints.web.services import Services
from duban.entrypoints.web.share import share_pages
from duban.entrypoints.web.sign_in import sign_in_pages
from duban.entrypoints.web.standpoint import Look
from duban.entrypoints.web.views import view_pages
from duban.saved_views import SavedViews
from duban.shares import VIEW
from projections.projector import reached

FRAGMENT = "Duban-Fragment"  # the header by which the replay's script asks for the step alone
CASE = "/case/{congress}/{term_session}/{number}"


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    services: Services,
    now: Callable[[], datetime] = utc_now,
    settings: GateSettings | None = None,
    font: Path | None = None,
) -> FastAPI:
    """The application over what it reads from, the clock it reads by, who is let in, and what it prints with."""
    settings = settings or GateSettings()
    app = FastAPI(
        title="Duban",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(identify), Depends(count_unread)],
    )
    app.state.services, app.state.now, app.state.font = services, now, font
    app.state.gate = Gate.over(services.pool, services.log, now, settings)
    pages = Pages(path_of)
    app.add_middleware(Limits, rate=settings.rate, now=lambda: utc_now().timestamp())
    app.add_middleware(Guard, origin=settings.origin)
    static = str(files("duban.entrypoints.web").joinpath("static"))
    app.mount("/static", StaticFiles(directory=static), name="static")
    _add_pages(app, pages, services, now, font)
    app.include_router(sign_in_pages(pages))
    app.include_router(calendar_pages(pages, services))
    app.include_router(notice_pages(pages, services, now))
    app.include_router(overview_pages(pages, services, now, font))
    app.include_router(acting_pages(pages, services, now))
    app.include_router(guide_pages(pages))
    app.include_router(audit_pages(pages, services, now))
    app.include_router(bulk_pages(pages, services, now))
    app.include_router(view_pages(services))
    app.include_router(conference_pages(pages, services))
    app.include_router(public_pages(pages, services, now))
    app.include_router(share_pages(pages, now))
    _add_health(app, services)
    add_api(app)
    add_refusals(app, pages)
    return app


def _add_pages(
    app: FastAPI, pages: Pages, services: Services, now: Callable[[], datetime], font: Path | None
) -> None:
    choices = Choices()

    async def opened(request: Request, ref: str, as_of: AsOf) -> SeenCase:
        viewer, way = viewer_of(request), request.url.path
        return await open_seen(services.log, services.commands, viewer, ref, as_of, way, now())

    @app.api_route("/", methods=["GET", "HEAD"])
    async def board(request: Request) -> HTMLResponse:
        question, viewer = Question.of(request.query_params), viewer_of(request)
        read = await read_board(services, question, now(), viewer, choices)
        views = [] if viewer is PUBLIC else await SavedViews(services.pool).of(viewer.name)
        acts = [] if question.as_of else acts_in_bulk(viewer)  # nothing is done to what is past
        guide = guide_view(request) if viewer is PUBLIC and not question.filtered else {"guide": ()}
        return pages.render(request, "board.html", **read, **guide, views=views, acts=acts, most=MOST)

    @app.api_route(CASE, methods=["GET", "HEAD"])
    async def case(request: Request, congress: str, term_session: str, number: str) -> HTMLResponse:
        asked = request.query_params.get("as_of", "").strip()
        as_of = await read_as_of(services.log, asked, now())
        seen = await opened(request, f"{congress}/{term_session}/{number}", as_of)
        words, viewer, case = words_of(request), viewer_of(request), seen.file.case
        acts = [] if asked else acts_for(case, seen.case, viewer)  # nothing is done to what is past
        forms = grouped(forms_of(acts, case, viewer, words))
        view = case_view(seen.file, words)
        return pages.render(
            request, "case.html", **view, position=seen.file.position, as_of=asked, forms=forms, refused=None
        )

    @app.api_route(CASE + "/replay", methods=["GET", "HEAD"])
    async def replay(request: Request, congress: str, term_session: str, number: str) -> HTMLResponse:
        seen = await opened(request, f"{congress}/{term_session}/{number}", AsOf(None, now()))
        current = current_step(seen.file, request.query_params)
        view = replay_view(seen, current, Look.of(request.query_params), words_of(request))
        template = "_moment.html" if FRAGMENT in request.headers else "replay.html"
        may_share = opens(viewer_of(request), VIEW) and seen.sight.whole and not seen.case.confidential
        return pages.render(request, template, **view, may_share=may_share)

    @app.api_route(CASE + "/replay.pdf", methods=["GET", "HEAD"])
    async def replay_pdf(request: Request, congress: str, term_session: str, number: str) -> Response:
        seen = await opened(request, f"{congress}/{term_session}/{number}", AsOf(None, now()))
        name = quote(f"{seen.file.case.ref.replace('/', '-')}.pdf")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        printed = await asyncio.to_thread(printed_replay, seen.file, words_of(request), now(), font)
        return Response(printed, media_type="application/pdf", headers=headers)


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
