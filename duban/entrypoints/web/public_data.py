"""Open data of the public site: files made in one snapshot, written to disk as they grow, then sent at any pace."""

import asyncio
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from domain.base import Refusal
from duban.access.seeing import seeing
from duban.access.viewer import PUBLIC
from duban.entrypoints.web.pages import Pages, url, words_of
from duban.entrypoints.web.public_question import HOME, PublicQuestion
from duban.entrypoints.web.services import Services
from duban.open_data import BOM, FILES, csv_lines, heading, json_line, schema
from projections import public_search
from projections.base import Connection
from projections.projector import reached
from projections.public_search import PublicFilter

DATA: Final = HOME + "/data"
JSONL: Final = "cases.jsonl"
MADE_AT_ONCE: Final = 2  # files; the others wait, so that downloads never hold every connection
WAITED: Final = 20.0  # seconds for a turn
IN_MEMORY: Final = 1 << 20  # bytes of a file; the rest is on disk
CHUNK: Final = 1 << 16  # bytes sent at a time
NOT_MODIFIED: Final = 304
TYPES: Final = {"csv": "text/csv; charset=utf-8; header=present", "jsonl": "application/jsonl; charset=utf-8"}
FOR_ALL: Final = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Expose-Headers": "Duban-Position, ETag",
    "Cache-Control": "public, max-age=60",
    "X-Robots-Tag": "noindex",
}


class TooManyDownloads(Refusal):
    """Others are downloading at the moment.

    Try again in a minute.
    """


def data_pages(pages: Pages, services: Services) -> APIRouter:
    """The router of the open data."""
    router, turns = APIRouter(include_in_schema=False), asyncio.Semaphore(MADE_AT_ONCE)

    @router.api_route(DATA, methods=["GET", "HEAD"])
    async def about(request: Request) -> HTMLResponse:
        question = PublicQuestion.of(request.query_params)
        async with seeing(services.pool, PUBLIC) as connection:
            position = await reached(connection)
            counted, _ = await public_search.figures(connection, question.wanted, by_facet=False)
        page = pages.render_for_all(
            request, "public_data.html", question=question, files=FILES, position=position, counts=counted
        )
        page.headers.update({"Cache-Control": "public, max-age=60", "X-Robots-Tag": "all"})
        return page

    @router.get(DATA + "/schema.json")
    async def described(request: Request) -> JSONResponse:
        return JSONResponse(schema(words_of(request)), headers=FOR_ALL | {"Vary": "Accept-Language, Cookie"})

    @router.api_route(DATA + "/{file}", methods=["GET", "HEAD"])
    async def download(request: Request, file: str) -> Response:
        name, _, kind = file.rpartition(".")
        if not (file == JSONL or (kind == "csv" and name in FILES)):
            raise HTTPException(404)
        wanted = PublicQuestion.of(request.query_params).wanted
        bom = kind == "csv" and request.query_params.get("bom") == "1"
        try:
            await asyncio.wait_for(turns.acquire(), WAITED)
        except TimeoutError:
            raise TooManyDownloads from None
        try:
            return await _sent(request, services, wanted, name, kind, bom)
        finally:
            turns.release()

    return router


async def _sent(
    request: Request, services: Services, wanted: PublicFilter, name: str, kind: str, bom: bool
) -> Response:
    """The file as of the position that the read models have reached; not again to who has it."""
    async with seeing(services.pool, PUBLIC) as connection:
        position = await reached(connection)
        tag = f'"{position}{"-bom" if bom else ""}"'
        headers = FOR_ALL | {"ETag": tag, "Duban-Position": str(position)}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=NOT_MODIFIED, headers=headers)
        headers["Content-Disposition"] = f'attachment; filename="{name}-{position}.{kind}"'
        headers["Link"] = f'<{url(DATA + "/schema.json", {})}>; rel="describedby"'
        if request.method == "HEAD":
            return Response(headers=headers, media_type=TYPES[kind])
        made: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 closed when it has been sent
        try:
            await _write(made, connection, wanted, name, kind, position, bom)
        except BaseException:
            made.close()
            raise
    return StreamingResponse(
        _chunks(made), headers=headers, media_type=TYPES[kind], background=BackgroundTask(made.close)
    )


async def _write(
    made: IO[bytes],
    connection: Connection,
    wanted: PublicFilter,
    name: str,
    kind: str,
    position: int,
    bom: bool,
) -> None:
    file = FILES[name]
    if kind == "csv":
        made.write(((BOM if bom else "") + heading(file)).encode())
    async for case in public_search.stream(connection, wanted):
        lines = csv_lines(file, case, position) if kind == "csv" else (json_line(case, position),)
        made.write("".join(lines).encode())
    made.seek(0)


async def _chunks(made: IO[bytes]) -> AsyncIterator[bytes]:
    try:
        while chunk := await asyncio.to_thread(made.read, CHUNK):
            yield chunk
    finally:
        made.close()
