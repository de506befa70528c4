"""The guide of the demonstration: one account per role with a path to try, and nothing of it anywhere else."""

import re
from html import unescape

import asyncpg
import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI

from domain.law import Law
from duban.access.viewer import Role
from duban.accounts.gate import GateSettings
from duban.bootstrap import now
from duban.calendars import official
from duban.demo.examples import add_examples
from duban.entrypoints.web.app import create_app
from duban.entrypoints.web.demo_accounts import add_demo_accounts
from duban.entrypoints.web.guide import PATHS
from duban.topics import Topics
from tests.engine import with_npc
from tests.entrypoints.web.conftest import World, asking, services_on

pytestmark = pytest.mark.postgres


@pytest_asyncio.fixture(loop_scope="session")
async def demo(pool: "asyncpg.Pool[asyncpg.Record]") -> FastAPI:
    engine = await with_npc(pool)
    await add_examples(engine.commands, Topics(engine.log, engine.commands), now())
    head = await engine.log.head()
    await add_examples(engine.commands, Topics(engine.log, engine.commands), now())
    assert await engine.log.head() == head  # a second start changes nothing
    services = services_on(pool, engine.log, engine.commands, Law(official()))
    app = create_app(services, now, GateSettings(demo=True))
    await add_demo_accounts(app.state.gate.accounts)
    await engine.projector.catch_up()
    return app


def offers(page: str) -> list[dict[str, str]]:
    """The forms by which the guide lets somebody sign in."""
    forms = re.findall(r'<form method="post" action="/sign-in">(.*?)</form>', page, re.S)
    return [
        {name: unescape(value) for name, value in re.findall(r'name="([^"]*)" value="([^"]*)"', form)}
        for form in forms
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_first_page_offers_every_role_and_each_path_opens_for_it(demo: FastAPI, lang: str) -> None:
    async with asking(demo) as stranger:
        page = (await stranger.get(f"/?lang={lang}")).text

    offered = offers(page)
    assert len(offered) == len(PATHS) == len(set(Role) - {Role.PUBLIC})
    for one in offered:
        async with asking(demo) as client:
            await client.get("/")
            form = offers((await client.get("/")).text)[0]
            answer = await client.post("/sign-in", data={**one, "csrf": form["csrf"]})
            assert (answer.status_code, answer.headers["location"]) == (303, one["next"])
            begun = await client.get(one["next"])
            assert begun.status_code == 200, one
            assert 'class="demo-path"' in begun.text
            assert 'class="guide' not in begun.text
            assert len(offers((await client.get("/guide")).text)) == len(offered)


async def test_outside_a_demonstration_there_is_no_guide(world: World, client: httpx2.AsyncClient) -> None:
    async with asking(world.app) as stranger:
        assert 'class="guide' not in (await stranger.get("/")).text
        assert (await stranger.get("/guide")).status_code == 404
    assert 'class="demo-path"' not in (await client.get("/")).text
