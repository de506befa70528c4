"""The pages of work and figures: each opens for those who may, holds only what they see, and speaks both languages."""

import re
from html import unescape
from random import Random

import httpx2
import pytest

from duban.access.viewer import Role
from duban.accounts.model import Account
from projections.rebuild.checking import check
from projections.registry import PROJECTIONS
from tests.entrypoints.web.conftest import LATE, MARA, REF, World, asking, sign_in

pytestmark = pytest.mark.postgres
PASSWORD = "a long password for tests"
PATHS = ("/todo", "/commitments", "/units", f"/unit?name={MARA}", "/topics", "/statistics", "/operations")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_page_opens_with_its_figures_and_a_menu(
    client: httpx2.AsyncClient, path: str, lang: str
) -> None:
    answer = (
        await client.get(path, params={"lang": lang})
        if "?" not in path
        else await client.get(f"{path}&lang={lang}")
    )

    assert answer.status_code == 200, answer.text
    assert len(answer.text) < 200_000
    assert 'class="menu"' in answer.text
    assert re.search(r"position|位置|序位", answer.text)


async def test_what_is_to_do_is_what_the_reader_owes(world: World, client: httpx2.AsyncClient) -> None:
    await world.app.state.gate.accounts.add(
        Account("coordinator", frozenset({Role.UNIT_COORDINATOR}), "npc", unit=MARA), PASSWORD, by="test"
    )
    async with asking(world.app) as unit:
        await sign_in(unit, "coordinator")
        mine = (await unit.get("/todo?lang=en")).text
        answers = (await unit.get("/todo?lang=en&task=answer")).text
        menu = re.findall(r'<nav class="menu".*?</nav>', mine, re.S)[0]

    assert LATE in mine
    assert "answer" in answers
    assert REF not in answers  # it is answered
    assert "/operations" not in menu
    commission = (await client.get("/todo?lang=en")).text
    assert "conclude" in commission


async def test_pages_open_to_nobody_else(stranger: httpx2.AsyncClient) -> None:
    statuses = {path: (await stranger.get(path)).status_code for path in PATHS}

    assert set(statuses.values()) <= {200, 401, 403}
    assert statuses["/operations"] == statuses["/units"] == statuses["/todo"] == 401
    assert MARA not in (await stranger.get("/commitments")).text


async def test_the_ledger_leads_from_a_figure_to_its_promises(client: httpx2.AsyncClient) -> None:
    kept = (await client.get("/commitments?standing=kept&lang=en")).text
    open_ones = (await client.get("/commitments?standing=open&year=2024&lang=en")).text
    strange = await client.get("/commitments?standing=nonsense&year=abc")

    assert "&lt;b&gt;2026年底前&lt;/b&gt;" in kept
    assert "2026年底前" not in open_ones
    assert strange.status_code == 200


async def test_a_page_can_be_seen_as_of_a_day_and_refuses_what_is_no_day(client: httpx2.AsyncClient) -> None:
    past = await client.get("/units?as_of=3&lang=en")
    wrong = await client.get("/units?as_of=someday&lang=en")

    assert past.status_code == 200
    assert "As of" in past.text
    assert wrong.status_code == 400


async def test_every_line_of_the_report_leads_to_the_cases_it_counts(client: httpx2.AsyncClient) -> None:
    report = (await client.get("/statistics?lang=en")).text
    lines = re.findall(r'<td><a href="(/\?[^"]*)">[^<]*</a></td><td class="number">(\d+)</td>', report)

    assert len(lines) > 10
    for address, cases in lines:
        board = await client.get(unescape(address))
        assert board.text.count('<td class="ref">') == int(cases), address


async def test_a_finer_filter_that_there_is_not_is_refused(client: httpx2.AsyncClient) -> None:
    for asked in ({"in_session": "perhaps"}, {"role": "boss"}, {"term": "x"}, {"lateness": "never"}):
        assert (await client.get("/", params=asked)).status_code == 400


