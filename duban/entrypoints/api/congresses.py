"""Congresses: which keep their cases here, their handling units, and the subjects that each sorts by."""

from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from domain.congress import AddUnits, ListSubjects, OpenCongress
from domain.subjects import Subject
from domain.vocabulary import Level, Line
from duban.access.permission import ensure_opens
from duban.access.viewer import NotYours, Viewer
from duban.commands import Actor
from duban.entrypoints.api.asking import Congress, actor, asker, now_of, services_of
from duban.entrypoints.api.shapes import ACT_REFUSED, REFUSED, Events

router = APIRouter(tags=["records"], responses=REFUSED)
CONGRESSES: Final = "select distinct congress from event_log where event_type = 'congress.opened' order by 1"


class NewCongress(BaseModel):
    """A congress that keeps its cases here."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [
        {"congress": "青岛", "level": "city", "place": "青岛"}]})  # fmt: skip
    congress: Line
    level: Level
    place: Line | None = None


class NewUnits(BaseModel):
    """Handling units of a congress."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"units": ["农业农村部"]}]})
    units: tuple[Line, ...]


class NewSubject(BaseModel):
    """A class of suggestions; one without a code goes by its name."""

    model_config = ConfigDict(extra="forbid")
    code: Line | None = None
    name: Line
    aspect: Line | None = None


class NewSubjects(BaseModel):
    """The list by which a congress sorts its suggestions; with `add`, behind what there is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [
        {"subjects": [{"code": "04", "name": "农业农村", "aspect": "经济"}], "add": True}]})  # fmt: skip
    subjects: tuple[NewSubject, ...]
    add: bool = False


@router.get("/congresses", response_model=Events, summary="The congresses that keep their cases here")
async def congresses(request: Request) -> dict[str, Any]:
    asker(request, "congresses")
    services = services_of(request)
    rows = await services.pool.fetch(CONGRESSES)
    return {"items": [{"congress": row["congress"]} for row in rows], "position": await services.log.head()}


@router.post("/congresses", status_code=201, response_model=NewCongress, responses=ACT_REFUSED,
             summary="Open a congress")  # fmt: skip
async def open_congress(request: Request, body: NewCongress) -> Any:
    viewer = _keeper(request, None)
    command = OpenCongress(
        congress=body.congress, place=body.place or body.congress, level=body.level, at=now_of(request)
    )
    await services_of(request).commands.open_congress(command, Actor.of(viewer.name))
    return body


@router.get("/congresses/{congress}/units", response_model=Events, summary="The handling units of a congress")
async def units_of(request: Request, congress: Congress) -> dict[str, Any]:
    asker(request, "congresses")
    services = services_of(request)
    found = await services.commands.congress(congress)
    return {"items": [{"unit": unit} for unit in found.units], "position": await services.log.head()}


@router.post("/congresses/{congress}/units", response_model=NewUnits, responses=ACT_REFUSED,
             summary="Add handling units")  # fmt: skip
async def add_units(request: Request, congress: Congress, body: NewUnits) -> Any:
    viewer = _keeper(request, congress)
    command = AddUnits(units=body.units, at=now_of(request))
    added = await services_of(request).commands.add_units(congress, command, Actor.of(viewer.name))
    return {"units": added}


@router.get("/congresses/{congress}/subjects", response_model=Events,
            summary="The subjects by which a congress sorts its suggestions")  # fmt: skip
async def subjects_of(request: Request, congress: Congress) -> dict[str, Any]:
    asker(request, "congresses")
    services = services_of(request)
    scheme = (await services.commands.congress(congress)).scheme
    items = [{"scheme": scheme.scheme, **subject.model_dump()} for subject in scheme.subjects]
    return {"items": items, "position": await services.log.head()}


@router.post("/congresses/{congress}/subjects", response_model=Events, responses=ACT_REFUSED,
             summary="Set the list of subjects")  # fmt: skip
async def list_subjects(request: Request, congress: Congress, body: NewSubjects) -> Any:
    viewer, services = _keeper(request, congress), services_of(request)
    listed = tuple(Subject(code=s.code or s.name, name=s.name, aspect=s.aspect) for s in body.subjects)
    command = ListSubjects(subjects=listed, add=body.add, at=now_of(request))
    await services.commands.list_subjects(congress, command, Actor.of(viewer.name))
    return await subjects_of(request, congress)


def _keeper(request: Request, congress: str | None) -> Viewer:
    """Somebody who keeps congresses: the commission, of its own one."""
    viewer = actor(request)
    ensure_opens(viewer, "manage-congress")
    if viewer.congress not in (None, congress):
        raise NotYours(account=viewer.name, what="manage-congress")
    return viewer
