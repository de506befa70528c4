"""Bulk acts: chosen on the board, said once, looked at, then done; each case by itself, and nothing twice."""

import re
from html import unescape

import httpx2
import pytest

from duban.access.viewer import Role
from duban.accounts.model import Account
from duban.bulk import MOST
from tests.entrypoints.web.conftest import LATE, MARA, PASSWORD, REF, ROUGH, World, asking, sign_in

pytestmark = pytest.mark.postgres

PUBLISH = {"part": "content", "extent": "full", "by": "代表工作委员会"}
SUMMARY = PUBLISH | {"extent": "summary", "reason": "涉及隐私"}


def hidden(page: str) -> dict[str, list[str]]:
    """The hidden fields of the form."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page):
        found.setdefault(name, []).append(unescape(value))
    return found


async def chosen(client: httpx2.AsyncClient, **asked: object) -> str:
    page = await client.get("/bulk", params={"lang": "en", **asked})  # type: ignore[dict-item] # lists too
    assert page.status_code == 200, page.text
    return page.text


async def sent(client: httpx2.AsyncClient, page: str, **typed: str) -> httpx2.Response:
    return await client.post("/bulk", data={**hidden(page), **typed})


async def test_one_act_is_said_once_looked_at_and_done_to_each_case_that_allows_it(
    client: httpx2.AsyncClient, world: World
) -> None:
    page = await chosen(client, act="publish", case=[REF, LATE, ROUGH, "npc/14-2/999"])
    before = await world.log.head()

    looked = await sent(client, page, **PUBLISH)
    assert looked.status_code == 200
    assert await world.log.head() == before  # looking does nothing
    assert looked.text.count(">will be done<") + looked.text.count(">will be done</span>") >= 3
    assert "npc/14-2/999" in looked.text
    assert "will not be done" in looked.text

    done = await sent(client, looked.text, **PUBLISH, do="1")
    after = await world.log.head()
    again = await sent(client, looked.text, **PUBLISH, do="1")

    assert after == before + 3
    assert await world.log.head() == after  # the same form sent twice is done once
    assert 'class="refused"' in done.text
    assert done.text.count('class="done"') == again.text.count('class="done"') == 3
    assert '<form class="act' not in done.text


async def test_what_was_not_looked_at_is_not_done(client: httpx2.AsyncClient, world: World) -> None:
    page = await chosen(client, act="publish", case=[REF])
    before = await world.log.head()

    at_once = await sent(client, page, **PUBLISH, do="1")
    changed = await sent(client, at_once.text, **SUMMARY, do="1")

    assert await world.log.head() == before
    assert "Nothing was done" in at_once.text
    assert "Nothing was done" in changed.text
    done = await sent(client, changed.text, **SUMMARY, do="1")
    assert await world.log.head() == before + 1, done.text


async def test_a_field_that_no_case_could_take_is_refused_above_the_form_and_keeps_what_was_typed(
    client: httpx2.AsyncClient,
) -> None:
    page = await chosen(client, act="inspect", case=[REF, LATE])

    refused = await sent(client, page, by="视察组", finding="")

    assert refused.status_code == 400
    assert "missing" in refused.text
    assert "视察组" in refused.text
    assert hidden(refused.text)["case"] == [REF, LATE]


async def test_all_that_match_the_filters_are_chosen_and_no_more(client: httpx2.AsyncClient) -> None:
    every = hidden(await chosen(client, act="publish", all="1", where=""))["case"]
    late = hidden(await chosen(client, act="publish", all="1", where="congress=npc&late=1"))["case"]
    none = await client.get(
        "/bulk", params={"act": "publish", "all": "1", "where": "text=nowhere", "lang": "en"}
    )
    wrong = await client.get("/bulk", params={"act": "publish", "all": "1", "where": "stage=nonsense"})
    many = [("case", f"npc/14-2/{number}") for number in range(MOST + 1)]
    too_many = await client.get("/bulk", params=[("act", "publish"), ("lang", "en"), *many])

    assert set(every) == {REF, LATE, ROUGH}
    assert LATE in late
    assert ROUGH not in late
    assert (none.status_code, wrong.status_code, too_many.status_code) == (400, 400, 400)
    assert "No case is chosen" in none.text
    assert f"at most {MOST}" in too_many.text


async def test_a_unit_signs_for_its_own_cases_and_for_no_others(
    world: World, client: httpx2.AsyncClient
) -> None:
    coordinator = Account("coordinator", frozenset({Role.UNIT_COORDINATOR}), "npc", unit=MARA)
    await world.app.state.gate.accounts.add(coordinator, PASSWORD, by="test")
    async with asking(world.app) as unit:
        await sign_in(unit, "coordinator")
        board = (await unit.get("/?lang=en")).text
        offered = re.findall(
            r'<option value="([a-z-]+)">', board.partition('id="bulk"')[2].partition("</form>")[0]
        )
        page = await chosen(unit, act="sign-for", case=[LATE, ROUGH])
        looked = await sent(unit, page, unit=MARA)
        done = await sent(unit, looked.text, unit=MARA, do="1")
        refused = await unit.get("/bulk", params={"act": "publish", "case": LATE})
        answer = await unit.get("/bulk", params={"act": "answer", "case": LATE})

    assert "sign-for" in offered
    assert "publish" not in offered
    assert done.text.count('class="done"') == 1
    assert done.text.count('class="refused"') == 1  # a case that it does not see does not exist for it
    assert "No case bears the reference" in done.text or "没有编号为" in done.text
    assert refused.status_code == 403
    assert answer.status_code == 400
    case = await world.commands.case(await world.commands.resolve(LATE))
    assert MARA in case.signed_for


async def test_a_stranger_acts_on_nothing(stranger: httpx2.AsyncClient) -> None:
    assert (await stranger.get("/bulk", params={"act": "publish", "case": REF})).status_code == 401
    assert (await stranger.post("/bulk", data={"act": "publish", "case": REF})).status_code == 403
    assert 'id="bulk"' not in (await stranger.get("/")).text


async def test_nothing_can_be_chosen_in_the_past(client: httpx2.AsyncClient) -> None:
    assert 'type="checkbox" name="case"' in (await client.get("/")).text
    assert 'type="checkbox" name="case"' not in (await client.get("/?as_of=8")).text
