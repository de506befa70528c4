"""The main path of every role in a real browser, on the demonstration's season, half in Chinese and half in English.

`DUBAN_PICTURES=docs/pictures pytest tests/entrypoints/web/test_roles.py` keeps the pictures that the README shows;
otherwise they go to a folder of the run.
"""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from domain.law import Law
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Stage
from duban.accounts.gate import GateSettings
from duban.bootstrap import Services, now
from duban.calendars import official
from duban.demo.examples import TO_ANSWER, TO_ASSIGN, TO_RATE, TO_REPLAY, add_examples
from duban.entrypoints.engine import DEMO, DEMO_ACTOR, publish_demo
from duban.entrypoints.web.app import create_app
from duban.entrypoints.web.demo_accounts import DEMO_PASSWORD, add_demo_accounts
from duban.entrypoints.web.server import WebServer
from duban.importing.rows import read_rows
from duban.topics import Topics
from tests.engine import Engine, with_npc
from tests.entrypoints.web.conftest import services_on
from tests.entrypoints.web.test_browser import ARGUMENTS, CHROMIUM, SERIOUS

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

SIZE: Any = {"width": 1280, "height": 860}
UNIT = "农业农村部"
DRAWN = "Promise.all([...document.images].map(one => one.decode()))"  # refuses what is not a picture


@dataclass(frozen=True, slots=True)
class Demo:
    """The demonstration as it is served, and the browser that looks at it."""

    address: str
    engine: Engine
    browser: Browser
    pictures: Path

    async def case(self, ref: str) -> Suggestion:
        return await self.engine.commands.case(await self.engine.commands.resolve(ref))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(
    postgres_server: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Demo]:
    """One season for all roles: the real suggestions, the worked examples, an account for each role."""
    dsn = f"{postgres_server.rpartition('/')[0]}/roles"
    administrator = await asyncpg.connect(postgres_server)
    await administrator.execute(f"create database roles template {template} strategy file_copy")
    pictures = Path(os.environ.get("DUBAN_PICTURES") or tmp_path_factory.mktemp("pictures"))
    pictures.mkdir(exist_ok=True)
    async with asyncpg.create_pool(dsn, min_size=1, server_settings={"role": "duban_app"}) as pool:
        engine = await _season(pool)
        app = create_app(
            services_on(pool, engine.log, engine.commands, Law(official())), now, GateSettings(demo=True)
        )
        await add_demo_accounts(app.state.gate.accounts)
        await engine.projector.catch_up()
        with WebServer("127.0.0.1", 0) as web:
            async with web.serving(app), async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                yield Demo(web.address, engine, browser, pictures)
                await browser.close()
    await administrator.execute("drop database roles with (force)")
    await administrator.close()


async def _season(pool: "asyncpg.Pool[Any]") -> Engine:
    engine = await with_npc(pool)
    with as_file(files("duban.demo") / DEMO) as file:
        await engine.importer.run(read_rows(file), actor=DEMO_ACTOR, run=UUID(int=1))
    await publish_demo(cast(Services, engine))  # it asks for the pool and the commands only
    await add_examples(engine.commands, Topics(engine.log, engine.commands), now())
    return engine


