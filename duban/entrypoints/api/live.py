"""Live: which cases changed, as server-sent events; whoever was cut off goes on where they were."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from duban.access.seeing import seeing
from duban.access.viewer import Viewer
from duban.entrypoints.api.asking import asker, services_of
from duban.entrypoints.api.shapes import REFUSED
from duban.entrypoints.web.services import Services
from projections.base import CASES
from projections.projector import reached

router = APIRouter(tags=["live"], responses=REFUSED)
PAUSE: Final = 1.0  # seconds between looks
AT_ONCE: Final = 500  # events of a look
PING: Final = 15  # seconds
LAST: Final = 2**62

SEEN = "select case_id, ref from p_case_board_v2 where to_position is null and case_id = any($1)"


@router.get("/live", summary="Which cases change, as it happens", response_class=EventSourceResponse)
async def live(
    request: Request,
    last_event_id: Annotated[
        str | None, Header(max_length=20, description="The last one that arrived.")
    ] = None,
    after: Annotated[
        int | None, Query(ge=0, lt=LAST, description="A position, instead of the header.")
    ] = None,
) -> EventSourceResponse:
    viewer = asker(request, "live")
    start = (
        int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else after
    )
    return EventSourceResponse(_changes(services_of(request), viewer, start), ping=PING)


async def _changes(services: Services, viewer: Viewer, start: int | None) -> AsyncIterator[ServerSentEvent]:
    """Each change of a case that the viewer sees: its reference and the position, and nothing else of it."""
    position = start
    while True:
        async with seeing(services.pool, viewer) as connection:
            head = await reached(connection, services.projector.projections)
            position = head if position is None else position
            changed, position = await _next(services, connection, position, head)
        for at, ref in changed:
            said = json.dumps({"ref": ref, "position": at}, ensure_ascii=False)
            yield ServerSentEvent(said, id=str(at), event="case-changed")
        if position >= head:
            await asyncio.sleep(PAUSE)


async def _next(
    services: Services, connection: Any, position: int, head: int
) -> tuple[list[tuple[int, str]], int]:
    """What changed up to what the read models know, and how far that is."""
    if position >= head:
        return [], position
    events = [e for e in await services.log.read_all(after=position, limit=AT_ONCE) if e.position <= head]
    last: dict[str, int] = {
        e.stream_id.rpartition("/")[2]: e.position for e in events if e.stream_id.startswith(CASES)
    }
    rows = await connection.fetch(SEEN, list(last))
    return sorted((last[row["case_id"]], row["ref"]) for row in rows), events[-1].position if events else head
