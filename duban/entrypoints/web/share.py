"""Sharing a replay: links are made, listed and revoked by whoever may; whoever holds one reads the replay."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from duban.access.permission import ensure_opens
from duban.access.viewer import PUBLIC, Viewer
from duban.accounts.gate import Gate
from duban.entrypoints.web.guard import SHARED
from duban.entrypoints.web.identity import NotSignedIn, viewer_of
from duban.entrypoints.web.pages import Pages, words_of
from duban.entrypoints.web.replay import current_step, replay_view
from duban.entrypoints.web.standpoint import Look
from duban.shares import LONGEST, VIEW, Shared, Shares

CASE: Final = "/case/{congress}/{term_session}/{number}"
SEE_OTHER: Final = 303
FRAGMENT: Final = "Duban-Fragment"


def share_pages(pages: Pages, now: Callable[[], datetime]) -> APIRouter:
    """The router of these pages."""
    router = APIRouter(include_in_schema=False)
    _add_keeping(router, pages, now)

    @router.api_route(SHARED + "{token}", methods=["GET", "HEAD"])
    async def shared(request: Request, token: str) -> HTMLResponse:
        opened = await shares_of(request).open(token)
        current = current_step(opened.seen.file, request.query_params)
        look = replace(Look.of(request.query_params), by=None, base=SHARED + token)
        view = replay_view(opened.seen, current, look, words_of(request)) | {"seats": ()}
        template = "_moment.html" if FRAGMENT in request.headers else "replay.html"
        return pages.render_for_all(
            request, template, **view, seat=opened.seat, expires_at=opened.expires_at, bare=True, menu=()
        )

    return router


def _add_keeping(router: APIRouter, pages: Pages, now: Callable[[], datetime]) -> None:
    @router.post(CASE + "/replay/shares")
    async def share(
        request: Request, congress: str, term_session: str, number: str,
        days: Annotated[int, Form(ge=1, le=LONGEST)] = 7, seat: Annotated[str, Form(max_length=40)] = "",
    ) -> HTMLResponse:  # fmt: skip
        viewer, shares = sharer(request), shares_of(request)
        made = await shares.share(viewer, f"{congress}/{term_session}/{number}", days, seat or None)
        return await page(request, viewer, made)

    @router.api_route("/shares", methods=["GET", "HEAD"])
    async def listed(request: Request) -> HTMLResponse:
        return await page(request, sharer(request))

    @router.post("/shares/{share_id}/revoke")
    async def revoke(request: Request, share_id: str) -> Response:
        await shares_of(request).revoke(sharer(request), share_id)
        return RedirectResponse("/shares", SEE_OTHER)

    async def page(request: Request, viewer: Viewer, made: Shared | None = None) -> HTMLResponse:
        gate: Gate = request.app.state.gate
        origin = gate.settings.origin or f"{request.url.scheme}://{request.url.netloc}"
        shares = await shares_of(request).of(viewer)
        answer = pages.render(request, "shares.html", shares=shares, made=made, origin=origin, now=now())
        if made is not None:
            answer.headers["Cache-Control"] = "no-store"
        return answer


def sharer(request: Request) -> Viewer:
    """Somebody who may make links; a stranger is asked to sign in."""
    viewer = viewer_of(request)
    if viewer is PUBLIC:
        raise NotSignedIn
    ensure_opens(viewer, VIEW)
    return viewer


def shares_of(request: Request) -> Shares:
    """The links of this installation."""
    services, gate = request.app.state.services, request.app.state.gate
    return Shares(
        services.pool, services.log, services.commands, request.app.state.now, demo=gate.settings.demo
    )
