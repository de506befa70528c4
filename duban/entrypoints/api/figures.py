"""Figures: the tables of the annual report, as data and as files to take away."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from duban.entrypoints.api.asking import AsOf, asker, reading_as
from duban.entrypoints.api.cases import Word
from duban.entrypoints.api.shapes import REFUSED, Report
from duban.entrypoints.web.overviews import downloaded
from duban.entrypoints.web.pages import words_of
from duban.exporting.report import annual_report
from duban.exporting.report_files import MEDIA, ReportFormat
from projections import statistics
from projections.filters import LARGEST

router = APIRouter(tags=["records"], responses=REFUSED)
Counted = Annotated[int | None, Query(ge=1, le=LARGEST)]
BINARY: Final = {"schema": {"type": "string", "format": "binary"}}


@router.get("/statistics", response_model=Report, summary="The figures of the annual report")
async def figures(
    request: Request, congress: Word = None, term: Counted = None, session: Counted = None, year: Counted = None,
    as_of: AsOf = None,
) -> dict[str, Any]:  # fmt: skip
    viewer = asker(request, "statistics")
    async with reading_as(request, viewer, as_of) as reading:
        scope = statistics.Scope(congress, term, session, year)
        found = await statistics.report(reading.connection, scope, now=reading.now, as_of=reading.as_of)
        return {**found, **reading.data()}


@router.get("/statistics/report", summary="Its tables as a workbook or on paper",
            response_class=Response, responses={200: {"content": dict.fromkeys(MEDIA.values(), BINARY)}})  # fmt: skip
async def report(
    request: Request, format: ReportFormat, congress: Word = None, term: Counted = None, session: Counted = None,
    year: Counted = None, as_of: AsOf = None,
) -> Response:  # fmt: skip
    viewer, words = asker(request, "statistics"), words_of(request)
    scope = statistics.Scope(congress, term, session, year)
    async with reading_as(request, viewer, as_of) as reading:
        moment: dict[str, Any] = {"now": reading.now, "as_of": reading.as_of, "position": reading.position}
        made = await annual_report(reading.connection, scope, words, **moment)
    return await downloaded(made, format, words, request.app.state.font)
