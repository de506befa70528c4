"""Saved views of the board: kept under a name, opened, renamed, removed; each goes back to where one was."""

from typing import Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from duban.access.viewer import PUBLIC
from duban.entrypoints.web.board import Question
from duban.entrypoints.web.identity import NotSignedIn, viewer_of
from duban.entrypoints.web.services import Services
from duban.entrypoints.web.sign_in import local
from duban.saved_views import SavedViews

SEE_OTHER: Final = 303


def view_pages(services: Services) -> APIRouter:
    """The router of what is done to saved views; the board shows them."""
    router, views = APIRouter(include_in_schema=False), SavedViews(services.pool)

    @router.post("/views")
    async def save(request: Request) -> Response:
        form = await _form(request)
        question = Question.of(dict(parse_qsl(form.get("where", ""))))  # one that cannot be asked is not kept
        await views.save(_account(request), form.get("name", ""), question.query, shared="shared" in form)
        return RedirectResponse(question.address(), SEE_OTHER)

    @router.post("/views/rename")
    async def rename(request: Request) -> Response:
        form = await _form(request)
        await views.rename(_account(request), form.get("view", ""), form.get("name", ""))
        return RedirectResponse(local(form.get("next", "/")), SEE_OTHER)

    @router.post("/views/remove")
    async def remove(request: Request) -> Response:
        form = await _form(request)
        await views.remove(_account(request), form.get("view", ""))
        return RedirectResponse(local(form.get("next", "/")), SEE_OTHER)

    return router


def _account(request: Request) -> str:
    viewer = viewer_of(request)
    if viewer is PUBLIC:
        raise NotSignedIn
    return viewer.name


async def _form(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}
