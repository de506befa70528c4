"""Bad input: what is sent to hurt is refused or rendered harmless, and never a stack trace."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from duban.entrypoints.api.app import PREFIX
from duban.entrypoints.web.limits import LARGEST
from tests.access.people import REFS
from tests.entrypoints.api.conftest import Api

pytestmark = pytest.mark.postgres

OWN = f"{PREFIX}/cases/{REFS['own']}"
HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>"
FORMULA = '=HYPERLINK("https://evil.example";"x")'


def harm_of(answer: httpx2.Response, *statuses: int) -> list[str]:
    """What an answer must not be or hold: another status than these, a stack trace, markup that would run."""
    harm = [part for part in ("Traceback", 'File "') if part in answer.text]
    if answer.status_code not in statuses:
        harm.append(f"{answer.status_code} {answer.text[:300]}")
    if answer.headers["content-type"].startswith("text/html"):
        shown = answer.text.replace("&lt;img src=x onerror=alert(2)&gt;", "")
        harm += [part for part in ("<script>alert", "onerror=alert") if part in shown]
    return harm


BODIES: list[tuple[bytes, str, int]] = [
    (b"", "application/json", 422),
    (b"{", "application/json", 422),
    (b"[]", "application/json", 422),
    (b"null", "application/json", 422),
    (b'{"title": 1}', "application/json", 422),
    (b'{"congress": "npc", "title": "x", "strange": 1}', "application/json", 422),
    (b'{"congress": "npc", "title": "\\ud800"}', "application/json", 422),
    (b'{"congress": "npc", "title": "x", "\\ud800": 1}', "application/json", 422),
    (b'{"congress": "npc", "title": "a\\u0000b"}', "application/json", 422),
    (b'{"congress": "nowhere", "title": "x"}', "application/json", 403),
    (b'{"congress": "npc", "title": "x", "term": 1e99}', "application/json", 422),
    (b'{"congress": "npc", "title": "x", "at": "0001-01-01T00:00:00Z"}', "application/json", 201),
    (b'{"congress": "npc", "title": "x", "at": "9999-12-31T23:59:59Z"}', "application/json", 400),
    (b"\xff\xfe", "application/json", 422),
    (b'{"congress": "npc", "title": "' + b"x" * 301 + b'"}', "application/json", 422),
    (b"a=b", "application/x-www-form-urlencoded", 422),
    (b"[" * 5000, "application/json", 400),
]


async def test_malformed_bodies_are_refused(client: httpx2.AsyncClient, api: Api) -> None:
    headers = api.headers("affairs-commission")
    for body, kind, status in BODIES:
        answer = await client.post(f"{PREFIX}/cases", content=body, headers=headers | {"Content-Type": kind})

        assert harm_of(answer, status) == [], body[:80]


async def test_a_body_over_the_limit_is_refused_before_it_is_read(
    client: httpx2.AsyncClient, api: Api
) -> None:
    headers = api.headers("affairs-commission")

    async def pieces() -> Any:
        for _ in range(LARGEST // 65_536 + 2):
            yield b"x" * 65_536

    for content in (b"x" * (LARGEST + 1), pieces()):
        answer = await client.post(f"{PREFIX}/cases", content=content, headers=headers)

        assert harm_of(answer, 413) == []
        assert answer.headers["content-type"] == "application/problem+json"


ADDRESSES = [
    f"{PREFIX}/cases?text=%00", f"{PREFIX}/cases?limit=0", f"{PREFIX}/cases?limit=99999999999999999999",
    f"{PREFIX}/cases?cursor=W10", f"{PREFIX}/cases?cursor=%FF", f"{PREFIX}/cases?term=99999999999",
    f"{PREFIX}/cases?as_of=0", f"{PREFIX}/cases?as_of=999999999999999999", f"{PREFIX}/cases?as_of=0001-01-01",
    f"{PREFIX}/cases?as_of=9999-12-31", f"{PREFIX}/cases?stage=nonsense", f"{PREFIX}/cases/a/b/c",
    f"{PREFIX}/cases/npc/14-2/%00", f"{PREFIX}/cases/npc/14-2/..%2F..%2Fetc", f"{OWN}?as_of=9999-12-31T23:59:59",
    f"{PREFIX}/clock?jurisdiction=npc&rule=answer&from=2199-12-31",
    f"{PREFIX}/clock?jurisdiction=npc&rule=x&from=2024-04-02", f"{PREFIX}/rules/{'x' * 80}",
    f"{PREFIX}/topics/npc/%2e%2e", f"{PREFIX}/nowhere", f"{PREFIX}/units/{'x' * 3000}/work", "/?as_of=0001-01-01",
    "/?as_of=9999-12-31", "/case/npc/14-2/%00", f"{PREFIX}/audit/events?ref=x", f"{PREFIX}/deputies/%E0%80",
]  # fmt: skip


async def test_strange_addresses_are_refused_or_answered_without_harm(
    client: httpx2.AsyncClient, api: Api
) -> None:
    for role in ("affairs-commission", "auditor", "public"):
        for address in ADDRESSES:
            answer = await client.get(address, headers=api.headers(role))

            assert harm_of(answer, 200, 400, 401, 403, 404, 422) == [], (role, address)


HEADERS: list[dict[str, str]] = [
    {"If-Match": "x"}, {"If-Match": '"-1"'}, {"If-Match": '"' + "9" * 30 + '"'}, {"If-Match": ""},
    {"Idempotency-Key": "k" * 300, "If-Match": "*"}, {"Accept-Language": "zh;q=x," * 50, "If-Match": "*"},
]  # fmt: skip


async def test_strange_headers_are_refused(client: httpx2.AsyncClient, api: Api) -> None:
    for strange in HEADERS:
        headers = api.headers("affairs-commission") | strange
        answer = await client.post(f"{OWN}/acts/assign", json={"to": "国务院办公厅"}, headers=headers)

        assert harm_of(answer, 400, 409, 412, 422, 428) == [], strange


def texts_of(schema: dict[str, Any]) -> Iterator[str]:
    """The fields of a body that take text."""
    for name, field in schema.get("properties", {}).items():
        kinds = json.dumps(field)
        if '"string"' in kinds and '"format"' not in kinds and "enum" not in kinds and "$ref" not in kinds:
            yield name


async def test_markup_and_formulas_in_every_text_field_are_shown_as_they_were_written(
    client: httpx2.AsyncClient, api: Api
) -> None:
    headers = api.headers("affairs-commission") | {"If-Match": "*"}
    title = f"{HTML} {FORMULA}"
    body = {"congress": "npc", "title": title, "text": title, "lead_deputy": HTML, "delegation": FORMULA,
            "number": "77", "term": 14, "session": 2}  # fmt: skip
    made = await client.post(f"{PREFIX}/cases", json=body, headers=headers)
    ref = made.json()["ref"]
    described = (await client.get(f"{PREFIX}/openapi.json")).json()
    paths, schemas = described["paths"], described["components"]["schemas"]
    acts = [path for path in paths if "/cases/{congress}" in path and "/acts/" in path]
    for path in acts:
        name = paths[path]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition(
            "/"
        )[2]
        example = dict(schemas[name]["examples"][0])
        for field in texts_of(schemas[name]):
            example[field] = [HTML] if isinstance(example.get(field), list) else HTML
        act = path.rpartition("/")[2]
        answer = await client.post(f"{PREFIX}/cases/{ref}/acts/{act}", json=example, headers=headers)
        assert harm_of(answer, 200, 400, 403, 404, 409, 422) == [], act
    await api.town.engine.projector.catch_up()

    for page in ("/", f"/case/{ref}", f"/case/{ref}/replay", f"/?text={HTML}", f"/?text={FORMULA}"):
        assert harm_of(await client.get(page, headers=headers), 200) == [], page
    shown = (await client.get(f"{PREFIX}/cases/{ref}", headers=headers)).json()
    assert shown["title"] == title
