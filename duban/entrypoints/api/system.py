"""The installation: who is asking, its rules and clock, its read models, and whether it is well."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse

from domain.clock import compute
from domain.rules import jurisdictions, rules_by_id, rules_in_force, term_of, versions
from duban.access.permission import opens
from duban.access.viewer import NotYours
from duban.calendars import official
from duban.entrypoints.api.asking import actor, asker, services_of
from duban.entrypoints.api.shapes import ACT_REFUSED, REFUSED
from duban.entrypoints.cli.clock import day_from
from duban.entrypoints.web.identity import viewer_of
from duban.entrypoints.web.pages import words_of
from duban.wording import clock as wording_clock
from projections import checkpoints
from projections.checkpoints import named, standings
from projections.projector import reached

router = APIRouter(tags=["installation"], responses=REFUSED)
CHANGES = {"pause": checkpoints.pause, "resume": checkpoints.resume, "retry": checkpoints.retry}


@router.get("/me", summary="As whom the request is understood")
async def me(request: Request) -> dict[str, Any]:
    viewer = viewer_of(request)
    return {
        "name": viewer.name, "roles": sorted(viewer.roles), "congress": viewer.congress, "unit": viewer.unit,
        "committee": viewer.committee, "deputy": viewer.deputy, "delegation": viewer.delegation,
        "scopes": None if viewer.scopes is None else sorted(viewer.scopes),
    }  # fmt: skip


@router.get("/health", summary="Whether the process lives")
async def health() -> dict[str, str]:
    return {"status": "alive"}


@router.get("/ready", summary="Whether the log can be read, and how far the read models are")
async def ready(request: Request) -> JSONResponse:
    services = services_of(request)
    async with services.pool.acquire() as connection:
        position = await reached(connection)
    return JSONResponse({"status": "ready", "head": await services.log.head(), "reached": position})


@router.get("/rules", summary="Every version of the rules that is known")
async def rules(request: Request) -> dict[str, Any]:
    asker(request, "rules")
    known = [one for jurisdiction in jurisdictions() for one in versions(jurisdiction)]
    return {"items": [{"rules_id": r.rules_id, "title": r.title.model_dump(),
                       "effective_from": r.effective_from, "effective_to": r.effective_to} for r in known]}  # fmt: skip


@router.get("/rules/{rules_id}", summary="One version, value by value, each with its article")
async def one_rules(
    request: Request, rules_id: Annotated[str, Path(max_length=80, examples=["npc@2015-08-29"])]
) -> dict[str, Any]:
    asker(request, "rules")
    return rules_by_id(rules_id).model_dump(mode="json")


@router.get("/clock", summary="When something is due, by which article, and how the days were counted")
async def clock(
    request: Request,
    jurisdiction: Annotated[str, Query(max_length=40, examples=["npc"])],
    rule: Annotated[str, Query(max_length=40, examples=["answer"])],
    start: Annotated[str, Query(alias="from", max_length=10, examples=["2024-04-02"])],
) -> dict[str, Any]:
    asker(request, "rules")
    anchor = day_from(start)
    known = rules_in_force(jurisdiction, anchor)
    event, calendar = term_of(known, rule).anchor, official()
    prolongs = None
    if rule == "answer_extended":
        prolongs = compute(known, "answer", anchor, calendar, anchor_event=event)
    deadline = compute(known, rule, anchor, calendar, anchor_event=event, prolongs=prolongs)
    lines = wording_clock.lines(deadline.derivation, words_of(request).lang)
    return {"rules_id": known.rules_id, **deadline.model_dump(mode="json"), "explanation": lines}


@router.get("/projections", summary="How far each read model is, and where one stopped")
async def projections(request: Request) -> dict[str, Any]:
    asker(request, "operations")
    services = services_of(request)
    head = await services.log.head()
    async with services.pool.acquire() as connection:
        found = await standings(connection, head)
    return {"head": head, "projections": [asdict(standing) for standing in found]}


@router.post(
    "/projections/{name}/{change}", responses=ACT_REFUSED, summary="Pause, resume or retry a read model"
)
async def change_projection(
    request: Request, name: Annotated[str, Path(max_length=60)], change: Literal["pause", "resume", "retry"]
) -> dict[str, Any]:
    viewer = actor(request)
    if not opens(viewer, "run-projections"):
        raise NotYours(account=viewer.name, what=change)
    services, (projection,) = services_of(request), named([name])
    async with services.pool.acquire() as connection:
        await CHANGES[change](connection, projection)
        found = await standings(connection, await services.log.head(), [projection])
    return {"projections": [asdict(standing) for standing in found]}
