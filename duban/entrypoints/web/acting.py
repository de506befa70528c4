"""Acting on a case from its page: what the viewer may do there, as forms; a refusal is shown where it was tried."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from domain.base import Refusal
from domain.suggestion.suggestion import Suggestion
from duban.access.permission import ensure_may, may
from duban.access.seen_case import case_for_acts, open_seen
from duban.access.viewer import Case, Viewer
from duban.acts.act import Act
from duban.acts.catalogue import ACTS, possible
from duban.acts.on_suggestions import SUBMIT
from duban.acts.perform import perform, submit
from duban.casefile import AsOf
from duban.commands import Actor, Commands
from duban.entrypoints.status import status_of
from duban.entrypoints.web.case import case_view
from duban.entrypoints.web.forms import DAY, ActForm, Tried, day_of_form, forms_of, said_of
from duban.entrypoints.web.identity import viewer_of
from duban.entrypoints.web.pages import Pages, case_url, words_of
from duban.entrypoints.web.services import Services

SEE_OTHER: Final = 303
CASE: Final = "/case/{congress}/{term_session}/{number}"
ELSEWHERE: Final = ("submit", "take-in")  # a page of its own; said by `merge`
LONGEST: Final = 100_000  # characters of one field

NOBODYS: Final = Case("")


def acting_pages(pages: Pages, services: Services, now: Callable[[], datetime]) -> APIRouter:
    """The router of acts."""
    router = APIRouter(include_in_schema=False)
    _add_acts(router, pages, services, now)
    _add_submission(router, pages, services, now)
    return router


def acts_for(state: Suggestion, case: Case, viewer: Viewer) -> list[Act]:
    """What the case leaves open and the policy gives to the viewer."""
    return [
        act
        for act in possible(state)
        if act.name not in ELSEWHERE and may(viewer, f"suggestion.{act.name}", case)
    ]


def grouped(forms: list[ActForm]) -> dict[str, list[ActForm]]:
    found: dict[str, list[ActForm]] = {}
    for form in forms:
        found.setdefault(form.group, []).append(form)
    return found


def _add_acts(router: APIRouter, pages: Pages, services: Services, now: Callable[[], datetime]) -> None:
    @router.post(CASE + "/acts/{name}")
    async def act(request: Request, congress: str, term_session: str, number: str, name: str) -> Response:
        ref, viewer, words = f"{congress}/{term_session}/{number}", viewer_of(request), words_of(request)
        typed = await _typed(request)
        case = await case_for_acts(services.log, services.commands, viewer, ref)
        try:
            if name == "merge" and typed.get("into"):  # the case it goes into has to be one of theirs too
                await case_for_acts(services.log, services.commands, viewer, typed["into"])
            ref = await _perform(services.commands, f"suggestion.{name}", ref, typed, viewer, case, now())
        except Refusal as refusal:
            seen = await open_seen(
                services.log, services.commands, viewer, ref, AsOf(None, now()), request.url.path, now()
            )
            tried = Tried(name, typed, words.refusal(refusal))
            acts = acts_for(seen.file.case, seen.case, viewer)
            forms = grouped(forms_of(acts, seen.file.case, viewer, words, tried))
            view = case_view(seen.file, words)
            return pages.render(
                request, "case.html", status_of(refusal), **view, position=seen.file.position, as_of="",
                forms=forms, refused=None if any(f.said for fs in forms.values() for f in fs) else tried.said,
            )  # fmt: skip
        return RedirectResponse(case_url(ref), SEE_OTHER)


async def _perform(
    commands: Commands, name: str, ref: str, typed: dict[str, str], viewer: Viewer, case: Case, now: datetime
) -> str:
    """Perform the act; returns the reference that the case bears afterwards."""
    act = ACTS.get(name)
    if act is None or act.name in ELSEWHERE:
        raise NoSuchAct(act=name[:60])
    said = said_of(act, typed)
    ensure_may(viewer, name, case, said)
    at = day_of_form("on", typed[DAY]) if typed.get(DAY) else now
    done = await perform(commands, act, ref, said, Actor.of(viewer.name), at)
    return done.case.ref


class NoSuchAct(Refusal):
    """“{act}” is not something that can be done to a case.

    The case page shows what can.
    """


def _add_submission(router: APIRouter, pages: Pages, services: Services, now: Callable[[], datetime]) -> None:
    @router.get("/submit")
    async def form(request: Request) -> Response:
        ensure_may(viewer_of(request), "suggestion.submit", _own(viewer_of(request)))
        return _submission(request, pages, None)

    @router.post("/submit")
    async def submitted(request: Request) -> Response:
        viewer, typed = viewer_of(request), await _typed(request)
        try:
            said = said_of(SUBMIT, typed)
            ensure_may(viewer, "suggestion.submit", _own(viewer), said)
            at = day_of_form("on", typed[DAY]) if typed.get(DAY) else now()
            done = await submit(services.commands, said, Actor.of(viewer.name), at)
        except Refusal as refusal:
            return _submission(
                request, pages, Tried("submit", typed, words_of(request).refusal(refusal)), refusal
            )
        return RedirectResponse(case_url(done.case.ref), SEE_OTHER)


def _own(viewer: Viewer) -> Case:
    """A case that does not exist yet, as it would be for whoever hands it in."""
    made_by = frozenset({viewer.deputy} if viewer.deputy else ())
    return Case(viewer.congress or "", signatories=made_by, delegation=viewer.delegation)


def _submission(
    request: Request, pages: Pages, tried: Tried | None, refusal: Refusal | None = None
) -> Response:
    viewer, words = viewer_of(request), words_of(request)
    (form,) = forms_of([SUBMIT], None, viewer, words, tried)
    return pages.render(request, "submit.html", status_of(refusal) if refusal else 200, form=form)


async def _typed(request: Request) -> dict[str, str]:
    """The fields of a form; several of one name are lines of it."""
    form = await request.form()
    names = dict.fromkeys(form.keys())
    return {name: "\n".join(str(one)[:LONGEST] for one in form.getlist(name)) for name in names}
