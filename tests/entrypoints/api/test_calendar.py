"""The calendar's address: who may have one, what it shows, and when it holds no more."""

import re
from urllib.parse import quote, urlsplit

import httpx2
import pytest
from icalendar import Calendar

from duban.accounts.model import SCOPES
from duban.entrypoints.web.identity import SESSION_COOKIE
from tests.access.people import MARKS, REFS, VIEWERS
from tests.domain.cases import MARA, MOF
from tests.entrypoints.api.conftest import Api, account_of
from tests.entrypoints.api.expectations import UNITS, WATCHERS

pytestmark = pytest.mark.postgres


def address(unit: str, key: str) -> str:
    return f"/calendar/{quote(unit)}.ics?key={key}"


async def keyed(api: Api, role: str, *scopes: str) -> str:
    name = VIEWERS[role].name
    key: str = await api.app.state.gate.accounts.issue_token(name, "t", frozenset(scopes), 9, by="test")
    return key


async def test_a_calendar_is_open_to_units_and_those_who_watch_them_and_shows_what_they_see(
    client: httpx2.AsyncClient, api: Api
) -> None:
    for role in VIEWERS:
        key = await keyed(api, role, "calendar") if role != "public" else "duban_none"
        for unit in (MARA, MOF):
            answer = await client.get(address(unit, key))

            allowed = role in WATCHERS | UNITS
            assert answer.status_code == (200 if allowed else 401 if role == "public" else 403), (
                role,
                answer.text,
            )
            if allowed:
                assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
                Calendar.from_ical(answer.text)
            if role in UNITS:
                assert REFS["other"] not in answer.text
                assert MARKS["confidential"] not in answer.text
    nobody = await client.get(f"/calendar/{quote(MARA)}.ics")
    assert nobody.status_code == 401


async def test_the_key_of_a_calendar_opens_nothing_else_and_no_other_key_opens_a_calendar(
    client: httpx2.AsyncClient, api: Api
) -> None:
    key = await keyed(api, "affairs-commission", "calendar")
    others = await keyed(api, "affairs-commission", *(set(SCOPES) - {"calendar"}))

    for path in ("/", "/todo", "/statistics", "/api/v1/cases", "/api/v1/inbox", f"/case/{REFS['own']}"):
        answer = await client.get(path, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 403, path
    assert (await client.get(address(MARA, others))).status_code == 403


async def test_an_address_is_made_on_the_account_page_and_ends_when_it_is_revoked(
    client: httpx2.AsyncClient, api: Api
) -> None:
    session = await api.app.state.gate.sessions.open(account_of(VIEWERS["unit-handler"]))
    client.cookies.set(SESSION_COOKIE, session.token)
    page = (await client.get("/account?lang=en")).text
    csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', page)[0]

    made = await client.post("/account/calendar", data={"csrf": csrf, "unit": MOF})
    (shown,) = re.findall(r'<code class="address">([^<]+)</code>', made.text)
    path = urlsplit(shown.replace("&amp;", "&"))
    client.cookies.clear()
    first = await client.get(f"{path.path}?{path.query}")
    unchanged = await client.get(
        f"{path.path}?{path.query}", headers={"If-None-Match": first.headers["etag"]}
    )
    await api.app.state.gate.accounts.lock(VIEWERS["unit-handler"].name, by="test")
    ended = await client.get(f"{path.path}?{path.query}")

    assert path.path == f"/calendar/{quote(MARA)}.ics"  # staff of a unit get their own, whatever they ask for
    assert (first.status_code, unchanged.status_code, ended.status_code) == (200, 304, 401)
    assert "Deadlines of" in first.text


async def test_who_has_no_unit_to_look_at_is_offered_no_calendar(
    client: httpx2.AsyncClient, api: Api
) -> None:
    session = await api.app.state.gate.sessions.open(account_of(VIEWERS["deputy"]))
    client.cookies.set(SESSION_COOKIE, session.token)
    page = (await client.get("/account?lang=en")).text
    csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', page)[0]

    refused = await client.post("/account/calendar", data={"csrf": csrf, "unit": MARA})

    assert "/account/calendar" not in page
    assert refused.status_code == 403
