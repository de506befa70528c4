"""The audit search: the trail asked by its facts or by a named question, each row leading to its moment of the case."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, StreamingResponse

from domain.base import Refusal
from domain.registry import EVENT_TYPES
from domain.vocabulary import Role
from duban.access.permission import ensure_opens, opens
from duban.access.seeing import seeing
from duban.access.viewer import Viewer
from duban.entrypoints.web.identity import NotSignedIn, ensure_scope, viewer_of
from duban.entrypoints.web.pages import Pages, case_url, url, words_of
from duban.entrypoints.web.places import place_of
from duban.entrypoints.web.services import Services
from duban.exporting.streamed import Download, streamed
from duban.exporting.tables import plain
from duban.reading import moment_of
from duban.trail_asking import ASKED, columns_of, wanted_of
from duban.wording.wording import Wording
from projections.base import Connection
from projections.projector import reached
from projections.questions import QUESTIONS, Question, answers, question
from projections.trail import Wanted, rows

PAGE: Final = 50  # rows
SHOWN: Final = ("event_type", "unit", "reason")  # of an answer by facts; the sentence tells the rest
LARGEST_NUMBER: Final = 100_000  # of a named question
TOLD: Final = (
    "case/",
    "topic/",
    "motion/",
    "congress/",
    "access/",
)  # streams that are short enough to be read again


class NotANumber(Refusal):
    """“{text}” is not a number that a question can be asked with.

    Write a whole number up to {most}.
    """


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked, as the address says it."""

    given: Mapping[str, str]
    asked: Question | None
    number: int | None
    after: int
    as_of: str

    @classmethod
    def of(cls, request: Request) -> "Search":
        given = {name: value.strip() for name, value in request.query_params.items() if value.strip()}
        name = given.get("question")
        return cls(
            {one: given[one] for one in ASKED if one in given},
            question(name) if name else None,
            _number(given.get("number")),
            place_of(given.get("after", "0")),
            given.get("as_of", ""),
        )

    def query(self, **more: Any) -> dict[str, Any]:
        """As an address says it."""
        name = self.asked.name if self.asked else None
        return {**self.given, "question": name, "number": self.number, "as_of": self.as_of, **more}


@dataclass(frozen=True, slots=True)
class Reader:
    """A snapshot to put the search to."""

    connection: Connection
    position: int
    wanted: Wanted

    def found(self, search: Search, after: int, limit: int | None) -> AsyncIterator[Mapping[str, Any]]:
        if search.asked is None:
            return rows(self.connection, self.wanted, after=after, limit=limit)
        return answers(
            self.connection, search.asked, as_of=self.position, congress=search.given.get("congress"),
            number=search.number, after=after, limit=limit,
        )  # fmt: skip


def audit_pages(pages: Pages, services: Services, now: Callable[[], datetime]) -> APIRouter:
    """The router of the audit search."""
    router = APIRouter(include_in_schema=False)

    @asynccontextmanager
    async def reading(search: Search, viewer: Viewer) -> AsyncIterator[Reader]:
        moment = await moment_of(services.log, search.as_of, now())
        async with seeing(services.pool, viewer) as connection:
            position = moment.position or await reached(connection)
            yield Reader(connection, position, await wanted_of(services.commands, search.given, position))

    @router.api_route("/audit", methods=["GET", "HEAD"])
    async def page(request: Request) -> HTMLResponse:
        viewer, words, search = _auditor(request), words_of(request), Search.of(request)
        async with reading(search, viewer) as reader:
            found = [row async for row in reader.found(search, search.after, PAGE + 1)]
        lines = found[:PAGE]
        said = await _said(services, lines, words) if search.asked is None else {}
        columns = SHOWN if search.asked is None else search.asked.columns
        return pages.render(
            request, "audit.html", search=search, position=reader.position, columns=columns,
            lines=[_line(row, columns, said, words) for row in lines], questions=list(QUESTIONS.values()),
            roles=list(Role), types=sorted(EVENT_TYPES),
            following=url("/audit", search.query(after=lines[-1]["position"])) if len(found) > PAGE else None,
            first=url("/audit", search.query()) if search.after else None,
            downloads={kind.value: url("/audit/download", search.query(format=kind.value)) for kind in Download},
        )  # fmt: skip

    @router.get("/audit/download")
    async def download(request: Request) -> StreamingResponse:
        viewer, search = _auditor(request), Search.of(request)
        ensure_scope(viewer, "export")
        kind = Download.JSONL if request.query_params.get("format") == Download.JSONL else Download.CSV
        bom = bool(request.query_params.get("bom"))
        async with reading(search, viewer):
            pass  # what cannot be asked is refused before the download begins

        async def pieces() -> AsyncIterator[bytes]:
            async with reading(search, viewer) as reader:
                found = reader.found(search, 0, None)
                async for piece in streamed(found, columns_of(search.asked), kind, bom=bom):
                    yield piece

        name = f"{search.asked.name if search.asked else 'trail'}.{kind.value}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(pieces(), media_type=kind.media, headers=headers)

    return router


def _auditor(request: Request) -> Viewer:
    viewer = viewer_of(request)
    if not opens(viewer, "audit") and viewer.only_public:
        raise NotSignedIn
    ensure_opens(viewer, "audit")
    return viewer


async def _said(services: Services, lines: list[Mapping[str, Any]], words: Wording) -> dict[int, str]:
    """What each event says in a sentence, by its position."""
    streams = {row["stream_id"] for row in lines if row["stream_id"].startswith(TOLD)}
    recorded = await services.log.read_streams(sorted(streams))
    wanted = {row["position"] for row in lines}
    events = (r for stream in recorded.values() for r in stream if r.position in wanted)
    return {r.position: words.event_sentence(r) for r in events}


def _line(
    row: Mapping[str, Any], columns: tuple[str, ...], said: Mapping[int, str], words: Wording
) -> dict[str, Any]:
    """A row with the address of its moment in the case's replay."""
    ref, position = row["ref"], row["position"]
    return {
        **row,
        "replay": case_url(ref, "/replay", position=position) if ref else None,
        "said": said.get(position, ""),
        "cells": [_cell(row[name], name, words) for name in columns],
    }


def _cell(value: Any, name: str, words: Wording) -> str:
    if value is None or value == []:
        return "—"
    if isinstance(value, list):
        return words.listed([str(part) for part in value])
    if isinstance(value, datetime):
        return words.time(value)
    if name == "role":
        return words.role(str(value))
    if name == "rule":
        return words.rule(str(value))
    return str(plain(value))


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= LARGEST_NUMBER):
        raise NotANumber(text=text[:40], most=LARGEST_NUMBER)
    return int(text)
