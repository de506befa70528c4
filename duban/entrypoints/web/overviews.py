"""Overviews: what is to do, units, promises, topics, deputies, the report's figures, and the engine itself."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from duban.access.permission import ensure_opens, opens
from duban.access.seeing import seeing
from duban.entrypoints.web.asked import Asked, Make
from duban.entrypoints.web.identity import NotSignedIn, viewer_of
from duban.entrypoints.web.overview_figures import operations, unit, units
from duban.entrypoints.web.overview_report import report, report_of
from duban.entrypoints.web.overview_work import deputy, promises, to_do, topics
from duban.entrypoints.web.pages import Pages, words_of
from duban.entrypoints.web.pictures import PICTURES, picture
from duban.entrypoints.web.services import Services
from duban.exporting.report import AnnualReport
from duban.exporting.report_files import MEDIA, ReportFormat, report_file
from duban.reading import moment_of
from duban.wording.wording import Wording
from projections.projector import reached

PLANNED_ONCE = frozenset({"/commitments", "/deputy", "/unit"})  # as of any moment of the past


def overview_pages(
    pages: Pages, services: Services, now: Callable[[], datetime], font: Path | None
) -> APIRouter:
    """The router of these pages."""
    router = APIRouter(include_in_schema=False)

    @asynccontextmanager
    async def asking(request: Request, view: str) -> AsyncIterator[Asked]:
        viewer = viewer_of(request)
        if not opens(viewer, view) and viewer.only_public:
            raise NotSignedIn
        ensure_opens(viewer, view)
        text = request.query_params.get("as_of", "").strip()
        moment = await moment_of(services.log, text, now())
        plan_once = moment.position is not None and request.url.path in PLANNED_ONCE
        async with seeing(services.pool, viewer, plan_once=plan_once) as connection:
            position = moment.position or await reached(connection)
            query = dict(request.query_params)
            yield Asked(
                viewer, words_of(request), connection, moment.now, moment.position, position, text, query
            )

    def add(path: str, view: str, make: Make) -> None:
        @router.api_route(path, methods=["GET", "HEAD"])
        async def page(request: Request) -> HTMLResponse:
            async with asking(request, view) as asked:
                made = await make(asked)
            kept = [(n, v) for n, v in request.query_params.items() if n not in ("as_of", "lang")]
            moments = view != "operations"  # what runs is shown as it runs
            return pages.render(
                request, "overview.html", page=made, kept=kept, kept_now=dict(kept), moments=moments
            )

    for path, view, make in (
        ("/todo", "inbox", to_do),
        ("/commitments", "commitments", promises),
        ("/units", "units", units),
        ("/unit", "units", unit),
        ("/topics", "topics", topics),
        ("/deputy", "deputies", deputy),
        ("/statistics", "statistics", report),
        ("/operations", "operations", operations),
    ):
        add(path, view, make)

    @router.api_route("/pictures/{name}.svg", methods=["GET", "HEAD"])
    async def drawing(request: Request, name: str) -> Response:
        if name not in PICTURES:
            raise HTTPException(404)
        async with asking(request, PICTURES[name].view) as asked:
            return _svg(await picture(name, asked))

    @router.api_route("/statistics.{kind}", methods=["GET", "HEAD"])
    async def file(request: Request, kind: str) -> Response:
        if kind not in set(ReportFormat):
            raise HTTPException(404)
        async with asking(request, "statistics") as asked:
            made = await report_of(asked)
        return await downloaded(made, ReportFormat(kind), asked.words, font)

    return router


def _svg(drawn: str | None) -> Response:
    if drawn is None:
        raise HTTPException(404)
    return Response(drawn, media_type="image/svg+xml")


async def downloaded(report: AnnualReport, kind: ReportFormat, words: Wording, font: Path | None) -> Response:
    """The report as a file to keep; it is written beside the event loop, for it takes a second."""
    content = await asyncio.to_thread(report_file, report, kind, words, font)
    headers = {"Content-Disposition": f'attachment; filename="statistics.{kind.value}"'}
    return Response(content, media_type=MEDIA[kind], headers=headers)
