import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from duban.entrypoints.web.server import WebServer
from duban.notices.notifier import Notifier
from duban.shares import Shares
from tests.entrypoints.web.conftest import (
    COMMISSION,
    LATE,
    MARA,
    NOW,
    PASSWORD,
    REF,
    ROUGH,
    STEPS,
    World,
    publish,
)

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
REPLAY = f"/case/{quote(REF)}/replay"


@pytest_asyncio.fixture(loop_scope="session")
async def address(world: World) -> AsyncIterator[str]:
    with WebServer("127.0.0.1", 0) as web:
        async with web.serving(world.app):
            yield web.address


async def _signed_in(page: Page, address: str) -> Page:
    await page.goto(f"{address}/sign-in?lang=en")
    await page.locator("#name").fill(COMMISSION.name)
    await page.locator("#password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("link", name=COMMISSION.name)).to_be_visible()
    return page


async def _context(profile: Path, *, script: bool = True) -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=ARGUMENTS, java_script_enabled=script
        )
        yield context
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(tmp_path: Path, address: str) -> AsyncIterator[Page]:
    """Signed in as the affairs commission."""
    async for context in _context(tmp_path / "profile"):
        yield await _signed_in(await context.new_page(), address)


@pytest_asyncio.fixture(loop_scope="session")
async def plain_page(tmp_path: Path, address: str) -> AsyncIterator[Page]:
    """Without script."""
    async for context in _context(tmp_path / "plain-profile", script=False):
        yield await _signed_in(await context.new_page(), address)


@pytest.mark.parametrize(
    ("lang", "count", "english"), [("zh", "第 {} 步，共 {} 步", False), ("en", "Step {} of {}", True)]
)
async def test_a_case_is_replayed_by_keyboard_alone(
    page: Page, address: str, lang: str, count: str, english: bool
) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    await page.goto(f"{address}{REPLAY}?lang={lang}")

    async def at(step: int) -> None:
        await expect(page.locator(".count strong")).to_have_text(count.format(step, STEPS))

    await at(1)
    await page.keyboard.press("ArrowRight")
    await at(2)
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await at(4)
    await expect(page).to_have_url(f"{address}{REPLAY}?step=4")
    await page.keyboard.press("ArrowLeft")
    await at(3)
    await page.keyboard.press("End")
    await at(STEPS)
    await page.keyboard.press("Shift+ArrowLeft")
    await at(STEPS - 1)
    await page.keyboard.press("Home")
    await at(1)
    await page.focus("#step")
    await page.keyboard.press("ArrowRight")
    await at(2)
    await expect(page.locator("#step")).to_have_value("2")
    await expect(page.locator(".stood .status")).to_contain_text("Awaiting" if english else "待")
    assert problems == []


async def test_dragging_the_slider_shows_its_step(page: Page, address: str) -> None:
    await page.goto(f"{address}{REPLAY}?lang=en")

    await page.locator("#step").fill("6")

    await expect(page.locator(".count strong")).to_have_text(f"Step 6 of {STEPS}")
    await expect(page).to_have_url(f"{address}{REPLAY}?step=6")


async def test_the_replay_works_without_script(plain_page: Page, address: str) -> None:
    await plain_page.goto(f"{address}{REPLAY}?lang=en")

    await plain_page.get_by_role("link", name="Next step").click()
    await expect(plain_page.locator(".count strong")).to_have_text(f"Step 2 of {STEPS}")
    await plain_page.locator("#step").fill("5")
    await plain_page.get_by_role("button", name="Go").click()
    await expect(plain_page.locator(".count strong")).to_have_text(f"Step 5 of {STEPS}")


async def test_from_the_board_to_a_case_and_its_reasons(page: Page, address: str) -> None:
    await page.goto(f"{address}/?lang=en")

    await page.get_by_label("Title or reference").fill("庆阳")
    await page.get_by_role("button", name="Filter").click()
    await expect(page).to_have_url(re.compile(r"text="))
    await page.get_by_role("link", name=REF).click()
    await page.get_by_text("why?").first.click()

    await expect(page.locator("dl").first).to_be_visible()


PAGES = (
    "/", "/sign-in", "/account", "/todo", "/notices", "/commitments", "/units", f"/unit?name={quote(MARA)}", "/topics",
    "/statistics", "/operations", f"/case/{quote(REF)}", f"/case/{quote(LATE)}", f"/case/{quote(ROUGH)}",
    f"{REPLAY}?step=6", f"{REPLAY}?step=2&against=9&by=public&way=effective",
    "/shares", "/public", "/public?text=庆阳", "/public/data", f"/public/case/{quote(REF)}",
)  # fmt: skip
SERIOUS = ("serious", "critical")


async def test_no_page_has_a_serious_fault_for_those_who_cannot_see_or_point(
    page: Page, address: str, world: World
) -> None:
    await Notifier(world.log, world.pool).take(await world.log.read_all(limit=1000))
    await publish(world, REF)
    shares = Shares(world.pool, world.log, world.commands, lambda: NOW)
    link = await shares.share(COMMISSION.viewer(), REF, 7)
    faults: list[str] = []
    for number, path in enumerate((*PAGES, link.path)):
        lang = ("zh", "en")[number % 2]
        await page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={lang}")
        found = await Axe().run(page)
        faults += [
            f"{path}: {fault['id']} at {fault['nodes'][0]['target']}"
            for fault in found.response["violations"]
            if fault["impact"] in SERIOUS
        ]

    assert faults == []
