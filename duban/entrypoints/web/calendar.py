"""The calendar of a unit's deadlines, at an address to subscribe to: it carries a token of its owner."""

from hashlib import sha256
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from duban.access.permission import ensure_opens
from duban.access.seeing import seeing
from duban.access.viewer import UNIT_STAFF, Viewer
from duban.accounts.gate import Gate
from duban.entrypoints.web.identity import NotSignedIn, account_of, ensure_scope, viewer_of
from duban.entrypoints.web.pages import Pages, url, words_of
from duban.entrypoints.web.services import Services
from duban.entrypoints.web.sign_in import Text, account_page
from duban.feeds.deadlines import CONTENT_TYPE, unit_calendar
from projections.clocks import owed_by

SCOPE: Final = "calendar"
DAYS: Final = 366  # for which an address holds; then its owner makes another
UNCHANGED: Final = 304


def calendar_pages(pages: Pages, services: Services) -> APIRouter:
    """The router of the calendar, and of the form that makes its address."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/calendar/{unit}.ics", methods=["GET", "HEAD"])
    async def calendar(request: Request, unit: str, key: str = "") -> Response:
        viewer = await _viewer(request, key)
        ensure_opens(viewer, "units")
        async with seeing(services.pool, viewer) as connection:
            streams = await owed_by(connection, unit, viewer.congress)
        gate: Gate = request.app.state.gate
        made, _ = await unit_calendar(services.log, streams, unit, words_of(request), gate.settings.origin)
        tag = f'"{sha256(made).hexdigest()[:32]}"'
        headers = {
            "ETag": tag,
            "Cache-Control": "private, no-cache",
            "Vary": "Accept-Language, Cookie, Authorization",
        }
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=UNCHANGED, headers=headers)
        name = quote(f"{unit}.ics")
        headers["Content-Disposition"] = f"inline; filename*=UTF-8''{name}"
        return Response(made, media_type=CONTENT_TYPE, headers=headers)

    @router.post("/account/calendar")
    async def address(request: Request, unit: Text = "") -> Response:
        account, gate = account_of(request), request.app.state.gate
        viewer, lang = viewer_of(request), words_of(request).lang
        ensure_opens(viewer, "units")
        wanted = _unit_of(viewer, unit)
        title = words_of(request).text("calendar of {unit}", unit=wanted)
        key = await gate.accounts.issue_token(account.name, title, frozenset({SCOPE}), DAYS, account.name)
        origin = gate.settings.origin or f"{request.url.scheme}://{request.url.netloc}"
        made = url(f"{origin}/calendar/{quote(wanted, safe='')}.ics", {"key": key, "lang": lang})
        return await account_page(request, pages, calendar=made)

    return router


async def _viewer(request: Request, key: str) -> Viewer:
    """Whoever made the address, as they stand today; or whoever asks, where no key is given."""
    if key:
        gate: Gate = request.app.state.gate
        viewer = await gate.sessions.of_token(key)
        ensure_scope(viewer, SCOPE)
        return viewer
    viewer = viewer_of(request)
    if viewer.only_public:
        raise NotSignedIn
    return viewer


def _unit_of(viewer: Viewer, asked: str) -> str:
    """The unit that the address is for: staff of a unit get their own."""
    own = viewer.unit if viewer.roles & UNIT_STAFF else None
    return " ".join((own or asked).split())[:200] or "-"
