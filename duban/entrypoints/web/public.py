"""The public site: what was decided public, found by words and filters, one page per case, and open data."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse

from domain.provisions import Outcome
from domain.vocabulary import Kind, Stage
from duban.access.permission import ensure_opens
from duban.access.seeing import seeing
from duban.access.viewer import PUBLIC
from duban.entrypoints.web.case import timeline
from duban.entrypoints.web.pages import Pages, words_of
from duban.entrypoints.web.public_data import data_pages
from duban.entrypoints.web.public_question import HOME, PAGE, PublicQuestion
from duban.entrypoints.web.services import Services
from duban.public_case import open_public
from duban.wording.wording import Wording
from projections import public_search
from projections.projector import reached

CASE: Final = HOME + "/case/{congress}/{term_session}/{number}"
KEPT_FOR: Final = 60  # seconds that a copy may be shown; what is withdrawn is gone everywhere after it
HEADERS: Final = {"Cache-Control": f"public, max-age={KEPT_FOR}", "X-Robots-Tag": "all"}
UNLISTED: Final = {"X-Robots-Tag": "noindex, follow"}  # the many ways to cut a list
ROBOTS: Final = f"""User-agent: *
Allow: {HOME}
Allow: /static/
Disallow: {HOME}/data/
Disallow: /
"""
FACETS: Final = ("session", "subject", "outcome", "year", "unit")
NAMED: Final = ("outcome", "unit", "subject")


def public_pages(pages: Pages, services: Services, now: Callable[[], datetime]) -> APIRouter:
    """The router of these pages; whoever opens them sees them as the public."""
    router = APIRouter(include_in_schema=False)
    ensure_opens(PUBLIC, "public")

    @router.api_route(HOME, methods=["GET", "HEAD"])
    async def home(request: Request) -> HTMLResponse:
        question = PublicQuestion.of(request.query_params)
        view = await read_home(services, question, words_of(request))
        page = pages.render_for_all(request, "public.html", **view)
        page.headers.update(HEADERS | (UNLISTED if question.asked or question.page > 1 else {}))
        return page

    @router.api_route(CASE, methods=["GET", "HEAD"])
    async def case(request: Request, congress: str, term_session: str, number: str) -> HTMLResponse:
        ref = f"{congress}/{term_session}/{number}"
        opened, words = await open_public(services.log, services.commands, ref, now()), words_of(request)
        page = pages.render_for_all(
            request, "public_case.html", case=opened.case, status=words.status_of(opened.file),
            position=opened.file.position, timeline=list(reversed(timeline(opened.file.recorded))),
            now=opened.file.now,
        )  # fmt: skip
        page.headers.update(HEADERS)
        return page

    @router.get("/robots.txt")
    async def robots() -> PlainTextResponse:
        return PlainTextResponse(ROBOTS, headers={"Cache-Control": "public, max-age=3600"})

    router.include_router(data_pages(pages, services))
    return router


async def read_home(services: Services, question: PublicQuestion, words: Wording) -> dict[str, Any]:
    """What the first page shows, read in one snapshot."""
    offset = (question.page - 1) * PAGE
    async with seeing(services.pool, PUBLIC) as connection:
        position = await reached(connection)
        counted, facets = await public_search.figures(connection, question.wanted)
        lines = await public_search.find(connection, question.wanted, limit=PAGE, offset=offset)
    return {
        "question": question,
        "position": position,
        "counts": counted,
        "lines": lines,
        "number": counted["cases"],
        "first": offset + 1,
        "last": min(offset + PAGE, counted["cases"]),
        "facets": {
            name: [_facet(f, question, words) for f in facets if f["facet"] == name] for name in FACETS
        },
        "outcomes": list(Outcome),
        "stages": list(Stage),
        "kinds": list(Kind),
    }


def _facet(found: Mapping[str, Any], question: PublicQuestion, words: Wording) -> tuple[str, str, int]:
    """A value that a list can be cut by: in words, as an address, and how many cases there are."""
    name, value, cases = found["facet"], found["value"], found["cases"]
    if name == "session":
        said = words.text("term {term}", term=found["term"])
        if found["session"] is not None:
            said = f"{said} · {words.text('session {session}', session=found['session'])}"
        address = question.address(congress=value, term=found["term"], session=found["session"])
        return f"{words.congress(value)} {said}", address, cases
    said = getattr(words, name)(value) if name in NAMED else value
    return said, question.address(**{name: value}), cases
