"""The public site for programs: public cases by words and filters, their figures, and one of them."""

from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request

from domain.provisions import Outcome
from domain.vocabulary import Kind, Stage
from duban.access.viewer import PUBLIC
from duban.entrypoints.api.asking import (
    Congress,
    Number,
    Session,
    answer,
    asker,
    now_of,
    reading_as,
    services_of,
)
from duban.entrypoints.api.paging import Cursor, CursorText, Limit, question_of
from duban.entrypoints.api.shapes import REFUSED, CasePage, Report
from duban.entrypoints.web.pages import words_of
from duban.public_case import data_of, open_public
from projections import public_search
from projections.public_search import PublicFilter

router = APIRouter(tags=["public"], responses=REFUSED, prefix="/public")
Word = Annotated[str | None, Query(max_length=200)]
Whole = Annotated[int | None, Query(ge=0, le=9999)]
INTERNAL: Final = frozenset({"case_id", "from_position", "to_position"})


def asked_for(
    text: Annotated[str | None, Query(max_length=200, description="Words in any published text.")] = None,
    congress: Word = None,
    term: Whole = None,
    session: Whole = None,
    year: Whole = None,
    unit: Word = None,
    subject: Word = None,
    outcome: Outcome | None = None,
    stage: Stage | None = None,
    kind: Kind | None = None,
    answered: bool = False,
    promised: bool = False,
) -> PublicFilter:
    """What the public cases may be asked for."""
    return PublicFilter(
        text, congress, term, session, year, unit, subject, outcome, stage, kind, answered, promised
    )


Wanted = Annotated[PublicFilter, Depends(asked_for)]


@router.get("/cases", response_model=CasePage, summary="Public cases, what happened latest first")
async def public_cases(
    request: Request, wanted: Wanted, cursor: CursorText = None, limit: Limit = 50
) -> dict[str, Any]:
    asker(request, "public")
    question = question_of("public", asdict(wanted))
    offset = Cursor.of(cursor, question).offset if cursor else 0
    async with reading_as(request, PUBLIC, None) as reading:
        rows = await public_search.find(reading.connection, wanted, limit=limit + 1, offset=offset)
        following = Cursor(reading.position, offset + limit, question).text() if len(rows) > limit else None
        return answer(reading, [_shown(row) for row in rows[:limit]], next=following)


@router.get(
    "/counts", response_model=Report, summary="How many there are, and by session, year, outcome and unit"
)
async def public_counts(request: Request, wanted: Wanted) -> dict[str, Any]:
    asker(request, "public")
    async with reading_as(request, PUBLIC, None) as reading:
        counted, facets = await public_search.figures(reading.connection, wanted)
        return {**counted, "facets": facets, **reading.data()}


@router.get("/cases/{congress}/{session}/{number}", response_model=Report, summary="One public case")
async def public_case(
    request: Request, congress: Congress, session: Session, number: Number
) -> dict[str, Any]:
    asker(request, "public")
    services, ref = services_of(request), f"{congress}/{session}/{number}"
    opened = await open_public(services.log, services.commands, ref, now_of(request))
    return {
        **data_of(opened.case),
        "status": words_of(request).status_of(opened.file),
        "position": opened.file.position,
        "judged_at": opened.file.now,
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in INTERNAL}
