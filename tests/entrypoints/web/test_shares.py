import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import pytest_asyncio

from domain.access import ReplayShared, ReplayShareRevoked
from duban.access.permission import opens
from duban.access.viewer import Role
from duban.accounts.model import Account
from duban.entrypoints.web.app import create_app
from duban.entrypoints.web.identity import SESSION_COOKIE
from tests.entrypoints.command_line import done, duban
from tests.entrypoints.web.conftest import COMMISSION, NOW, REF, STEPS, World, asking

pytestmark = pytest.mark.postgres
REPLAY = f"/case/{quote(REF)}/replay"
PROMISE = "建成3个示范县"
UNIT = Account("handler", frozenset({Role.UNIT_HANDLER}), "npc", unit="农业农村部")


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest_asyncio.fixture(loop_scope="session")
async def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture(loop_scope="session")
async def maker(world: World, clock: Clock) -> AsyncIterator[httpx2.AsyncClient]:
    """The affairs commission, over an app whose clock can be moved."""
    app = create_app(world.app.state.services, clock)
    session = await app.state.gate.sessions.open(COMMISSION)
    async with asking(app) as client:
        client.cookies.set(SESSION_COOKIE, session.token)
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def holder(world: World, clock: Clock) -> AsyncIterator[httpx2.AsyncClient]:
    """Whoever holds a link: nobody that is known."""
    async with asking(create_app(world.app.state.services, clock)) as client:
        yield client


async def made(maker: httpx2.AsyncClient, days: int = 7, seat: str = "") -> str:
    """The path of a new link."""
    page = await maker.get(REPLAY, params={"lang": "en"})
    (csrf,) = set(re.findall(r'name="csrf" value="([0-9a-f]{64})"', page.text))
    answer = await maker.post(f"{REPLAY}/shares", data={"csrf": csrf, "days": str(days), "seat": seat})
    assert answer.status_code == 200, answer.text
    (path,) = re.findall(r"<code>http://[^/]+(/shared/[\w-]{43})</code>", answer.text)
    return str(path)


async def test_whoever_holds_the_link_steps_through_the_replay(
    maker: httpx2.AsyncClient, holder: httpx2.AsyncClient
) -> None:
    path = await made(maker)

    page = await holder.get(path, params={"lang": "en"})
    last = await holder.get(path, params={"step": STEPS, "lang": "en"})
    fragment = await holder.get(path, params={"step": 2}, headers={"Duban-Fragment": "moment"})

    assert f"Step 1 of {STEPS}" in page.text
    assert f'{path}?step=2"' in page.text
    assert PROMISE in last.text
    assert fragment.text.startswith('<div class="moment"')
    assert "/case/" not in last.text  # it leads nowhere else
    assert "/sign-in" not in page.text
    assert (await holder.get(path, params={"step": "99"})).status_code == 404


async def test_the_page_tells_its_secret_to_nobody(
    maker: httpx2.AsyncClient, holder: httpx2.AsyncClient
) -> None:
    path = await made(maker)

    for answer in (await holder.get(path), await holder.get("/shared/unknown")):
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers


async def test_no_right_of_the_maker_flows_from_the_link(
    maker: httpx2.AsyncClient, holder: httpx2.AsyncClient
) -> None:
    path = await made(maker)
    await holder.get(path)

    assert (await holder.get(f"/case/{quote(REF)}")).status_code == 404
    assert (await holder.get("/shares")).status_code == 401
    assert (await holder.post(path)).status_code in (403, 405)
    assert (await holder.get(path, params={"by": "affairs-commission"})).status_code == 200


async def test_a_standpoint_shows_no_more_than_that_role_sees(
    maker: httpx2.AsyncClient, holder: httpx2.AsyncClient
) -> None:
    page = await maker.get(REPLAY)
    (csrf,) = set(re.findall(r'name="csrf" value="([0-9a-f]{64})"', page.text))
    refused = await maker.post(f"{REPLAY}/shares", data={"csrf": csrf, "days": "7", "seat": "public"})
    unit = await holder.get(await made(maker, seat="unit-handler"), params={"lang": "zh"})

    assert refused.status_code == 409  # the public sees nothing of it
    assert unit.status_code == 200
    assert "承办单位" in unit.text
    assert (await maker.post(f"{REPLAY}/shares", data={"csrf": csrf, "seat": "auditor"})).status_code == 400
    for days in ("0", "91", "x"):
        wrong = await maker.post(f"{REPLAY}/shares", data={"csrf": csrf, "days": days})
        assert wrong.status_code == 422, days


async def test_a_link_ends_on_its_day(
    maker: httpx2.AsyncClient, holder: httpx2.AsyncClient, clock: Clock
) -> None:
    path = await made(maker, days=1)

    clock.now = NOW + timedelta(hours=23)
    before = await holder.get(path)
    clock.now = NOW + timedelta(hours=25)
    after = await holder.get(path)

    assert (before.status_code, after.status_code) == (200, 404)


