"""Assignment conferences: the list, with how far each is."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from duban.conferences.listed import conferences
from duban.entrypoints.api.asking import asker, now_of, services_of
from duban.entrypoints.api.shapes import REFUSED, Page

router = APIRouter(tags=["records"], responses=REFUSED)


@router.get("/conferences", response_model=Page, summary="Assignment conferences, the newest first")
async def listed(request: Request) -> dict[str, Any]:
    viewer, services = asker(request, "conferences"), services_of(request)
    position = await services.log.head()
    found = await conferences(services.pool, services.log, viewer.congress)
    items = [{**asdict(one), "pending": one.pending} for one in found]
    return {"items": items, "position": position, "judged_at": now_of(request)}
