"""Saved views: filters of the board under a name, of one's own or shared by a colleague."""

import re
from html import unescape

import httpx2
import pytest

from duban.access.viewer import Role
from duban.accounts.model import Account
from duban.accounts.secrets import csrf_of
from duban.entrypoints.web.identity import SESSION_COOKIE
from duban.saved_views import MOST
from tests.entrypoints.web.conftest import MARA, PASSWORD, World, asking, sign_in

pytestmark = pytest.mark.postgres

NAME = "本周到期 <b>&"


async def post(client: httpx2.AsyncClient, path: str, **typed: str) -> httpx2.Response:
    return await client.post(path, data={"csrf": csrf_of(client.cookies[SESSION_COOKIE]), **typed})


async def listed(client: httpx2.AsyncClient) -> dict[str, str]:
    """The views on the board, by name, with their address."""
    page = (await client.get("/?lang=en")).text.partition('<details class="views"')[2]
    found = re.findall(r'<li><a href="(/\?[^"]*)">([^<]*)</a>', page)
    return {unescape(name): unescape(address) for address, name in found}


def ids(page: str) -> list[str]:
    return re.findall(r'name="view" value="([^"]+)"', page)


async def test_the_present_filters_are_kept_under_a_name_opened_renamed_and_removed(
    client: httpx2.AsyncClient,
) -> None:
    board = (await client.get("/?late=1&stage=handling&lead_unit=农业农村部&page=1")).text
    (where,) = re.findall(r'action="/views".*?name="where" value="([^"]*)"', board, re.S)

    saved = await post(client, "/views", name=f"  {NAME} ", where=unescape(where))
    assert saved.status_code == 303
    address = (await listed(client))[NAME]
    assert (await client.get(address)).text.count('<td class="ref">') == board.count('<td class="ref">') == 1

    (view, _) = ids((await client.get("/")).text)
    await post(client, "/views/rename", view=view, name="逾期", next="/?late=1")
    assert list(await listed(client)) == ["逾期"]
    await post(client, "/views", name="逾期", where="due=1")
    assert (await listed(client))["逾期"] == "/?due=1"  # the same name keeps the new question
    await post(client, "/views/remove", view=view)
    again = await post(client, "/views/remove", view=view)
    assert again.status_code == 303
    assert await listed(client) == {}


async def test_what_cannot_be_kept_is_refused(
    client: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    for name, where in (("", "late=1"), ("x" * 61, "late=1"), ("a\x07b", "late=1"), ("x", "stage=nonsense")):
        assert (await post(client, "/views", name=name, where=where)).status_code == 400
    for number in range(MOST):
        await post(client, "/views", name=f"{number}", where="late=1")
    assert (await post(client, "/views", name="one more", where="late=1")).status_code == 400
    first = ids((await client.get("/")).text)[0]
    assert (await post(client, "/views/rename", view=first, name="7")).status_code == 400
    assert (await post(client, "/views/rename", view="nonsense", name="8x")).status_code == 404
    assert (await stranger.post("/views", data={"name": "x"})).status_code == 403
    elsewhere = await post(client, "/views/remove", view=first, next="https://evil.example/")
    assert elsewhere.headers["location"] == "/"


async def test_a_shared_view_is_seen_by_colleagues_of_the_unit_and_changed_by_nobody_else(
    world: World,
) -> None:
    accounts = world.app.state.gate.accounts
    people = {
        "mine": Account("mine", frozenset({Role.UNIT_COORDINATOR}), "npc", unit=MARA),
        "colleague": Account("colleague", frozenset({Role.UNIT_HANDLER}), "npc", unit=MARA),
        "other": Account("other", frozenset({Role.UNIT_HANDLER}), "npc", unit="财政部"),
    }
    for account in people.values():
        await accounts.add(account, PASSWORD, by="test")
    async with asking(world.app) as mine, asking(world.app) as colleague, asking(world.app) as other:
        for client, name in ((mine, "mine"), (colleague, "colleague"), (other, "other")):
            await sign_in(client, name)
        await post(mine, "/views", name="共享", where="late=1", shared="1")
        await post(mine, "/views", name="自用", where="due=1")
        (view, _, _, _) = ids((await mine.get("/")).text)

        assert list(await listed(mine)) == ["共享", "自用"]
        assert list(await listed(colleague)) == ["共享"]
        assert "shared by mine" in (await colleague.get("/?lang=en")).text
        assert await listed(other) == {}
        await post(colleague, "/views/remove", view=view)
        assert (await post(colleague, "/views/rename", view=view, name="改")).status_code == 404
        assert list(await listed(mine)) == ["共享", "自用"]
