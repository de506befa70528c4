"""Records: units, promises, key topics, inboxes, deputies, motions."""

from typing import Any

from fastapi import APIRouter, Request, Response

from duban.access.inboxes import inboxes_of
from duban.access.permission import case_of_motion, sees
from duban.access.viewer import OVERSEERS, UNIT_STAFF, NotYours
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
from duban.entrypoints.api.cases import Whole, Word, etag
from duban.entrypoints.api.paging import Limit
from duban.entrypoints.api.shapes import REFUSED, Page, Report
from duban.motions import NoSuchMotion
from duban.topics import NoSuchTopic
from projections import commitments, deputies, inbox, key_topics, performance, unit_work
from projections.commitments import Standing

router = APIRouter(tags=["records"], responses=REFUSED)


@router.get("/units", response_model=Page, summary="Each unit's work, and its rates with their cases")
async def units(
    request: Request, congress: Word = None, unit: Word = None, as_of: AsOf = None
) -> dict[str, Any]:
    viewer = asker(request, "units")
    asked = unit if viewer.roles - UNIT_STAFF else viewer.unit
    async with reading_as(request, viewer, as_of) as reading:
        found = await performance.units(
            reading.connection, now=reading.now, as_of=reading.as_of, congress=congress, unit=asked
        )
        return answer(reading, found)


@router.get(
    "/units/{unit}/work", response_model=Page, summary="The parts of one unit: what it owes comes first"
)
async def work_of(
    request: Request,
    unit: str,
    owing: bool = False,
    late: bool = False,
    limit: Limit = 50,
    as_of: AsOf = None,
) -> dict[str, Any]:
    viewer = asker(request, "units")
    async with reading_as(request, viewer, as_of) as reading:
        rows = await unit_work.find(
            reading.connection,
            unit,
            now=reading.now,
            as_of=reading.as_of,
            owing=owing,
            late=late,
            limit=limit,
        )
        return answer(reading, [shown(row) for row in rows])


@router.get("/commitments", response_model=Page, summary="Promises, the most urgent first")
async def promises(
    request: Request, congress: Word = None, owner: Word = None, year: Whole = None,
    standing: Standing | None = None, limit: Limit = 50, as_of: AsOf = None,
) -> dict[str, Any]:  # fmt: skip
    viewer = asker(request, "commitments")
    async with reading_as(request, viewer, as_of) as reading:
        at, now = reading.as_of, reading.now
        rows = await commitments.find(
            reading.connection, now=now, as_of=at, standing=standing, congress=congress, owner=owner, year=year,
            limit=limit,
        )  # fmt: skip
        years = await commitments.ledger(
            reading.connection, now=now, as_of=at, congress=congress, owner=owner
        )
        return answer(reading, [shown(row) for row in rows], years=years)


@router.get("/topics", response_model=Page, summary="Key topics, the newest first")
async def topics(
    request: Request, congress: Word = None, year: Whole = None, committee: Word = None, as_of: AsOf = None
) -> dict[str, Any]:
    viewer = asker(request, "topics")
    async with reading_as(request, viewer, as_of) as reading:
        rows = await key_topics.find(
            reading.connection, as_of=reading.as_of, congress=congress, year=year, committee=committee
        )
        return answer(reading, [_topic(row) for row in rows])


@router.get("/topics/{congress}/{topic_id}", response_model=Report, summary="One key topic with its cases")
async def topic(
    request: Request, response: Response, congress: Congress, topic_id: str, as_of: AsOf = None
) -> dict[str, Any]:
    viewer = asker(request, "topics")
    async with reading_as(request, viewer, as_of) as reading:
        rows = await key_topics.find(reading.connection, as_of=reading.as_of, congress=congress)
        row = next((one for one in rows if one["topic_id"] == topic_id), None)
        if row is None:
            raise NoSuchTopic(congress=congress, topic=topic_id)
        cases = await key_topics.cases_of(reading.connection, row["case_ids"], as_of=reading.as_of)
        version = (await services_of(request).topics.topic(congress, topic_id)).version
        response.headers["ETag"] = etag(version)
        return {**_topic(row), "version": version, "cases": [shown(c) for c in cases], **reading.data()}


def _topic(row: Any) -> dict[str, Any]:
    return {name: value for name, value in shown(row).items() if name != "case_ids"}


@router.get("/inbox", response_model=Page, summary="What the account that asks has to do")
async def todo(request: Request, limit: Limit = 50, as_of: AsOf = None) -> dict[str, Any]:
    viewer = asker(request, "inbox")
    async with reading_as(request, viewer, as_of) as reading:
        items: list[Any] = []
        for audience, who in inboxes_of(viewer):
            rows = await inbox.find(reading.connection, audience, who, as_of=reading.as_of, limit=limit)
            items += [shown(row) for row in rows]
        return answer(reading, items[:limit])


@router.get("/deputies/{deputy}", response_model=Report, summary="One deputy's record")
async def deputy_record(
    request: Request, deputy: str, congress: Word = None, as_of: AsOf = None
) -> dict[str, Any]:
    viewer = asker(request, "deputies")
    if not viewer.roles & OVERSEERS and deputy not in (viewer.deputy, viewer.delegation):
        raise NotYours(account=viewer.name, what="deputies")
    async with reading_as(request, viewer, as_of) as reading:
        found = await deputies.record(reading.connection, deputy, congress=congress, as_of=reading.as_of)
        return {**found, "cases": [shown(row) for row in found["cases"]], **reading.data()}


@router.get("/motions/{congress}/{session}/{number}", response_model=Report, summary="One motion")
async def motion(
    request: Request, response: Response, congress: Congress, session: Session, number: Number
) -> dict[str, Any]:
    viewer, services = asker(request, "motions"), services_of(request)
    ref = f"{congress}/{session}/{number}"
    found = await services.motions.motion(ref)
    if not sees(viewer, case_of_motion(found)).case:
        raise NoSuchMotion(ref=ref)
    response.headers["ETag"] = etag(found.version)
    return {
        "ref": found.ref, "version": found.version, "stage": found.stage.value, "subject": found.subject,
        "movers": found.movers, "delegation": found.delegation, "number": found.number,
        "committee": found.committee, "disposition": found.disposition, "merged_into": found.merged_into,
        "opinions_asked": found.opinions_asked, "outcome": found.outcome,
        "position": await services.log.head(), "judged_at": now_of(request),
    }  # fmt: skip
