"""The page of one's notices: unread ones first, each with its case; and how many there are, for the menu."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from duban.access.permission import ensure_opens, opens
from duban.access.viewer import PUBLIC, Viewer
from duban.entrypoints.web.identity import NotSignedIn, viewer_of
from duban.entrypoints.web.pages import Pages, words_of
from duban.entrypoints.web.services import Services
from duban.notices.personal import PersonalNotices

HERE: Final = "/notices"
SEE_OTHER: Final = 303
LAST: Final = 2**62
NOT_PAGES: Final = ("/api/", "/static/", "/calendar/", "/healthz", "/readyz")

Position = Annotated[int | None, Query(ge=1, lt=LAST)]


def notice_pages(pages: Pages, services: Services, now: Callable[[], datetime]) -> APIRouter:
    """The router of the page."""
    router = APIRouter(include_in_schema=False)

    def mine(request: Request) -> PersonalNotices:
        return PersonalNotices(services.pool, services.log, _reader(request))

    @router.api_route(HERE, methods=["GET", "HEAD"])
    async def notices(request: Request, before: Position = None) -> HTMLResponse:
        own, words = mine(request), words_of(request)
        unread, more = await own.find(words, now(), unread=True)
        found, older = await own.find(words, now(), unread=False, before=before)
        request.state.unread = await own.unread()
        return pages.render(
            request, "notices.html", unread=unread, more=more is not None, before=before, older=older,
            read=[one for one in found if not one.unread], up_to=max((one.position for one in unread), default=0),
        )  # fmt: skip

    @router.post(HERE + "/read")
    async def read(
        request: Request,
        notice: Annotated[UUID | None, Form()] = None,
        up_to: Annotated[int | None, Form(ge=1, lt=LAST)] = None,
    ) -> Response:
        own = mine(request)
        if notice is not None:
            await own.read(notice)
        if up_to is not None:
            await own.read_all(up_to)
        return RedirectResponse(HERE, SEE_OTHER)

    return router


async def count_unread(request: Request) -> None:
    """Before every page of somebody who is signed in: how many notices the menu says are unread."""
    if getattr(request.state, "account", None) is None or request.url.path.startswith(NOT_PAGES):
        return
    viewer, services = viewer_of(request), request.app.state.services
    if opens(viewer, "notices"):
        request.state.unread = await PersonalNotices(services.pool, services.log, viewer).unread()


def _reader(request: Request) -> Viewer:
    viewer = viewer_of(request)
    if viewer is PUBLIC:
        raise NotSignedIn
    ensure_opens(viewer, "notices")
    return viewer