@pytest.mark.parametrize(("lang", "stage"), [("zh", "待答复"), ("en", "awaiting reply")])
async def test_a_picture_is_drawn_in_the_readers_language_and_told_as_a_table(
    client: httpx2.AsyncClient, lang: str, stage: str
) -> None:
    page = (await client.get(f"/statistics?lang={lang}")).text
    shown = re.findall(r'<img src="([^"]*)"', page)
    drawn = await client.get(unescape(shown[0]))

    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert MARA in drawn.text
    assert stage in drawn.text
    assert "style=" not in drawn.text
    assert f"<td>{MARA}</td><td>{stage}</td>" in page
    assert (await client.get("/pictures/secrets.svg")).status_code == 404


PICTURED = {
    "/units": ("stages-by-unit",),
    "/todo": (),  # no term of these cases ends within twelve weeks; the roles' tests see one
    "/commitments": ("open-promises",),
    "/statistics": ("stages-by-unit", "category-flow", "open-promises"),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_picture_stands_where_people_look_with_its_figures_as_a_table(
    client: httpx2.AsyncClient, lang: str
) -> None:
    for path, names in PICTURED.items():
        page = (await client.get(f"{path}?lang={lang}")).text
        shown = [unescape(one) for one in re.findall(r'<img src="([^"]*)"', page)]
        titles = re.findall(r"<figcaption>([^<]*)</figcaption>", page)
        assert [one.partition("?")[0] for one in shown] == [f"/pictures/{name}.svg" for name in names]
        for address, title in zip(shown, titles, strict=True):
            drawn = await client.get(address)
            assert drawn.headers["content-type"].startswith("image/svg+xml"), address
            assert "style=" not in drawn.text
            assert re.search(rf"<h2 [^>]*>{re.escape(title)}</h2>", page)


async def test_a_picture_is_open_to_those_who_may_open_its_page(
    stranger: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    asked = ("stages-by-unit", "category-flow", "open-promises", "terms-by-day", "secrets")
    statuses = [(await stranger.get(f"/pictures/{name}.svg")).status_code for name in asked]
    assert statuses == [401, 401, 404, 404, 404]  # what the public sees holds no promise and no term
    burnt = (await client.get("/commitments?lang=en")).text.partition(
        "Open promises at the end of each month</h2>"
    )[2]

    assert "2024-06</td>" in burnt  # the promise was made and kept in this month


@pytest.mark.parametrize(
    "path", ["/todo", "/commitments?standing=open", "/units", f"/unit?name={MARA}", "/topics"]
)
async def test_every_page_of_figures_is_asked_for_another_day_in_its_own_form(
    client: httpx2.AsyncClient, path: str
) -> None:
    now = await client.get(path, params={"lang": "zh"} if "?" not in path else None)
    then = await client.get(f"{path}{'&' if '?' in path else '?'}as_of=1", headers={"Accept-Language": "zh"})

    assert 'name="as_of"' in now.text
    assert "截至" in now.text
    assert 'name="as_of" value="1"' in then.text
    for name in ("standing", "name"):
        assert (f'type="hidden" name="{name}"' in then.text) == (f"{name}=" in path), name


async def test_the_operations_page_says_what_the_standing_check_found(
    world: World, client: httpx2.AsyncClient
) -> None:
    before = (await client.get("/operations?lang=en")).text
    async with world.pool.acquire() as connection:
        await check(connection, world.log, PROJECTIONS, Random(1))
        clean = (await client.get("/operations?lang=en")).text
        await connection.execute("update p_case_board_v2 set title = 'drifted' where to_position is null")
        await check(connection, world.log, PROJECTIONS, Random(1))
    drifted = (await client.get("/operations?lang=en")).text
    chinese = (await client.get("/operations?lang=zh")).text

    assert "no check was made yet" in before
    assert re.search(
        r"Standing check .*\d+ rows of \d+ streams compared at position \d+ .*no differences", clean
    )
    assert "Rows that do not agree with the log" not in clean
    assert "rows differ; see below" in drifted
    assert re.search(r"<td>case-board</td><td class=\"number late\">\d+</td>", drifted)
    assert "与日志不一致的行" in chinese
