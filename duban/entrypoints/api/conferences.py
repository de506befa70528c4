"""Assignment conferences: the list, with how far each is."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from duban.conferences.listed import conferences
from duban.entrypoints.api.asking import asker, now_of, services_of
from duban.entrypoints.api.paging import Limit
from duban.entrypoints.api.shapes import REFUSED, CasePage

Before = Annotated[
    int | None, Query(ge=1, lt=2**62, description="Conferences prepared before this position.")
]

router = APIRouter(tags=["records"], responses=REFUSED)


@router.get("/conferences", response_model=CasePage, summary="Assignment conferences, the newest first")
async def listed(request: Request, before: Before = None, limit: Limit = 50) -> dict[str, Any]:
    viewer, services = asker(request, "conferences"), services_of(request)
    position = await services.log.head()
    found = await conferences(services.pool, services.log, viewer.congress, before=before, limit=limit + 1)
    items = [{**asdict(one), "pending": one.pending} for one in found[:limit]]
    following = str(found[limit - 1].position) if len(found) > limit else None
    return {"items": items, "position": position, "judged_at": now_of(request), "next": following}
