"""Notices on the web and in the API: whose they are, what they hold, and what is read stays read."""

import re
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from domain.suggestion import publication
from domain.vocabulary import Extent, Part
from duban.entrypoints.api.app import PREFIX
from duban.entrypoints.web.identity import SESSION_COOKIE
from duban.notices.notifier import Notifier
from tests.access.people import MARKS, REFS, VIEWERS
from tests.domain.cases import on
from tests.engine import people
from tests.entrypoints.api.conftest import Api, account_of
from tests.entrypoints.api.expectations import STAFF, UNITS
from tests.entrypoints.api.test_access import assert_no_leak

pytestmark = pytest.mark.postgres

# every event is told twice, as to a person who holds two offices
TWICE = """
    insert into notice
    select (jsonb_populate_record(n, jsonb_build_object('notice_id', gen_random_uuid()))).* from notice n
"""
READERS = sorted(STAFF - {"auditor"})


async def told(api: Api) -> None:
    engine = api.town.engine
    notifier = Notifier(engine.log, engine.pool)
    await notifier.take(await engine.log.read_all(after=await notifier.cursor(), limit=10_000))


async def listed(client: httpx2.AsyncClient, api: Api, role: str, asked: str = "") -> dict[str, Any]:
    answer = await client.get(f"{PREFIX}/notices{asked}", headers=api.headers(role))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def signed_in(client: httpx2.AsyncClient, api: Api, role: str) -> str:
    """The token that this person's forms carry."""
    session = await api.app.state.gate.sessions.open(account_of(VIEWERS[role]))
    client.cookies.set(SESSION_COOKIE, session.token)
    page = (await client.get("/notices?lang=en")).text
    return (
        re.findall(r'name="csrf" value="([0-9a-f]{64})"', (await client.get("/account")).text)[0]
        if page
        else ""
    )


async def test_everybody_is_told_their_own_and_nothing_that_they_may_not_see(
    client: httpx2.AsyncClient, api: Api
) -> None:
    await told(api)

    for role in VIEWERS:
        for path in (f"{PREFIX}/notices", f"{PREFIX}/notices?unread=true", "/notices"):
            answer = await client.get(path, headers=api.headers(role))
            expected = 200 if role in READERS else 401 if role == "public" else 403
            assert answer.status_code == expected, (role, path)
            assert_no_leak(role, answer)
            assert MARKS["confidential"] not in answer.text
    refs = {role: {one["ref"] for one in (await listed(client, api, role))["items"]} for role in READERS}
    for role in UNITS:
        assert refs[role] == {REFS["own"], REFS["protected"]}
    assert refs["deputy"] == {REFS["own"]}
    assert refs["affairs-commission"] == set(REFS.values())
    names = [
        one["said"]
        for one in (await listed(client, api, "unit-handler"))["items"]
        if one["ref"] == REFS["protected"]
    ]
    assert not any("李代表" in said for said in names)


async def test_what_one_has_read_stays_read_for_them_and_unread_for_their_colleagues(
    client: httpx2.AsyncClient, api: Api
) -> None:
    await told(api)
    before = await listed(client, api, "unit-handler", "?unread=true")
    first, *others = before["items"]

    for _ in range(2):
        one = await client.post(
            f"{PREFIX}/notices/{first['notice_id']}/read", headers=api.headers("unit-handler")
        )
    after = await listed(client, api, "unit-handler", "?unread=true")
    colleague = await listed(client, api, "unit-signatory", "?unread=true")
    everything = await client.post(
        f"{PREFIX}/notices/read", json={"up_to": first["position"]}, headers=api.headers("unit-handler")
    )
    await api.town.engine.commands.handle(
        REFS["own"], people(),
        publication.DecidePublication(part=Part.CONTENT, extent=Extent.FULL, by="委员会", at=on("2024-07-05")),
    )  # fmt: skip
    await told(api)

    assert (before["unread"], one.json()) == (len(before["items"]), {"unread": len(others)})
    assert after["items"] == others
    assert colleague["items"] == before["items"]
    assert everything.json() == {"unread": 0}
    assert all(not one["unread"] for one in (await listed(client, api, "unit-handler"))["items"])


async def test_nobody_marks_what_is_not_theirs(client: httpx2.AsyncClient, api: Api) -> None:
    await told(api)
    (theirs, *_) = (await listed(client, api, "affairs-commission"))["items"]

    for notice_id in (theirs["notice_id"], str(uuid4())):
        answer = await client.post(f"{PREFIX}/notices/{notice_id}/read", headers=api.headers("unit-handler"))
        assert answer.status_code == 404
    assert (await client.post(f"{PREFIX}/notices/read", json={"up_to": 1})).status_code == 401
    refused = await client.post(f"{PREFIX}/notices/read", json={"up_to": 1}, headers=api.headers("auditor"))
    assert refused.status_code == 403


async def test_pages_go_through_all_of_them_once(client: httpx2.AsyncClient, api: Api) -> None:
    await told(api)
    await api.town.engine.pool.execute(TWICE)
    whole = (await listed(client, api, "affairs-commission", "?limit=200"))["items"]
    found, before = [], ""
    while True:
        page = await listed(client, api, "affairs-commission", f"?limit=3{before}")
        found += page["items"]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"

    assert found == whole
    assert len(whole) > 6


async def test_what_one_may_see_no_longer_is_gone_and_is_counted_no_more(
    client: httpx2.AsyncClient, api: Api
) -> None:
    await told(api)
    pool = api.town.engine.pool
    await pool.execute(  # told while it was theirs; the log says otherwise now
        "update notice set audience = 'unit', who = '农业农村部' where ref = $1", REFS["other"]
    )
    counted = await pool.fetchval(
        "select count(*) from notice where audience = 'unit' and who = '农业农村部'"
    )

    page = await listed(client, api, "unit-handler", "?limit=200")
    again = await listed(client, api, "unit-handler", "?unread=true&limit=200")

    assert REFS["other"] not in {one["ref"] for one in page["items"]}
    assert again["unread"] == len(again["items"]) < counted


async def test_the_page_shows_unread_ones_first_counts_them_in_the_menu_and_marks_them(
    client: httpx2.AsyncClient, api: Api
) -> None:
    await told(api)
    csrf = await signed_in(client, api, "deputy")
    count = (await listed(client, api, "deputy"))["unread"]
    page = (await client.get("/notices?lang=en")).text
    notice = re.findall(r'name="notice" value="([^"]+)"', page)
    up_to = re.findall(r'name="up_to" value="(\d+)"', page)

    assert len(notice) == count > 1
    assert f'<span class="count">{count}' in (await client.get("/todo")).text
    assert f"/case/{REFS['own']}" in page
    forged = await client.post("/notices/read", data={"notice": notice[0]})
    one = await client.post("/notices/read", data={"csrf": csrf, "notice": notice[0]})
    assert (forged.status_code, one.status_code) == (403, 303)
    assert f'<span class="count">{count - 1}' in (await client.get("/notices")).text
    await client.post("/notices/read", data={"csrf": csrf, "up_to": up_to[0]})
    zh = (await client.get("/notices?lang=zh")).text
    assert '<span class="count">' not in zh
    assert "没有未读通知" in zh