async def test_a_link_is_counted_listed_and_revoked_and_the_log_knows(
    world: World, maker: httpx2.AsyncClient, holder: httpx2.AsyncClient
) -> None:
    path = await made(maker)
    await holder.get(path)
    await holder.get(path, params={"step": 3})

    (row,) = await world.pool.fetch("select share_id, uses, token_hash from replay_share")
    listed = await maker.get("/shares", params={"lang": "en"})
    (csrf,) = set(re.findall(r'name="csrf" value="([0-9a-f]{64})"', listed.text))
    revoked = await maker.post(f"/shares/{row['share_id']}/revoke", data={"csrf": csrf})
    again = await maker.post(f"/shares/{row['share_id']}/revoke", data={"csrf": csrf})
    events = [r.body for r in await world.log.read_all(limit=1000) if r.type.startswith("access.replay")]

    assert row["uses"] == 2
    assert path.rpartition("/")[2].encode() not in row["token_hash"]
    assert '<td class="number">2</td>' in listed.text
    assert (revoked.status_code, again.status_code) == (303, 404)
    assert (await holder.get(path)).status_code == 404
    assert [type(event) for event in events] == [ReplayShared, ReplayShareRevoked]
    assert path.rpartition("/")[2] not in repr(events)


async def ended(world: World, how: str) -> None:
    accounts = world.app.state.gate.accounts
    if how == "locked":
        await accounts.lock(COMMISSION.name, by="test")
    elif how == "roles":
        await accounts.set_roles(COMMISSION.name, frozenset({Role.OPERATOR}), by="test")
    else:
        await accounts.become(replace(COMMISSION, congress="马关县"), by="test")


@pytest.mark.parametrize("how", ["locked", "roles", "other congress"])
async def test_a_link_ends_with_what_its_maker_may(
    world: World, maker: httpx2.AsyncClient, holder: httpx2.AsyncClient, how: str
) -> None:
    path = await made(maker)
    never = await holder.get("/shared/never", params={"lang": "en"})

    await ended(world, how)
    after = await holder.get(path, params={"lang": "en"})

    assert after.status_code == 404
    assert after.text.replace(path[8:], "never") == never.text


def test_who_may_share_is_in_the_policy() -> None:
    assert opens(COMMISSION.viewer(), "share-replay")
    assert not opens(UNIT.viewer(), "share-replay")


async def test_who_may_not_share_is_offered_nothing_and_refused(
    world: World, stranger: httpx2.AsyncClient
) -> None:
    await world.app.state.gate.accounts.add(UNIT, None, by="test")
    token = await world.app.state.gate.accounts.issue_token(
        UNIT.name, "t", frozenset({"read", "act"}), 1, by="test"
    )
    headers = {"Authorization": f"Bearer {token}"}
    body: dict[str, Any] = {"days": 7}

    page = await stranger.get(REPLAY, headers=headers)
    tried = await stranger.post(f"/api/v1/cases/{REF}/shares", json=body, headers=headers)

    assert "/replay/shares" not in page.text
    assert tried.status_code == 403
    assert (await stranger.post(f"/api/v1/cases/{REF}/shares", json=body)).status_code == 401


async def test_programs_make_list_and_revoke_links(world: World, stranger: httpx2.AsyncClient) -> None:
    token = await world.app.state.gate.accounts.issue_token(
        COMMISSION.name, "t", frozenset({"read", "act"}), 1, by="test"
    )
    headers = {"Authorization": f"Bearer {token}"}

    link = await stranger.post(
        f"/api/v1/cases/{REF}/shares", json={"days": 7, "seen_by": "unit-handler"}, headers=headers
    )
    listed = await stranger.get("/api/v1/shares", headers=headers)
    opened = await stranger.get(link.json()["path"])
    gone = await stranger.delete(f"/api/v1/shares/{link.json()['share_id']}", headers=headers)

    assert (link.status_code, opened.status_code, gone.status_code) == (201, 200, 204)
    assert [one["seen_by"] for one in listed.json()["items"]] == ["unit-handler"]
    assert "token" not in listed.text.replace("token_id", "")
    assert (await stranger.get(link.json()["path"])).status_code == 404


async def test_whoever_has_the_machine_makes_lists_and_revokes_links(
    world: World, database: str, stranger: httpx2.AsyncClient
) -> None:
    link = await done(database, "case", "share", REF, "--days", "3", "--seen-by", "unit-handler")
    path = link["address"].partition("/shared/")[1] + link["address"].partition("/shared/")[2]
    opened = await stranger.get(path)
    (listed,) = await done(database, "case", "shares")
    (revoked,) = await done(database, "case", "shares", "--revoke", link["share_id"])
    refused = await duban(database, "case", "share", REF, "--days", "91")
    spoken = await duban(database, "case", "shares", lang="zh")

    assert opened.status_code == 200
    assert (listed["share_id"], listed["ref"], listed["seat"]) == (link["share_id"], REF, "unit-handler")
    assert revoked["revoked_at"] is not None
    assert (await stranger.get(path)).status_code == 404
    assert (refused.exit_code, "1 to 90 days" in refused.output) == (1, True)
    assert "已撤销" in spoken.output
    mine = await duban(database, "case", "share", REF, "--account", "nobody")
    assert mine.exit_code == 1
