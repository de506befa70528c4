"""Cases: the list, one case, its history, replay and clocks."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from domain.vocabulary import Kind, Level, Stage
from domain.vocabulary import Role as UnitRole
from duban.access.seen_case import SeenCase, open_seen
from duban.access.viewer import Viewer
from duban.casefile import NotAMoment, as_data, read_as_of
from duban.entrypoints.api.asking import (
    AsOf,
    Congress,
    Number,
    Session,
    answer,
    asker,
    now_of,
    reading_as,
    services_of,
    shown,
)
from duban.entrypoints.api.paging import Cursor, CursorText, Limit, question_of
from duban.entrypoints.api.shapes import REFUSED, CasePage, CaseShape, Clocks, Counts, Events, Steps
from duban.replaying import replay, step_data
from projections import board
from projections.board import Filter, Lateness
from projections.filters import filter_of

router = APIRouter(tags=["cases"], responses=REFUSED)
CASE = "/cases/{congress}/{session}/{number}"
Word = Annotated[str | None, Query(max_length=200)]
Whole = Annotated[int | None, Query(ge=0, le=9999)]


def etag(version: int) -> str:
    return f'"{version}"'


def asked_for(
    congress: Word = None,
    stage: Stage | None = None,
    level: Level | None = None,
    kind: Kind | None = None,
    unit: Word = None,
    role: UnitRole | None = None,
    text: Annotated[str | None, Query(max_length=200, description="In the title or reference.")] = None,
    late: bool = False,
    lateness: Lateness | None = None,
    open_commitments: bool = False,
    delegation: Word = None,
    lead_deputy: Word = None,
    key_topic: Word = None,
    category: Word = None,
    term: Whole = None,
    session: Whole = None,
    subject: Word = None,
    aspect: Word = None,
    where: Annotated[
        list[str] | None, Query(max_length=20, description="NAME=VALUE, as figures name their cases.")
    ] = None,
) -> Filter:
    """What a list of cases may be asked for."""
    named = {
        "congress": congress, "stage": stage, "level": level, "kind": kind, "unit": unit, "role": role, "text": text,
        "late": late, "lateness": lateness, "open_commitments": open_commitments, "delegation": delegation,
        "lead_deputy": lead_deputy, "key_topic": key_topic, "category": category, "term": term, "session": session,
        "subject": subject, "aspect": aspect,
    }  # fmt: skip
    return filter_of(named, where or [])


Wanted = Annotated[Filter, Depends(asked_for)]


@router.get("/cases", response_model=CasePage, summary="The board: the most urgent first")
async def list_cases(
    request: Request, wanted: Wanted, as_of: AsOf = None, cursor: CursorText = None, limit: Limit = 50
) -> dict[str, Any]:
    viewer = asker(request, "board")
    question = question_of(asdict(wanted), as_of)
    begin = Cursor.of(cursor, question) if cursor else None
    async with reading_as(request, viewer, str(begin.position) if begin else as_of) as reading:
        at, now, offset = reading.as_of, reading.now, begin.offset if begin else 0
        rows = await board.find(reading.connection, wanted, now=now, as_of=at, limit=limit + 1, offset=offset)
        following = Cursor(reading.position, offset + limit, question).text() if len(rows) > limit else None
        return answer(reading, [shown(row) for row in rows[:limit]], next=following)


@router.get("/counts", response_model=Counts, summary="The figures above the board")
async def counts(request: Request, congress: Word = None, as_of: AsOf = None) -> dict[str, Any]:
    viewer = asker(request, "board")
    async with reading_as(request, viewer, as_of) as reading:
        found = await board.counts(
            reading.connection, now=reading.now, congress=congress, as_of=reading.as_of
        )
        return {**found, **reading.data()}


@router.get(CASE, response_model=CaseShape, summary="One case, as it stands or as it stood")
async def show_case(
    request: Request,
    response: Response,
    congress: Congress,
    session: Session,
    number: Number,
    as_of: AsOf = None,
) -> dict[str, Any]:
    seen = await opened(request, f"{congress}/{session}/{number}", as_of)
    response.headers["ETag"] = etag(seen.version)
    return data_of(seen)


@router.get(CASE + "/history", response_model=Events, summary="Its events, oldest first")
async def history(
    request: Request, congress: Congress, session: Session, number: Number, as_of: AsOf = None
) -> dict[str, Any]:
    seen = await opened(request, f"{congress}/{session}/{number}", as_of)
    return {"items": as_data(seen.file)["events"], "position": seen.file.position}


@router.get(CASE + "/replay", response_model=Steps, summary="Its film: what each event changed")
async def replay_case(
    request: Request, congress: Congress, session: Session, number: Number, as_of: AsOf = None
) -> dict[str, Any]:
    seen = await opened(request, f"{congress}/{session}/{number}", as_of)
    return {"items": [step_data(step) for step in replay(seen.file)], "position": seen.file.position}


@router.get(CASE + "/clocks", response_model=Clocks, summary="Its clocks, each date with its derivation")
async def clocks(
    request: Request, congress: Congress, session: Session, number: Number, as_of: AsOf = None
) -> dict[str, Any]:
    seen = await opened(request, f"{congress}/{session}/{number}", as_of)
    return {"items": as_data(seen.file)["clocks"], "position": seen.file.position}


async def opened(request: Request, ref: str, as_of: str | None) -> SeenCase:
    """The case as the asker sees it; a look at a confidential one is recorded."""
    viewer: Viewer = asker(request, "board")
    services, now = services_of(request), now_of(request)
    try:
        moment = await read_as_of(services.log, as_of, now)
    except OverflowError:
        raise NotAMoment(text=(as_of or "")[:60]) from None
    return await open_seen(services.log, services.commands, viewer, ref, moment, request.url.path, now)


def data_of(seen: SeenCase) -> dict[str, Any]:
    data = as_data(seen.file)
    return {**data, "confidential": seen.case.confidential, "whole": seen.sight.whole}
