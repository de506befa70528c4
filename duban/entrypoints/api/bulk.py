"""Bulk acts for programs: one act on many cases, each decided by itself, the refused ones told with their reasons."""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from domain.base import Refusal
from duban.bulk import MOST, Bulk, Outcome, Verdict, act_in_bulk, each, ensure_may_in_bulk
from duban.entrypoints.api.acting import Key, once
from duban.entrypoints.api.asking import actor, now_of, services_of
from duban.entrypoints.api.problems import URN, kind_of
from duban.entrypoints.api.shapes import ACT_REFUSED
from duban.entrypoints.web.pages import words_of
from duban.wording.wording import Wording

router = APIRouter(tags=["acts on many suggestions"], responses=ACT_REFUSED)
Ref = Annotated[str, Field(max_length=200)]


class ManyActs(BaseModel):
    """What is to be done to many cases."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"act": "sign-for", "refs": ["npc/14-2/3973"], "fields": {"unit": "农业农村部"}}]
        },
    )

    act: str = Field(max_length=60, description="An act of the catalogue that fits many cases.")
    refs: list[Ref] = Field(min_length=1, max_length=MOST, description="The cases.")
    fields: dict[str, Any] = Field(default_factory=dict, description="As the body of the act for one case.")
    at: AwareDatetime | None = Field(None, description="When it happened; now, where it is not said.")
    rehearse: bool = Field(False, description="Say what would become of each, and do nothing.")


class OneOfMany(BaseModel):
    """What became of one case."""

    ref: str
    verdict: Verdict
    stage: str | None = Field(description="Afterwards; null where it was refused.")
    version: int | None
    positions: list[int] = Field(description="Of the log, that it took.")
    problem: dict[str, Any] | None = Field(description="Why it was refused: type and detail.")


class ManyActed(BaseModel):
    """What became of each case, in the order of the request."""

    act: str
    rehearsed: bool
    done: int
    refused: int
    items: list[OneOfMany]


@router.post("/bulk", response_model=ManyActed, summary="One act on many cases, each decided by itself")
async def act_on_many(request: Request, body: ManyActs, key: Key = None) -> Response:
    viewer, services, words = actor(request), services_of(request), words_of(request)
    ensure_may_in_bulk(viewer, act_in_bulk(body.act))
    bulk = Bulk.of(body.act, body.refs, body.fields, body.at or now_of(request))
    commands = services.commands.rehearsal() if body.rehearse else services.commands

    async def done() -> tuple[int, dict[str, str], Any]:
        command_id = uuid4() if body.rehearse or not key else bulk.command_id(viewer, key)
        outcomes = await each(services.log, commands, viewer, bulk, viewer.name, command_id)
        return 200, {}, _told(body, outcomes, words)

    return await once(request, viewer, key, done)


def _told(body: ManyActs, outcomes: list[Outcome], words: Wording) -> dict[str, Any]:
    return {
        "act": body.act,
        "rehearsed": body.rehearse,
        "done": sum(one.verdict is Verdict.DONE for one in outcomes),
        "refused": sum(one.verdict is Verdict.REFUSED for one in outcomes),
        "items": [_item(one, body.rehearse, words) for one in outcomes],
    }


def _item(one: Outcome, rehearsed: bool, words: Wording) -> dict[str, Any]:
    return {
        "ref": one.ref, "verdict": one.verdict, "stage": one.stage,
        "version": None if rehearsed else one.version,
        "positions": [] if rehearsed else list(one.positions),
        "problem": _problem(one.refusal, words) if one.refusal else None,
    }  # fmt: skip


def _problem(refusal: Refusal, words: Wording) -> dict[str, Any]:
    return {"type": URN + kind_of(refusal), "detail": words.refusal(refusal)}
