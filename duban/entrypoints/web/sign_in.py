"""Signing in and out, and the pages of one's own account: password, second factor, tokens."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from domain.base import Refusal
from duban.access.permission import opens
from duban.accounts.gate import Gate
from duban.accounts.model import SCOPES
from duban.accounts.secrets import password_holds, seed_address
from duban.accounts.sessions import SignInRefused
from duban.entrypoints.web.demo_accounts import DEMO_PASSWORD
from duban.entrypoints.web.identity import (
    SESSION_COOKIE,
    account_of,
    set_session,
    viewer_of,
)
from duban.entrypoints.web.pages import Pages, words_of

SEE_OTHER: Final = 303
UNAUTHORIZED, REFUSED = 401, 400
CALLBACK: Final = "/sign-in/oidc/callback"
LONGEST_FIELD: Final = 500  # characters
Text = Annotated[str, Form(max_length=LONGEST_FIELD)]

_PASSWORD = "select password_hash from account where name = $1"


def sign_in_pages(pages: Pages) -> APIRouter:
    """The router of these pages."""
    router = APIRouter(include_in_schema=False)
    _add_sign_in(router, pages)
    _add_provider(router)
    _add_account(router, pages)
    _add_tokens(router, pages)
    return router


def _add_sign_in(router: APIRouter, pages: Pages) -> None:
    @router.get("/sign-in")
    async def sign_in_page(request: Request, next: str = "/") -> HTMLResponse:
        return await _page(request, pages, next)

    @router.post("/sign-in")
    async def sign_in(
        request: Request, name: Text = "", password: Text = "", code: Text = "", next: Text = "/"
    ) -> Response:
        try:
            signed_in = await _gate(request).sessions.sign_in(name.strip(), password, code)
        except Refusal as refusal:
            return await _page(request, pages, next, said=words_of(request).refusal(refusal), name=name)
        response = RedirectResponse(local(next), SEE_OTHER)
        set_session(request, response, signed_in.token)
        return response

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        if token := request.cookies.get(SESSION_COOKIE):
            await _gate(request).sessions.sign_out(token)
        response = RedirectResponse("/", SEE_OTHER)
        response.delete_cookie(SESSION_COOKIE)
        return response


async def _page(
    request: Request, pages: Pages, then: str, said: str | None = None, name: str = ""
) -> HTMLResponse:
    gate = _gate(request)
    demo = [a for a in await gate.accounts.all() if a.demo] if gate.settings.demo else []
    status = UNAUTHORIZED if said else 200
    return pages.render(
        request, "sign_in.html", status, said=said, name=name, then=local(then), provider=gate.provider is not None,
        demo=demo, demo_password=DEMO_PASSWORD,
    )  # fmt: skip


def _add_provider(router: APIRouter) -> None:
    @router.get("/sign-in/oidc")
    async def begin(request: Request, next: str = "/") -> Response:
        provider = _gate(request).provider
        if provider is None:
            return RedirectResponse("/sign-in", SEE_OTHER)
        begun = await provider.begin(_back(request), local(next))
        response = RedirectResponse(begun.address, SEE_OTHER)
        response.set_cookie("duban_state", begun.state, max_age=600, httponly=True, samesite="lax")
        return response

    @router.get(CALLBACK)
    async def finish(request: Request, state: str = "", code: str = "") -> Response:
        gate = _gate(request)
        if gate.provider is None or not state or state != request.cookies.get("duban_state"):
            raise SignInRefused
        account, then = await gate.provider.finish(_back(request), state, code)
        response = RedirectResponse(local(then), SEE_OTHER)
        set_session(request, response, (await gate.sessions.open(account)).token)
        response.delete_cookie("duban_state")
        return response


def _add_account(router: APIRouter, pages: Pages) -> None:
    @router.get("/account")
    async def own_account(request: Request) -> HTMLResponse:
        return await account_page(request, pages)

    @router.post("/account/password")
    async def password(request: Request, old: Text = "", new: Text = "") -> Response:
        account, gate = account_of(request), _gate(request)
        kept = await request.app.state.services.pool.fetchval(_PASSWORD, account.name)
        if not password_holds(kept, old):
            return await account_page(request, pages, said=words_of(request).refusal(SignInRefused()))
        try:
            await gate.accounts.set_password(account.name, new, account.name)
        except Refusal as refusal:
            return await account_page(request, pages, said=words_of(request).refusal(refusal))
        response = RedirectResponse("/account", SEE_OTHER)
        set_session(request, response, (await gate.sessions.open(account)).token)
        return response

    @router.post("/account/second-factor")
    async def begin_second_factor(request: Request) -> HTMLResponse:
        account = account_of(request)
        seed = await _gate(request).accounts.begin_second_factor(account.name)
        return await account_page(request, pages, seed=seed)

    @router.post("/account/second-factor/confirm")
    async def confirm_second_factor(request: Request, code: Text = "") -> Response:
        account = account_of(request)
        try:
            await _gate(request).accounts.confirm_second_factor(account.name, code, account.name)
        except Refusal as refusal:
            return await account_page(request, pages, said=words_of(request).refusal(refusal))
        return RedirectResponse("/account", SEE_OTHER)


def _add_tokens(router: APIRouter, pages: Pages) -> None:
    @router.post("/account/tokens")
    async def issue(
        request: Request, title: Text = "", days: Annotated[int, Form(ge=1, le=366)] = 30
    ) -> HTMLResponse:
        account = account_of(request)
        scopes = frozenset(str(one) for one in (await request.form()).getlist("scope"))
        try:
            token = await _gate(request).accounts.issue_token(account.name, title, scopes, days, account.name)
        except Refusal as refusal:
            return await account_page(request, pages, said=words_of(request).refusal(refusal))
        return await account_page(request, pages, token=token)

    @router.post("/account/tokens/{token_id}/revoke")
    async def revoke(request: Request, token_id: str) -> Response:
        account = account_of(request)
        await _gate(request).accounts.revoke_token(account.name, token_id, account.name)
        return RedirectResponse("/account", SEE_OTHER)


async def account_page(
    request: Request,
    pages: Pages,
    *,
    said: str | None = None,
    seed: str | None = None,
    token: str | None = None,
    calendar: str | None = None,
) -> HTMLResponse:
    """The page of one's own account; a secret that was just made is shown this once."""
    account = account_of(request)
    return pages.render(
        request, "account.html", REFUSED if said else 200, account=account, said=said, seed=seed,
        drawn=_drawn(seed_address(seed, account.name)) if seed else None, token=token, scopes=SCOPES,
        calendar=calendar, calendars=opens(viewer_of(request), "units"),
        tokens=await _gate(request).accounts.tokens(account.name), roles=sorted(viewer_of(request).roles),
    )  # fmt: skip


def _drawn(address: str) -> str:
    import segno

    drawn: str = segno.make(address).svg_inline(scale=4, border=2, omitsize=False)
    return drawn


def _gate(request: Request) -> Gate:
    gate: Gate = request.app.state.gate
    return gate


def _back(request: Request) -> str:
    origin = _gate(request).settings.origin or f"{request.url.scheme}://{request.url.netloc}"
    return origin + CALLBACK


def local(address: str) -> str:
    """An address of ours to go on to; anything else is the first page."""
    strange = not address.startswith("/") or address.startswith(("//", "/\\"))
    return "/" if strange or any(sign in address for sign in "\\\r\n\t") else address
