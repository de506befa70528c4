"""Asking: what every endpoint starts from: who asks, as of when, and read models cut to what they see."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Path, Query, Request

from duban.access.permission import ensure_opens, opens
from duban.access.seeing import seeing
from duban.access.viewer import PUBLIC, Viewer
from duban.casefile import NotAMoment
from duban.entrypoints.web.identity import NotSignedIn, ensure_scope, viewer_of
from duban.entrypoints.web.services import Services
from duban.reading import NotProjectedYet, Reading, moment_of
from projections.projector import reached

AsOf = Annotated[
    str | None,
    Query(
        max_length=40, description="A position of the log, a day or a time.", examples=["2024-07-02", "48211"]
    ),
]
Part = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[^/\s]+$")]
Congress = Annotated[str, Path(max_length=80, description="The slug of the congress.", examples=["npc"])]
Session = Annotated[str, Path(max_length=10, description="term-session", examples=["14-2"])]
Number = Annotated[str, Path(max_length=80, description="As printed.", examples=["3973"])]
HIDDEN: Final = frozenset({"from_position", "to_position", "case_id"})


def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def now_of(request: Request) -> datetime:
    clock: Callable[[], datetime] = request.app.state.now
    return clock()


def asker(request: Request, view: str, scope: str = "read") -> Viewer:
    """Who asks, if they may open the view; a stranger is asked to sign in."""
    viewer = viewer_of(request)
    ensure_scope(viewer, scope)
    if viewer is PUBLIC and not opens(viewer, view):
        raise NotSignedIn
    ensure_opens(viewer, view)
    return viewer


def actor(request: Request) -> Viewer:
    """Who means to act. Refuses strangers, and tokens that are for reading."""
    viewer = viewer_of(request)
    if viewer is PUBLIC:
        raise NotSignedIn
    ensure_scope(viewer, "act")
    return viewer


@asynccontextmanager
async def reading_as(request: Request, viewer: Viewer, as_of: str | None) -> AsyncIterator[Reading]:
    """One snapshot of the read models as of a moment, as the viewer sees it."""
    services = services_of(request)
    try:
        moment = await moment_of(services.log, as_of, now_of(request))
    except OverflowError:
        raise NotAMoment(text=(as_of or "")[:60]) from None
    async with seeing(services.pool, viewer) as connection:
        position = await reached(connection, services.projector.projections)
        if moment.position is not None and moment.position > position:
            raise NotProjectedYet(reached=position, asked=moment.position)
        yield Reading(connection, moment.position, moment.now, moment.position or position)


def shown(row: Any) -> dict[str, Any]:
    """A row without what is the read models' own business."""
    return {name: value for name, value in dict(row).items() if name not in HIDDEN}


def answer(reading: Reading, items: list[Any], **more: Any) -> dict[str, Any]:
    """A list, with the position of the log that it is true at."""
    return {"items": items, "position": reading.position, "judged_at": reading.now, **more}
