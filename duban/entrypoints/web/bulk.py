"""Bulk acts from the board: choose cases, say it once, look at what would become of each, then do it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData
from starlette.responses import Response

from domain.base import Refusal
from duban.access.seeing import seeing
from duban.access.viewer import PUBLIC, Viewer
from duban.acts.act import Act
from duban.bulk import (
    MOST,
    Bulk,
    Outcome,
    TooManyChosen,
    Verdict,
    act_in_bulk,
    chosen,
    each,
    ensure_may_in_bulk,
)
from duban.entrypoints.status import status_of
from duban.entrypoints.web.board import Question
from duban.entrypoints.web.forms import DAY, Tried, day_of_form, forms_of, said_of
from duban.entrypoints.web.identity import NotSignedIn, viewer_of
from duban.entrypoints.web.pages import Pages, words_of
from duban.entrypoints.web.services import Services
from duban.reading import moment_of
from projections import board
from projections.chosen import Chosen, known_by

CASE, ALL, WHERE = "case", "all", "where"  # fields of the board's form
LONGEST: Final = 100_000  # characters of one field


@dataclass(frozen=True, slots=True)
class Sending:
    """A form on its way: the act, the cases, what was typed, under which id, and what was looked at."""

    act: str
    refs: tuple[str, ...]
    typed: Mapping[str, str]
    id: str
    looked: str = ""

    @classmethod
    def of(cls, form: FormData) -> "Sending":
        kept = ("act", CASE, "csrf", "sending", "looked", "do")
        names = [name for name in dict.fromkeys(form.keys()) if name not in kept]
        typed = {name: "\n".join(str(one)[:LONGEST] for one in form.getlist(name)) for name in names}
        refs = tuple(str(ref) for ref in form.getlist(CASE))
        return cls(_one(form, "act"), refs, typed, _one(form, "sending")[:80], _one(form, "looked")[:80])

    @property
    def seen(self) -> str:
        """What tells this form from another: nothing is done that was not looked at."""
        said = (self.act, self.refs, sorted(self.typed.items()))
        return sha256(repr(said).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Line:
    """One case as the page shows it."""

    case: Chosen
    outcome: Outcome | None = None
    why: str = ""


def bulk_pages(pages: Pages, services: Services, now: Callable[[], datetime]) -> APIRouter:
    """The router of bulk acts."""
    router = APIRouter(include_in_schema=False)

    async def page(
        request: Request, sending: Sending, outcomes: Sequence[Outcome] = (), *, done: bool = False,
        refusal: Refusal | None = None, changed: bool = False,
    ) -> HTMLResponse:  # fmt: skip
        words, viewer, act = words_of(request), viewer_of(request), act_in_bulk(sending.act)
        tried = Tried(act.name, sending.typed, words.refusal(refusal) if refusal else "")
        (form,) = forms_of([act], None, viewer, words, tried)
        async with seeing(services.pool, viewer) as connection:
            known = await known_by(connection, sending.refs)
        lines = _lines(sending.refs, outcomes, known, words.refusal)
        return pages.render(
            request, "bulk.html", status_of(refusal) if refusal else 200, act=act, form=form, lines=lines,
            number={verdict.value: _number(outcomes, verdict) for verdict in Verdict}, looked=bool(outcomes),
            done=done, changed=changed, sending=replace(sending, looked=sending.seen if outcomes else ""),
        )  # fmt: skip

    @router.get("/bulk")
    async def form(request: Request) -> HTMLResponse:
        viewer, asked = _actor(request), request.query_params
        act = _act(viewer, asked.get("act", ""))
        refs: Sequence[str] = asked.getlist(CASE)
        if asked.get(ALL):
            refs = await _matching(services, viewer, asked.get(WHERE, ""), now())
        return await page(request, Sending(act.name, chosen(refs), {}, str(uuid4())))

    @router.post("/bulk")
    async def sent(request: Request) -> Response:
        viewer, form = _actor(request), await request.form()
        sending = Sending.of(form)
        _act(viewer, sending.act)
        try:
            bulk = _bulk(sending, now())
            if not form.get("do") or sending.looked != sending.seen:
                found = await each(
                    services.log, services.commands.rehearsal(), viewer, bulk, viewer.name, uuid4()
                )
                return await page(request, sending, found, changed=bool(form.get("do")))
            command_id = bulk.command_id(viewer, sending.id)
            found = await each(services.log, services.commands, viewer, bulk, viewer.name, command_id)
            return await page(request, sending, found, done=True)
        except Refusal as refusal:
            return await page(request, sending, refusal=refusal)

    return router


def _actor(request: Request) -> Viewer:
    viewer = viewer_of(request)
    if viewer is PUBLIC:
        raise NotSignedIn
    return viewer


def _act(viewer: Viewer, name: str) -> Act:
    act = act_in_bulk(name)
    ensure_may_in_bulk(viewer, act)
    return act


def _bulk(sending: Sending, now: datetime) -> Bulk:
    act = act_in_bulk(sending.act)
    at = day_of_form("on", sending.typed[DAY]) if sending.typed.get(DAY) else now
    return Bulk.of(act.name, sending.refs, said_of(act, sending.typed), at)


async def _matching(services: Services, viewer: Viewer, where: str, now: datetime) -> list[str]:
    """All that match the filters of the board, the most urgent first. Refuses more than can be acted on."""
    question = Question.of(dict(parse_qsl(where)))
    moment = await moment_of(services.log, None, now)
    wanted = question.filter(moment.now)
    async with seeing(services.pool, viewer) as connection:
        page = await board.page(connection, wanted, now=moment.now, limit=MOST)
    if page.number > MOST:
        raise TooManyChosen(number=page.number, most=MOST)
    return [line["ref"] for line in page.lines]


def _lines(
    refs: Sequence[str],
    outcomes: Sequence[Outcome],
    known: Mapping[str, Chosen],
    said: Callable[[Refusal], str],
) -> list[Line]:
    """What is refused first: it is what somebody has to look at."""
    if not outcomes:
        return [Line(known.get(ref, Chosen(ref))) for ref in refs]
    lines = [
        Line(known.get(one.ref, Chosen(one.ref)), one, said(one.refusal) if one.refusal else "")
        for one in outcomes
    ]
    order = (Verdict.REFUSED, Verdict.NOTHING_TO_DO, Verdict.DONE)
    return sorted(lines, key=lambda line: order.index(line.outcome.verdict) if line.outcome else 0)


def _number(outcomes: Sequence[Outcome], verdict: Verdict) -> int:
    return sum(1 for one in outcomes if one.verdict is verdict)


def _one(form: FormData, name: str) -> str:
    value: Any = form.get(name)
    return value if isinstance(value, str) else ""
