"""Links to replays, for programs: made, listed, revoked; the secret is told once."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from duban.entrypoints.api.asking import Congress, Number, Session, actor, asker, services_of
from duban.entrypoints.api.shapes import ACT_REFUSED, REFUSED, Events
from duban.entrypoints.web.share import shares_of
from duban.shares import LONGEST, VIEW

router = APIRouter(tags=["links to replays"], responses=REFUSED)


class NewShare(BaseModel):
    """A link to a case's replay."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"days": 7, "seen_by": "public"}]}
    )
    days: int = Field(7, ge=1, le=LONGEST, description="For how many days it holds.")
    seen_by: str | None = Field(
        None, max_length=40, description="Whose eyes it shows; the maker's own if unsaid."
    )


class MadeShare(BaseModel):
    """A link that was made; the path holds its secret and is told this once."""

    share_id: str
    path: str
    ref: str
    seen_by: str | None
    expires_at: AwareDatetime


@router.post("/cases/{congress}/{session}/{number}/shares", status_code=201, response_model=MadeShare,
             responses=ACT_REFUSED, summary="Make a link that shows this case's replay")  # fmt: skip
async def share(
    request: Request, response: Response, congress: Congress, session: Session, number: Number, body: NewShare
) -> dict[str, Any]:
    viewer, ref = actor(request), f"{congress}/{session}/{number}"
    made = await shares_of(request).share(viewer, ref, body.days, body.seen_by)
    response.headers["Cache-Control"] = "no-store"
    return {
        "share_id": made.share_id, "path": made.path, "ref": made.ref, "seen_by": made.seat,
        "expires_at": made.expires_at,
    }  # fmt: skip


@router.get("/shares", response_model=Events, summary="The links that the account has made")
async def shares(request: Request) -> dict[str, Any]:
    viewer = asker(request, VIEW)
    found = await shares_of(request).of(viewer)
    items = [{**{n: v for n, v in one.items() if n != "seat"}, "seen_by": one["seat"]} for one in found]
    return {"items": items, "position": await services_of(request).log.head()}


@router.delete("/shares/{share_id}", status_code=204, responses=ACT_REFUSED, summary="Revoke a link")
async def revoke(request: Request, share_id: Annotated[str, Path(max_length=40)]) -> None:
    await shares_of(request).revoke(actor(request), share_id)
