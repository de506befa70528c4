from urllib.parse import quote

import httpx2
import pytest

from tests.entrypoints.web.conftest import REF, STEPS

pytestmark = pytest.mark.postgres
REPLAY = f"/case/{quote(REF)}/replay"


async def test_a_moment_is_seen_with_the_eyes_of_each_role(client: httpx2.AsyncClient) -> None:
    unit = await client.get(REPLAY, params={"step": STEPS, "by": "unit-handler", "lang": "zh"})
    public = await client.get(REPLAY, params={"step": STEPS, "by": "public", "lang": "zh"})

    assert "此刻，公众看不到本案的任何内容。" in public.text
    assert "看不到本案的任何内容" not in unit.text
    assert 'class="status' in unit.text


async def test_nobody_sees_more_by_asking_for_other_eyes(stranger: httpx2.AsyncClient) -> None:
    page = await stranger.get(REPLAY, params={"by": "affairs-commission"})

    assert page.status_code == 404


async def test_two_moments_are_compared(client: httpx2.AsyncClient) -> None:
    page = await client.get(REPLAY, params={"step": "2", "against": str(STEPS), "lang": "en"})
    same = await client.get(REPLAY, params={"step": "2", "against": "2", "lang": "en"})

    assert f"From step 2 to step {STEPS}" in page.text
    assert page.text.count("<li>") > same.text.count("<li>")
    assert "Nothing of the case" in same.text


async def test_a_look_is_kept_from_step_to_step(client: httpx2.AsyncClient) -> None:
    page = await client.get(REPLAY, params={"step": "3", "way": "effective", "by": "deputy"})

    assert "replay?by=deputy&amp;way=effective&amp;step=4" in page.text


async def test_a_standpoint_that_there_is_not_is_refused(client: httpx2.AsyncClient) -> None:
    for asked in ({"by": "auditor"}, {"way": "sideways"}, {"against": "x"}):
        assert (await client.get(REPLAY, params=asked)).status_code == 400
    assert (await client.get(REPLAY, params={"against": "99"})).status_code == 404
