"""Acts on a case from its page, by those who may."""

import re
from typing import Any

import httpx2
import pytest

from duban.access.viewer import Role
from duban.accounts.model import Account
from tests.entrypoints.web.conftest import LATE, MARA, NDRC, REF, World, asking, sign_in

pytestmark = pytest.mark.postgres
PASSWORD = "a long password for tests"
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


async def post(client: httpx2.AsyncClient, ref: str, act: str, **fields: Any) -> httpx2.Response:
    page = await client.get(f"/case/{ref}")
    csrf = CSRF.search(page.text)
    assert csrf is not None
    return await client.post(f"/case/{ref}/acts/{act}", data={"csrf": csrf[1], **fields})


async def as_(world: World, account: Account) -> None:
    await world.app.state.gate.accounts.add(account, PASSWORD, by="test")


async def test_the_commission_sees_what_it_may_do_and_does_it(client: httpx2.AsyncClient) -> None:
    page = (await client.get(f"/case/{LATE}?lang=en")).text
    assert f'action="/case/{LATE}/acts/sub-assign"' in page
    assert f"/case/{LATE}/acts/answer" not in page  # a unit answers, not the commission

    done = await post(client, LATE, "sub-assign", unit=NDRC, role="co-handling", on_day="2024-04-02")

    assert (done.status_code, done.headers["location"]) == (303, f"/case/{LATE}")
    after = (await client.get(f"/case/{LATE}?lang=en")).text
    assert NDRC in after


async def test_a_refusal_is_shown_where_it_was_tried_and_nothing_typed_is_lost(
    client: httpx2.AsyncClient, world: World
) -> None:
    head = await world.log.head()

    refused = await post(client, LATE, "sub-assign", unit="气象局", role="lead", part="<i>第一部分</i>")

    assert refused.status_code == 400
    assert 'role="alert"' in refused.text
    assert "气象局" in refused.text
    assert "&lt;i&gt;第一部分&lt;/i&gt;" in refused.text
    assert '<details class="act" open>' in refused.text
    assert await world.log.head() == head


@pytest.mark.parametrize(
    ("act", "fields", "status"),
    [
        ("answer", {"unit": MARA, "category": "A"}, 403),  # not theirs to do
        ("no-such-act", {}, 400),
        ("extend", {"unit": MARA, "reason": "涉及面广", "on_day": "someday"}, 400),
        ("extend", {}, 400),
    ],
)
async def test_what_cannot_be_done_is_refused(
    client: httpx2.AsyncClient, world: World, act: str, fields: dict[str, str], status: int
) -> None:
    head = await world.log.head()

    answer = await post(client, LATE, act, **fields)

    assert (answer.status_code, await world.log.head()) == (status, head)
    assert 'role="alert"' in answer.text


async def test_a_unit_answers_its_own_case_with_a_promise_and_sees_no_other(world: World) -> None:
    await as_(world, Account("signatory", frozenset({Role.UNIT_SIGNATORY}), "npc", unit=MARA))
    await as_(world, Account("other", frozenset({Role.UNIT_SIGNATORY}), "npc", unit="财政部"))

    async with asking(world.app) as client:
        await sign_in(client, "signatory")
        fields = {"unit": MARA, "category": "B", "promise": "建成3个示范县", "due": "2026-12-31"}
        done = await post(client, LATE, "answer", **fields, served_on="deputies", on_day="2024-06-19")
        page = (await client.get(f"/case/{LATE}?lang=en")).text
    async with asking(world.app) as stranger:
        await sign_in(stranger, "other")
        hidden = await stranger.get(f"/case/{LATE}")

    assert done.status_code == 303, done.text
    assert "建成3个示范县" in page
    assert hidden.status_code == 404


async def test_nothing_is_offered_to_the_public_or_for_a_past_moment(
    client: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    past = await client.get(f"/case/{REF}?as_of=2024-05-01T00:00:00%2B08:00")
    now = await client.get(f"/case/{REF}")

    assert "/acts/" in now.text
    assert "/acts/" not in past.text
    assert (await stranger.get("/submit")).status_code == 403


async def test_a_deputy_submits_a_suggestion_and_finds_it_refused_when_a_part_is_missing(
    world: World,
) -> None:
    await as_(world, Account("deputy", frozenset({Role.DEPUTY}), "npc", deputy="黄代表"))

    async with asking(world.app) as client:
        await sign_in(client, "deputy")
        form = await client.get("/submit?lang=en")
        csrf = CSRF.search(form.text)
        assert csrf is not None
        fields = {"csrf": csrf[1], "congress": "npc", "term": "14", "session": "3", "title": "关于某事的建议"}
        made = await client.post("/submit", data={**fields, "lead_deputy": "黄代表", "in_session": "1"})
        other = await client.post("/submit", data={**fields, "lead_deputy": "牛代表"})
        parts = await client.post("/submit", data={**fields, "lead_deputy": "黄代表", "facts": "有此情况"})

    assert made.status_code == 303, made.text
    assert made.headers["location"].startswith("/case/npc/14-3/~")
    assert other.status_code == 403
    assert (parts.status_code, "有此情况" in parts.text) == (400, True)
