"""Identity: who asks, by session or token, and that a form was really sent from one of our pages."""

import re
from secrets import compare_digest
from typing import Final

from fastapi import Request
from starlette.responses import Response

from domain.base import Refusal
from duban.access.viewer import PUBLIC, Viewer
from duban.accounts.gate import Gate
from duban.accounts.model import Account
from duban.accounts.secrets import csrf_of, new_token
from duban.accounts.sessions import LONGEST, NotKnown

SESSION_COOKIE: Final = "duban_session"
VISIT_COOKIE: Final = "duban_visit"  # before signing in; only the token of forms follows from it
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
STRANGE: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class NotSignedIn(Refusal):
    """This needs somebody who is signed in.

    Sign in, or send a token with the request.
    """


class NotFromOurPages(Refusal):
    """This form was not sent from a page that is still open for you.

    Open the page again and send it from there.
    """


class StrangeSigns(Refusal):
    """The address holds signs that no name has.

    Write it without control characters.
    """


class ScopeMissing(Refusal):
    """This token is not for that: it lacks the scope “{scope}”.

    Issue one with the scope, or sign in.
    """


def ensure_scope(viewer: Viewer, scope: str) -> None:
    """Refuses what a token is not for; whoever signed in has no such limit."""
    if viewer.scopes is not None and scope not in viewer.scopes:
        raise ScopeMissing(scope=scope)


async def identify(request: Request) -> None:
    """Before every page and endpoint: sets who asks, and refuses what another site could have sent."""
    asked = (*request.path_params.values(), *request.query_params.values(), *request.query_params.keys())
    if any(STRANGE.search(str(text)) for text in asked):
        raise StrangeSigns
    gate: Gate = request.app.state.gate
    request.state.viewer, request.state.account = PUBLIC, None
    if (given := request.headers.get("authorization")) is not None:
        scheme, _, token = given.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotKnown
        viewer = request.state.viewer = await gate.sessions.of_token(token.strip())
        if request.method not in SAFE:
            ensure_scope(viewer, "act")
        elif not request.url.path.startswith("/api/"):
            ensure_scope(viewer, "read")
        return
    if cookie := request.cookies.get(SESSION_COOKIE):
        account = await gate.sessions.known(cookie)
        if account is not None:
            request.state.viewer, request.state.account = account.viewer(), account
    if request.method not in SAFE:
        await _ensure_from_our_pages(request)


async def _ensure_from_our_pages(request: Request) -> None:
    if request.state.account is None and request.url.path.startswith("/api/"):
        raise NotSignedIn
    sent = request.headers.get(CSRF_HEADER, "")
    if not sent and request.headers.get("content-type", "").startswith(FORMS):
        field = (await request.form()).get(CSRF_FIELD)
        sent = field if isinstance(field, str) else ""
    if not sent or not compare_digest(sent.encode(), csrf_token(request).encode()):
        raise NotFromOurPages


def viewer_of(request: Request) -> Viewer:
    """Who asks; the public, where nobody was identified."""
    viewer: Viewer = getattr(request.state, "viewer", PUBLIC)
    return viewer


def account_of(request: Request) -> Account:
    """The account that is signed in with a session. Refuses everybody else."""
    account: Account | None = getattr(request.state, "account", None)
    if account is None:
        raise NotSignedIn
    return account


def csrf_token(request: Request) -> str:
    """What the forms of this visitor carry."""
    cookie = request.cookies.get(SESSION_COOKIE) or request.cookies.get(VISIT_COOKIE)
    if cookie is None:
        cookie = request.state.visit = getattr(request.state, "visit", None) or new_token()
    return csrf_of(cookie)


def secure(request: Request) -> bool:
    """Whether cookies may go over https only."""
    gate: Gate = request.app.state.gate
    return request.url.scheme == "https" or gate.settings.origin is not None


def set_visit(request: Request, response: Response) -> None:
    """Remember the visit that a form of this page was made for."""
    if (visit := getattr(request.state, "visit", None)) is not None:
        response.set_cookie(VISIT_COOKIE, visit, httponly=True, samesite="lax", secure=secure(request))


def set_session(request: Request, response: Response, token: str) -> None:
    response.set_cookie(
        SESSION_COOKIE, token, max_age=int(LONGEST.total_seconds()), httponly=True, samesite="lax",
        secure=secure(request),
    )  # fmt: skip
    response.delete_cookie(VISIT_COOKIE)
