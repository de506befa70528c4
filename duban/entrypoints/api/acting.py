"""Acting: a command under the caller's key, at the version they saw, and its first answer for every repetition."""

import json
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated, Any, Final
from uuid import UUID, uuid4, uuid5

from fastapi import Header, Request
from fastapi.responses import Response

from domain.base import Refusal
from duban.access.viewer import Viewer
from duban.commands import Actor
from duban.entrypoints.api.asking import services_of

KEYS: Final = UUID("3f6d1a52-8a07-5b53-9b0e-4a2f0c7d9e11")  # the namespace of command ids made from keys
IfMatch = Annotated[
    str | None, Header(max_length=40, description="The ETag as it was read; * for any.", examples=['"4"'])
]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", max_length=200, description="The same key again gets the first answer again."
    ),
]

_KNOWN = "select request_hash, status, headers, body from api_answer where account = $1 and key = $2"
_KEEP = "insert into api_answer values ($1, $2, $3, $4, $5::text::jsonb, $6) on conflict do nothing"
_FORGET = "delete from api_answer where at < clock_timestamp() - interval '7 days'"


class VersionNeeded(Refusal):
    """This act needs If-Match: the version at which you saw what you decide on.

    Send the ETag that you read, or * if any will do.
    """


class NotAVersion(Refusal):
    """If-Match cannot be {text}.

    Send one ETag as it was read, such as "4", or *.
    """


class KeyReused(Refusal):
    """This Idempotency-Key was used for another request.

    Take a new key for a new act.
    """


def by_of(viewer: Viewer, key: str | None, match: str | None, *, exists: bool = True) -> Actor:
    """Who commands, under the caller's key, at the version they saw."""
    command_id = uuid5(KEYS, f"{viewer.name}\n{key}") if key else uuid4()
    return Actor(viewer.name, command_id, expects=_expected(match) if exists else None)


def _expected(match: str | None) -> int | None:
    if match is None:
        raise VersionNeeded
    text = match.strip()
    if text == "*":
        return None
    bare = text.removeprefix("W/").strip('"')
    if not (bare.isascii() and bare.isdigit()) or len(bare) > 18:
        raise NotAVersion(text=text[:40])
    return int(bare)


async def once(
    request: Request,
    viewer: Viewer,
    key: str | None,
    perform: Callable[[], Awaitable[tuple[int, dict[str, str], Any]]],
) -> Response:
    """Perform, unless this key was answered before: then the first answer again."""
    if not key:
        return _response(*await perform())
    pool, asked = services_of(request).pool, await _asked(request)
    row = await pool.fetchrow(_KNOWN, viewer.name, key)
    if row is None:
        status, headers, body = await perform()
        kept = json.dumps(body, ensure_ascii=False, default=str).encode()
        await pool.execute(_FORGET)
        await pool.execute(_KEEP, viewer.name, key, asked, status, json.dumps(headers), kept)
        row = await pool.fetchrow(_KNOWN, viewer.name, key)
        assert row is not None  # it was kept a moment ago, by us or by who was faster
    if row["request_hash"] != asked:
        raise KeyReused
    headers = json.loads(row["headers"])
    return Response(row["body"], row["status"], headers, media_type="application/json")


async def _asked(request: Request) -> bytes:
    """What tells one request from another."""
    return sha256(f"{request.method} {request.url.path}\n".encode() + await request.body()).digest()


def _response(status: int, headers: dict[str, str], body: Any) -> Response:
    said = json.dumps(body, ensure_ascii=False, default=str).encode()
    return Response(said, status, headers, media_type="application/json")