class Person:
    """Somebody at the browser: opens pages, takes pictures, and minds that no page has a fault."""

    def __init__(self, demo: Demo, page: Page, lang: str) -> None:
        self.demo, self.page, self.lang = demo, page, lang
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("response", lambda answer: self._answered(answer.status, answer.url))

    def _answered(self, status: int, url: str) -> None:
        if status >= 500:
            self.faults.append(f"{status} {url}")

    async def opens(self, path: str) -> None:
        await self.page.goto(f"{self.demo.address}{path}")

    async def follow(self, leads_on: Locator) -> None:
        """Click what leads to another page, and wait for it: between two pages there is nothing to look at."""
        async with self.page.expect_navigation():
            await leads_on.click()

    async def signs_in(self, account: str) -> None:
        """By the guide on the first page."""
        await self.opens(f"/?lang={self.lang}")
        form = self.page.locator("form", has=self.page.locator(f'input[name=name][value="{account}"]'))
        await self.follow(form.get_by_role("button"))
        await expect(self.page.get_by_role("link", name=account, exact=True)).to_be_visible()

    async def act(self, name: str, **typed: str) -> None:
        """Fill in a form of the case page and send it."""
        form = self.page.locator(f'form[action$="/acts/{name}"]')
        await self.page.locator("details.act", has=form).locator("summary").click()
        for field, value in typed.items():
            control = form.locator(f"[name={field}]")
            if await control.evaluate("one => one.tagName") == "SELECT":
                await control.select_option(value)
            else:
                await control.fill(value)
        await self.follow(form.get_by_role("button"))
        await expect(self.page.locator(".refusal")).to_have_count(0)

    async def caught_up(self) -> None:
        """The read models know what was just done."""
        await self.demo.engine.projector.catch_up()

    async def picture(self, name: str) -> None:
        path = self.demo.pictures / f"{name}-{self.lang}.png"
        await self.page.screenshot(path=path)
        assert path.stat().st_size > 10_000

    async def drawn(self, number: int) -> None:
        """So many pictures are on the page, and each of them is drawn."""
        await expect(self.page.locator("figure img")).to_have_count(number)
        await self.page.evaluate(DRAWN)

    async def accessible(self) -> None:
        found = await Axe().run(self.page)
        self.faults += [
            f"{self.page.url}: {one['id']} at {one['nodes'][0]['target']}"
            for one in found.response["violations"]
            if one["impact"] in SERIOUS
        ]


@pytest_asyncio.fixture(loop_scope="session")
async def person(demo: Demo, request: pytest.FixtureRequest) -> AsyncIterator[Person]:
    """Somebody who reads the language that the test asks for."""
    context = await demo.browser.new_context(viewport=SIZE)
    someone = Person(demo, await context.new_page(), request.param)
    yield someone
    await context.close()
    assert someone.faults == []


