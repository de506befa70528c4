import re
from html import unescape
from urllib.parse import quote

import httpx2
import pytest

from duban.accounts.secrets import csrf_of
from duban.entrypoints.web.identity import SESSION_COOKIE
from tests.entrypoints.web.conftest import LATE, MARA, NDRC, REF, ROUGH, STEPS, World, asking

pytestmark = pytest.mark.postgres


def refs(page: httpx2.Response) -> list[str]:
    return re.findall(r'<td class="ref">(?:<input [^>]*> )?<a href="[^"]*">([^<]*)</a>', page.text)


def turns(page: httpx2.Response) -> list[tuple[str, str]]:
    """Where one goes on from a page of a list."""
    found: list[tuple[str, str]] = re.findall(r'<a rel="(prev|next)" href="([^"]*)">', page.text)
    return [(way, unescape(address)) for way, address in found]


async def test_the_board_lists_the_most_urgent_case_first(client: httpx2.AsyncClient) -> None:
    page = await client.get("/?lang=en")

    assert page.status_code == 200
    assert refs(page) == [ROUGH, LATE, REF]
    assert "overdue by 9 days" in page.text
    assert "position" in page.text


QUESTIONS: list[tuple[dict[str, str], set[str]]] = [
    ({"late": "1", "congress": "npc"}, {LATE}),
    ({"congress": "马关县"}, {ROUGH}),
    ({"stage": "handling"}, {LATE}),
    ({"level": "county"}, {ROUGH}),
    ({"kind": "motion"}, set()),
    ({"unit": NDRC}, {REF}),
    ({"unit": MARA}, {REF, LATE}),
    ({"text": "庆阳"}, {REF}),
    ({"text": "/3973"}, {REF}),
    ({"commitments": "1"}, {ROUGH}),
    ({"page": "2"}, set()),
    ({"as_of": "2"}, set()),
]


async def test_the_board_is_filtered(client: httpx2.AsyncClient) -> None:
    for asked, found in QUESTIONS:
        page = await client.get("/", params=asked)

        assert page.status_code == 200
        assert set(refs(page)) == found, asked
        assert found or 'class="empty"' in page.text


