import re
from html import unescape
from pathlib import Path

import pytest

from domain.conference import AssignmentConference
from domain.conference_acts import StartConference
from domain.suggestion.assignment import Assign
from duban.access.viewer import Role
from duban.accounts.model import Account
from tests.conferences import conferences_on, led_by, prepared, registered
from tests.domain.cases import on
from tests.engine import Engine, engine_on, people
from tests.entrypoints.web.conftest import MARA, PASSWORD, World, asking, sign_in

pytestmark = pytest.mark.postgres

START = StartConference(at=on("2024-04-02"))


async def _conference(world: World, tmp_path: Path) -> tuple[Engine, AssignmentConference]:
    engine = engine_on(world.pool)
    await registered(engine, range(1, 4))
    return engine, await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, range(1, 4)))


async def test_a_running_conference_shows_its_progress_and_loads_itself_again(
    world: World, tmp_path: Path
) -> None:
    engine, conference = await _conference(world, tmp_path)
    address = f"/conference/{conference.name}"
    async with asking(world.app) as client:
        await sign_in(client)
        assert "已准备" in (await client.get(address)).text

        await conferences_on(engine.log).handle(conference.name, START, people())
        running = (await client.get(address)).text
        assert 'http-equiv="refresh"' in running
        assert '<progress max="3" value="0"' in running


async def test_a_finished_one_names_the_refused_cases_with_their_reasons(
    world: World, tmp_path: Path
) -> None:
    engine, conference = await _conference(world, tmp_path)
    await engine.commands.handle("npc/14-2/2", people(), Assign(to="省政府", at=on("2024-04-01")))
    conferences = conferences_on(engine.log)
    await conferences.handle(conference.name, START, people())
    await conferences.assigning(conference.name).portion()
    async with asking(world.app) as client:
        await sign_in(client)

        page = (await client.get(f"/conference/{conference.name}?lang=en")).text
    assert '<progress max="3" value="3"' in page
    assert "refresh" not in page
    assert "npc/14-2/2 was assigned to 省政府 already." in page
    assert 'href="/case/npc/14-2/2"' in page


async def test_the_list_of_conferences_says_how_far_each_is_and_loads_itself_while_one_runs(
    world: World, tmp_path: Path
) -> None:
    engine, conference = await _conference(world, tmp_path)
    conferences = conferences_on(engine.log)
    async with asking(world.app) as client:
        await sign_in(client)

        prepared = (await client.get("/conferences?lang=en")).text
        await conferences.handle(conference.name, START, people())
        running = (await client.get("/conferences?lang=en")).text
        await conferences.assigning(conference.name).portion()
        finished = (await client.get("/conferences?lang=zh")).text

    link = f'href="/conference/{conference.name}"'
    assert all(link in page for page in (prepared, running, finished))
    assert "prepared</td>" in prepared
    assert 'http-equiv="refresh"' in running
    assert '<progress max="3" value="0"' in running
    assert '<progress max="3" value="3"' in finished
    assert "refresh" not in finished
    assert 'href="/conferences" aria-current="page"' in finished


async def test_the_list_goes_on_over_pages_and_leads_to_its_first(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, older = await _conference(world, tmp_path)
    newer = await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, range(2, 4)))
    monkeypatch.setattr("duban.entrypoints.web.conference.PAGE", 1)
    async with asking(world.app) as client:
        await sign_in(client)

        begin = (await client.get("/conferences")).text
        (following,) = re.findall(r'<a rel="next" href="([^"]*)">', begin)
        end = (await client.get(unescape(following))).text
        nowhere = await client.get("/conferences?before=x")

    assert f'href="/conference/{newer.name}"' in begin
    assert f'href="/conference/{older.name}"' not in begin
    assert f'href="/conference/{older.name}"' in end
    assert f'href="/conference/{newer.name}"' not in end
    assert 'rel="next"' not in end
    assert '<a href="/conferences">← 首页</a>' in end
    assert nowhere.status_code == 400


async def test_a_list_that_one_page_holds_has_no_pager(world: World, tmp_path: Path) -> None:
    await _conference(world, tmp_path)
    async with asking(world.app) as client:
        await sign_in(client)

        page = (await client.get("/conferences")).text

    assert 'class="pages"' not in page


async def test_only_those_who_oversee_the_congress_see_it(world: World, tmp_path: Path) -> None:
    _, conference = await _conference(world, tmp_path)
    handler = Account("handler", frozenset({Role.UNIT_HANDLER}), unit=MARA)
    await world.app.state.gate.accounts.add(handler, PASSWORD, by="test")
    async with asking(world.app) as client:
        assert (await client.get(f"/conference/{conference.name}")).status_code in (401, 403)
        await sign_in(client, "handler")
        assert (await client.get(f"/conference/{conference.name}")).status_code == 403
    async with asking(world.app) as client:
        await sign_in(client)
        assert (await client.get("/conference/npc/14-2-00000000")).status_code == 404