def reads(lang: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("person", [lang], indirect=True)


@reads("en")
async def test_the_public_sees_the_guide_and_what_is_public_only(person: Person) -> None:
    await person.opens("/?lang=en")
    await person.picture("guide")
    await person.accessible()

    await expect(person.page.get_by_text("What you see")).to_be_visible()
    await expect(person.page.locator("nav.menu a")).to_have_text(["board", "commitments", "public site"])
    for ref in (TO_ANSWER, "nowhere"):
        await person.opens(f"/?text={ref.rpartition('/')[2]}")
        await expect(person.page.locator("table.board")).to_have_count(0)
    answer = await person.page.goto(f"{person.demo.address}/operations")
    assert answer is not None
    assert answer.status == 401


@reads("zh")
async def test_the_public_reads_a_published_case_in_chinese(person: Person) -> None:
    await person.opens("/?lang=zh&text=npc/14-2/3973")
    await person.follow(person.page.get_by_role("link", name="npc/14-2/3973"))

    await expect(person.page.locator(".status").first).to_contain_text("待")
    await expect(person.page.locator(".acts-here")).to_have_count(0)
    await person.picture("case-public")


@reads("zh")
async def test_the_commission_assigns_a_case_and_acts_on_many_at_once(person: Person) -> None:
    await person.signs_in("commission")
    await person.picture("todo-commission")
    await person.follow(person.page.get_by_role("link", name=TO_ASSIGN, exact=True).first)
    await person.act("assign", to="国务院办公厅")
    assert (await person.demo.case(TO_ASSIGN)).stage is Stage.ASSIGNED

    await person.caught_up()
    await person.opens("/?text=示例")
    for ref in (TO_ASSIGN, TO_ANSWER, TO_RATE):
        await person.page.get_by_role("checkbox", name=f"勾选 {ref}").check()
    await person.picture("board")
    await person.accessible()
    await person.page.locator("#bulk select").select_option("sub-assign")
    await person.follow(person.page.locator("#bulk button"))
    await person.page.locator("[name=unit]").fill("财政部")
    await person.page.locator("[name=role]").select_option("reference")
    await person.follow(person.page.get_by_role("button", name="查看每件的结果"))
    await person.picture("bulk")
    await person.accessible()
    await person.follow(person.page.locator("button[name=do]"))
    await expect(person.page.locator("tr.done")).to_have_count(3)
    assert "财政部" in {a.unit for a in (await person.demo.case(TO_ASSIGN)).assignments}


@reads("zh")
async def test_a_view_is_saved_and_opened_without_a_mouse(person: Person) -> None:
    await person.signs_in("commission")
    await person.opens("/?late=1")
    summary = person.page.locator("details.views > summary")
    await summary.focus()
    await person.page.keyboard.press("Enter")
    name = person.page.locator('form[action="/views"] [name=name]')
    await name.focus()
    await person.page.keyboard.type("逾期的建议")
    await person.page.keyboard.press("Enter")
    await expect(person.page.locator("details.views summary").first).to_contain_text("1")
    await person.opens("/")
    await person.page.get_by_role("link", name="逾期的建议").focus()
    await person.page.keyboard.press("Enter")

    await expect(person.page).to_have_url(f"{person.demo.address}/?late=1")


@reads("en")
async def test_a_coordinator_signs_for_a_part(person: Person) -> None:
    await person.signs_in("coordinator")
    await expect(person.page.locator("main")).to_contain_text("sign for")
    await person.drawn(1)
    await person.picture("todo-coordinator")
    await person.follow(person.page.get_by_role("link", name=TO_ANSWER, exact=True).first)

    await person.act("sign-for", unit=UNIT)

    assert UNIT in (await person.demo.case(TO_ANSWER)).signed_for
    await person.accessible()


@reads("zh")
async def test_a_handler_sees_why_it_is_due_and_asks_for_a_longer_term(person: Person) -> None:
    await person.signs_in("handler")
    await person.page.get_by_text("为何？").first.click()
    await expect(person.page.locator("dl").first).to_be_visible()
    await person.picture("case-unit")

    await person.act("request-extension", unit=UNIT, reason="涉及面广，须实地调研")

    assert UNIT in (await person.demo.case(TO_ANSWER)).extension_requests


@reads("en")
async def test_a_signatory_answers_with_a_promise(person: Person) -> None:
    await person.signs_in("signatory")

    said = {"category": "B", "document_no": "农办议〔2026〕2号", "promise": "推广节水灌溉10万亩"}
    await person.act("answer", unit=UNIT, due="2027-12-31", **said)

    case = await person.demo.case(TO_ANSWER)
    assert [c.promise for c in case.commitments] == ["推广节水灌溉10万亩"]
    await expect(person.page.locator("main")).to_contain_text("推广节水灌溉10万亩")


@reads("zh")
async def test_a_deputy_rates_the_answer_that_waits_in_the_to_do(person: Person) -> None:
    await person.signs_in("deputy")
    await expect(person.page.locator("main")).to_contain_text("可以评价的答复")
    await person.picture("todo-deputy")
    await person.follow(person.page.get_by_role("link", name=TO_RATE, exact=True).first)

    await person.act("feedback", result="satisfied", attitude="satisfied", reasons="办得实在")

    assert (await person.demo.case(TO_RATE)).ratings
    await expect(person.page.locator("main")).to_contain_text("办得实在")


@reads("en")
async def test_staff_of_a_delegation_see_its_suggestions_and_what_is_open(person: Person) -> None:
    await person.signs_in("delegation")
    await person.opens("/?text=示例")

    await expect(person.page.locator("table.board tbody tr")).to_have_count(4)
    await person.follow(person.page.get_by_role("link", name="commitments", exact=True))
    await expect(person.page.locator("main")).to_contain_text("建成3个示范县")
    await person.drawn(1)
    await person.picture("commitments")
    await person.accessible()


@reads("zh")
async def test_a_committee_replays_a_case_by_keyboard_alone(person: Person) -> None:
    await person.signs_in("committee")
    count = person.page.locator(".count strong")
    steps = len(
        await person.demo.engine.log.read_stream(await person.demo.engine.commands.resolve(TO_REPLAY))
    )
    await expect(count).to_have_text(f"第 1 步，共 {steps} 步")

    await person.page.keyboard.press("ArrowRight")
    await expect(count).to_have_text(f"第 2 步，共 {steps} 步")
    await person.page.keyboard.press("End")
    await expect(count).to_have_text(f"第 {steps} 步，共 {steps} 步")
    await person.page.keyboard.press("ArrowLeft")
    await person.page.keyboard.press("ArrowLeft")
    await expect(person.page.locator("main")).to_contain_text("示范县验收单")
    await person.picture("replay")
    await person.accessible()
    await person.page.keyboard.press("Home")
    await expect(count).to_have_text(f"第 1 步，共 {steps} 步")


@reads("en")
async def test_a_committee_reads_the_same_replay_in_english(person: Person) -> None:
    await person.signs_in("committee")
    steps = len(
        await person.demo.engine.commands.recorded(await person.demo.engine.commands.resolve(TO_REPLAY))
    )
    await person.page.goto(f"{person.page.url}?step={steps - 2}")
    await expect(person.page.locator("main")).to_contain_text("示范县验收单")
    await person.picture("replay")


@reads("en")
async def test_the_chairpersons_office_looks_at_the_pictures_and_puts_a_case_under_a_topic(
    person: Person,
) -> None:
    await person.signs_in("chairpersons")
    await person.drawn(4)
    await person.picture("statistics")
    await person.accessible()
    await person.opens("/conferences")
    await person.accessible()
    await person.opens(f"/case/{TO_RATE}")

    await person.act("put-under", topic="示例-01")

    assert (await person.demo.case(TO_RATE)).key_topics == ("示例-01",)


@reads("en")
async def test_an_auditor_finds_who_changed_a_category_and_goes_to_that_moment(person: Person) -> None:
    await person.signs_in("auditor")
    await expect(person.page.locator("tbody")).to_contain_text("承诺的示范县已建成一个")
    await person.opens(f"/audit?case={TO_REPLAY}")
    await person.picture("audit")
    await person.accessible()
    async with person.page.expect_download() as taken:
        await person.page.get_by_role("link", name="CSV", exact=True).click()
    assert (await (await taken.value).path()).read_text("utf-8").startswith("ref,position")

    await person.opens("/audit?question=category-changes")
    await person.follow(person.page.locator("tbody tr", has_text=TO_REPLAY).locator("td.number a"))
    await expect(person.page.locator(".event")).to_contain_text("category")


@reads("zh")
async def test_an_operator_sees_how_far_the_log_and_the_read_models_are(person: Person) -> None:
    await person.signs_in("operator")

    head = await person.demo.engine.log.head()
    await expect(person.page.locator("main")).to_contain_text(f"{head:,}")
    await expect(person.page.locator("main")).to_contain_text("case-board")
    await person.picture("operations")
    for path in ("/audit", "/statistics"):
        answer = await person.page.goto(f"{person.demo.address}{path}")
        assert answer is not None
        assert answer.status in (401, 403)


@reads("en")
async def test_the_largest_case_page_is_small(person: Person) -> None:
    await person.signs_in("commission")
    sizes = {}
    for ref in (TO_REPLAY, TO_ANSWER, "npc/14-2/3973"):
        answer = await person.page.goto(f"{person.demo.address}/case/{ref}")
        assert answer is not None
        sizes[ref] = len(await answer.body())

    assert max(sizes.values()) < 200_000, sizes


def test_the_pictures_of_the_readme_are_there() -> None:
    root = Path(__file__).parents[3]
    shown = re.findall(r"\]\((docs/pictures/[^)]+)\)", (root / "README.md").read_text("utf-8"))

    assert len(shown) >= 4
    assert [path for path in shown if not (root / path).exists()] == []
    assert DEMO_PASSWORD  # of the demonstration only