async def test_the_pages_of_the_board_lead_to_one_another_and_keep_what_was_asked(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duban.entrypoints.web.board.PAGE", 1)

    pages = [await client.get("/?lang=en&congress=npc")]
    ((way, following),) = turns(pages[0])
    pages.append(await client.get(following))

    assert [refs(page) for page in pages] == [[LATE], [REF]]
    assert way == "next"
    assert turns(pages[1]) == [("prev", "/?congress=npc")]
    assert "2–2 of 2 cases" in pages[1].text


async def test_the_board_as_of_a_position_shows_the_case_as_it_was(
    client: httpx2.AsyncClient, world: World
) -> None:
    stream = await world.log.read_stream(await world.commands.resolve(REF))

    page = await client.get("/", params={"as_of": str(stream[3].position), "lang": "en"})

    assert refs(page) == [REF]
    assert "awaiting reply" in page.text
    assert f"position {stream[3].position:,}" in page.text


async def test_a_counter_leads_to_the_cases_it_counts(client: httpx2.AsyncClient) -> None:
    board = await client.get("/?lang=en")
    link, figure = re.findall(
        r'class="counter[^"]*" href="([^"]*)"[^>]*><span class="figure">(\d+)', board.text
    )[2]

    page = await client.get(link.replace("&amp;", "&"))

    assert int(figure) == len(refs(page)) > 0


@pytest.mark.parametrize("ref", [REF, LATE, ROUGH])
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_a_case_opens_with_its_status_sentence(client: httpx2.AsyncClient, ref: str, lang: str) -> None:
    page = await client.get(f"/case/{quote(ref)}", params={"lang": lang})

    assert page.status_code == 200
    assert 'class="status' in page.text
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in page.text


async def test_a_date_unfolds_its_derivation(client: httpx2.AsyncClient) -> None:
    page = await client.get(f"/case/{quote(LATE)}?lang=zh")

    assert "答复逾期：农业农村部（主办）应于 2024-06-11（周二）前答复，逾期 9 天" in page.text
    assert "<summary>为何？</summary>" in page.text
    assert "自交办之日起" in page.text


async def test_what_a_source_does_not_say_is_shown_as_a_gap(client: httpx2.AsyncClient) -> None:
    page = await client.get(f"/case/{quote(ROUGH)}?lang=zh")

    assert "来源未载明标题。" in page.text
    assert "推定" in page.text
    assert 'href="https://www.example.gov.cn/242"' in page.text


async def test_a_step_of_the_replay_shows_the_case_as_it_stood(
    client: httpx2.AsyncClient, world: World
) -> None:
    stream = await world.log.read_stream(await world.commands.resolve(REF))
    path = f"/case/{quote(REF)}/replay"

    by_step = await client.get(path, params={"step": "4", "lang": "en"})
    by_position = await client.get(path, params={"position": str(stream[3].position), "lang": "en"})

    assert f"Step 4 of {STEPS}" in by_step.text
    assert "Awaiting reply" in by_step.text
    assert "not made yet at this moment" in by_step.text
    assert by_step.text.count("<circle") == by_position.text.count("<circle") > STEPS
    assert f"Step 4 of {STEPS}" in by_position.text


async def test_the_last_step_puts_the_promise_beside_its_outcome(client: httpx2.AsyncClient) -> None:
    page = await client.get(f"/case/{quote(REF)}/replay", params={"step": str(STEPS), "lang": "zh"})

    assert "&lt;b&gt;2026年底前&lt;/b&gt;建成3个示范县" in page.text
    assert "验收单" in page.text


async def test_the_script_asks_for_the_step_alone(client: httpx2.AsyncClient) -> None:
    page = await client.get(f"/case/{quote(REF)}/replay?step=2", headers={"Duban-Fragment": "moment"})

    assert page.text.lstrip().startswith('<div class="moment"')


async def test_text_from_elsewhere_is_never_markup(client: httpx2.AsyncClient) -> None:
    for path in ("/", f"/case/{quote(REF)}", f"/case/{quote(REF)}/replay?step={STEPS}", "/?text=<script>"):
        page = await client.get(path)

        assert "<script>" not in page.text
        assert "<b>2026" not in page.text
        assert 'style="' not in page.text


REFUSED = [
    ("/case/npc/14-2/9999", 404),
    ("/case/npc/nonsense/1", 404),
    (f"/case/{quote(REF)}/replay?step=99", 404),
    (f"/case/{quote(REF)}/replay?step=x", 404),
    (f"/case/{quote(REF)}/replay?position=1", 404),
    (f"/case/{quote(REF)}?as_of=1", 404),
    (f"/case/{quote(REF)}?as_of=999999999", 400),
    ("/?as_of=yesterday", 400),
    ("/?stage=nonsense", 400),
    ("/?page=0", 400),
    ("/?text=%00", 400),
    ("/?text=" + "x" * 300, 400),
    ("/nowhere", 404),
]


async def test_what_cannot_be_shown_is_refused_in_a_sentence(client: httpx2.AsyncClient) -> None:
    for path, status in REFUSED:
        page = await client.get(path)

        assert page.status_code == status, path
        assert '<h1 class="status">' in page.text
        assert "Traceback" not in page.text


async def test_nothing_can_be_written_through_the_pages(client: httpx2.AsyncClient) -> None:
    client.headers["X-CSRF-Token"] = csrf_of(client.cookies[SESSION_COOKIE])
    assert (await client.post("/")).status_code == 405
    assert (await client.delete(f"/case/{quote(REF)}")).status_code == 405


async def test_the_language_is_asked_for_remembered_and_guessed(world: World) -> None:
    async with asking(world.app) as client:
        assert 'lang="zh-CN"' in (await client.get("/")).text
        english = await client.get("/", headers={"Accept-Language": "fr, en;q=0.8, zh;q=0.3"})
        assert '<html lang="en">' in english.text
        await client.get("/?lang=en")
        assert '<html lang="en">' in (await client.get("/", headers={"Accept-Language": "zh"})).text


STRANGE_HOSTS = ["evil.example", "duban.localhost.evil.example:80", "10.0.0.1", "[fe80::1]:80"]


async def test_a_request_to_another_name_is_turned_away(world: World) -> None:
    for host in STRANGE_HOSTS:
        async with asking(world.app) as client:
            page = await client.get("/", headers={"Host": host})

        assert page.status_code == 421
        assert "npc" not in page.text


OWN_HOSTS = ["localhost:8520", "127.0.0.1", "[::1]:8520", "127.8.0.1:1"]


async def test_this_machine_is_answered_with_strict_headers(world: World) -> None:
    for host in OWN_HOSTS:
        async with asking(world.app) as client:
            page = await client.get("/", headers={"Host": host})

        assert page.status_code == 200
        assert page.headers["content-security-policy"].startswith("default-src 'self'")
        assert page.headers["x-content-type-options"] == "nosniff"


async def test_the_health_pages_tell_life_and_readiness(client: httpx2.AsyncClient, world: World) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    ready = (await client.get("/readyz")).json()

    assert ready == {"status": "ready", "head": await world.log.head(), "reached": await world.log.head()}
