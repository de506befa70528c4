"""Audit: the events as auditors ask for them, and the questions that have a name."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request

from domain.vocabulary import Role as UnitRole
from duban.entrypoints.api.asking import AsOf, answer, asker, reading_as, services_of, shown
from duban.entrypoints.api.cases import Whole, Word
from duban.entrypoints.api.paging import Limit
from duban.entrypoints.api.shapes import REFUSED, CasePage
from projections import questions, trail
from projections.trail import Wanted

router = APIRouter(prefix="/audit", tags=["audit"], responses=REFUSED)
After = Annotated[int, Query(ge=0, lt=2**62, description="Events after this position.")]
Moment = Annotated[datetime | None, Query(description="A time with its offset.")]


@router.get("/events", response_model=CasePage, summary="Events by position, flattened to the facts asked by")
async def events(
    request: Request, congress: Word = None, ref: Word = None, unit: Word = None, actor: Word = None,
    role: UnitRole | None = None, type: Word = None, channel: Word = None, text: Word = None,
    correlation: UUID | None = None, recorded_from: Moment = None, recorded_to: Moment = None,
    occurred_from: Moment = None, occurred_to: Moment = None, after: After = 0, limit: Limit = 50,
    as_of: AsOf = None,
) -> dict[str, Any]:  # fmt: skip
    viewer = asker(request, "audit", "export")
    case_id = None
    if ref is not None:
        case_id = (await services_of(request).commands.resolve(ref)).rpartition("/")[2]
    wanted = Wanted(
        congress=congress, case_id=case_id, unit=unit, actor=actor, role=role, type=type, channel=channel, text=text,
        correlation=str(correlation) if correlation else None,
        recorded_from=recorded_from, recorded_to=recorded_to, occurred_from=occurred_from, occurred_to=occurred_to,
    )  # fmt: skip
    async with reading_as(request, viewer, as_of) as reading:
        asked = replace(wanted, as_of=reading.as_of)
        found = [
            dict(row) async for row in trail.rows(reading.connection, asked, after=after, limit=limit + 1)
        ]
        following = str(found[limit - 1]["position"]) if len(found) > limit else None
        return answer(reading, [shown(row) for row in found[:limit]], next=following)


@router.get("/questions/{name}", response_model=CasePage, summary="A question that has a name")
async def named_question(
    request: Request, name: Annotated[str, Path(max_length=80, examples=["confidential-accesses"])],
    congress: Word = None, number: Whole = None, after: After = 0, limit: Limit = 50, as_of: AsOf = None,
) -> dict[str, Any]:  # fmt: skip
    viewer = asker(request, "audit", "export")
    asked = questions.question(name)
    async with reading_as(request, viewer, as_of) as reading:
        rows = questions.answers(
            reading.connection, asked, as_of=reading.position, congress=congress, number=number, after=after,
            limit=limit + 1,
        )  # fmt: skip
        found = [dict(row) async for row in rows]
        following = str(found[limit - 1]["position"]) if len(found) > limit else None
        return answer(reading, [shown(row) for row in found[:limit]], next=following)
