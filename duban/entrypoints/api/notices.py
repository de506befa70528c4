"""Notices: what whoever asks was told, and what they have read of it."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from duban.access.permission import ensure_opens
from duban.access.viewer import Viewer
from duban.entrypoints.api.asking import actor, asker, now_of, services_of
from duban.entrypoints.api.paging import Limit
from duban.entrypoints.api.shapes import ACT_REFUSED, REFUSED
from duban.entrypoints.web.pages import words_of
from duban.notices.personal import PAGE, PersonalNotices

router = APIRouter(tags=["notices"], responses=REFUSED)
LAST: Final = 2**62
VIEW: Final = "notices"


class NoticeShape(BaseModel):
    """One event told to whoever asks."""

    notice_id: UUID
    position: int
    congress: str
    ref: str
    title: str | None = Field(description="Null for a confidential case.")
    said: str = Field(description="What happened, in the language of `Accept-Language`.")
    event_type: str
    reminder: bool
    recorded_at: datetime
    unread: bool


class NoticePage(BaseModel):
    """The newest notices, and where the next page begins."""

    items: list[NoticeShape]
    unread: int = Field(description="How many are unread in all; counted up to 100.")
    next: int | None = Field(description="`before` of the next page; null at the end.")


class ReadUpTo(BaseModel):
    """Everything up to a position has been read."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"up_to": 48211}]})
    up_to: int = Field(ge=1, lt=LAST)


class Unread(BaseModel):
    """How many are left."""

    unread: int


@router.get("/notices", response_model=NoticePage, summary="What you were told, the newest first")
async def notices(
    request: Request,
    unread: Annotated[bool, Query(description="Only those you have not read.")] = False,
    before: Annotated[int | None, Query(ge=1, lt=LAST, description="From “next” of the page before.")] = None,
    limit: Limit = PAGE,
) -> dict[str, Any]:
    own = _own(request, asker(request, VIEW))
    found, after = await own.find(
        words_of(request), now_of(request), unread=unread, before=before, limit=limit
    )
    return {"items": [asdict(one) for one in found], "unread": await own.unread(), "next": after}


@router.post(
    "/notices/{notice_id}/read", response_model=Unread, responses=ACT_REFUSED, summary="Mark one as read"
)
async def read(request: Request, notice_id: Annotated[UUID, Path()]) -> dict[str, int]:
    own = _own(request, _reader(request))
    await own.read(notice_id)
    return {"unread": await own.unread()}


@router.post("/notices/read", response_model=Unread, responses=ACT_REFUSED,
             summary="Mark everything up to a position as read")  # fmt: skip
async def read_all(request: Request, body: ReadUpTo) -> dict[str, int]:
    own = _own(request, _reader(request))
    await own.read_all(body.up_to)
    return {"unread": await own.unread()}


def _reader(request: Request) -> Viewer:
    viewer = actor(request)
    ensure_opens(viewer, VIEW)
    return viewer


def _own(request: Request, viewer: Viewer) -> PersonalNotices:
    services = services_of(request)
    return PersonalNotices(services.pool, services.log, viewer)
