import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlparse

import httpx2
import pyotp
import pytest
import pytest_asyncio
from oidc_provider_mock import User, run_server_in_thread

from domain.law import Law
from duban.access.viewer import Role
from duban.accounts.accounts import Accounts
from duban.accounts.gate import GateSettings
from duban.accounts.model import Account
from duban.accounts.oidc import OidcSettings
from duban.accounts.secrets import csrf_of
from duban.accounts.sessions import FREE_FAILURES, IDLE
from duban.bootstrap import now
from duban.calendars import official
from duban.entrypoints.web.app import create_app
from duban.entrypoints.web.identity import SESSION_COOKIE
from tests.engine import engine_on
from tests.entrypoints.web.conftest import asking, services_on
from tests.entrypoints.web.conftest import sign_in as signed_in

pytestmark = pytest.mark.postgres

LI = Account("li.ming", frozenset({Role.UNIT_HANDLER}), "npc", unit="农业农村部")
PASSWORD = "correct horse battery"


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return now() + self.ahead


class Gatehouse:
    """The web with one account, and its clock."""

    def __init__(self, pool: object, clock: Clock, settings: GateSettings) -> None:
        engine = engine_on(pool)  # type: ignore[arg-type] # a pool
        services = services_on(engine.pool, engine.log, engine.commands, Law(official()))
        self.clock, self.engine = clock, engine
        self.app = create_app(services, clock, settings)
        self.accounts: Accounts = self.app.state.gate.accounts


@pytest_asyncio.fixture(loop_scope="session")
async def house(pool: object) -> Gatehouse:
    house = Gatehouse(pool, Clock(), GateSettings())
    await house.accounts.add(LI, PASSWORD, by="test")
    return house


@pytest_asyncio.fixture(loop_scope="session")
async def browser(house: Gatehouse) -> AsyncIterator[httpx2.AsyncClient]:
    async with asking(house.app) as client:
        yield client


async def post(client: httpx2.AsyncClient, path: str, **fields: str) -> httpx2.Response:
    """Send a form as the page that holds it would."""
    cookie = client.cookies.get(SESSION_COOKIE) or client.cookies["duban_visit"]
    return await client.post(path, data={"csrf": csrf_of(cookie), **fields})


async def test_whoever_signs_in_is_known_until_they_sign_out(browser: httpx2.AsyncClient) -> None:
    await signed_in(browser, LI.name, PASSWORD)
    session = browser.cookies[SESSION_COOKIE]

    assert (await browser.get("/api/v1/me")).json()["unit"] == "农业农村部"
    assert LI.name in (await browser.get("/")).text
    await post(browser, "/sign-out")
    browser.cookies.set(SESSION_COOKIE, session)
    assert (await browser.get("/api/v1/me")).json()["name"] == "public"


async def test_a_session_cookie_is_for_the_browser_alone_and_new_at_every_sign_in(
    browser: httpx2.AsyncClient,
) -> None:
    await signed_in(browser, LI.name, PASSWORD)
    first = browser.cookies[SESSION_COOKIE]
    form = await browser.get("/sign-in")
    answer = await post(browser, "/sign-in", name=LI.name, password=PASSWORD)

    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert browser.cookies[SESSION_COOKIE] != first
    assert form.status_code == 200


async def test_what_is_wrong_is_not_told_and_too_many_attempts_have_to_wait(
    browser: httpx2.AsyncClient, house: Gatehouse
) -> None:
    await browser.get("/sign-in")
    told = set[str]()
    for name in (LI.name, "nobody"):
        for _ in range(FREE_FAILURES):
            answer = await post(browser, "/sign-in", name=name, password="wrong wrong wrong")
            assert answer.status_code == 401
            told.add(re.sub(r'value="[^"]*"', "", answer.text))
        waiting = await post(browser, "/sign-in", name=name, password=PASSWORD)
        assert "1 分钟后方可再试" in waiting.text or "2 分钟后方可再试" in waiting.text
    assert len(told) == 1

    house.clock.ahead = timedelta(minutes=2)
    assert (await post(browser, "/sign-in", name=LI.name, password=PASSWORD)).status_code == 303


async def test_a_code_of_the_second_factor_is_asked_for_and_taken_once(
    browser: httpx2.AsyncClient, house: Gatehouse
) -> None:
    await signed_in(browser, LI.name, PASSWORD)
    page = (await post(browser, "/account/second-factor")).text
    (seed,) = re.findall(r"<code>([A-Z2-7]{32})</code>", page)
    assert "<svg" in page
    code = pyotp.TOTP(seed)
    assert (await post(browser, "/account/second-factor/confirm", code="000000")).status_code == 400
    await post(browser, "/account/second-factor/confirm", code=code.at(house.clock()))
    await post(browser, "/sign-out")

    house.clock.ahead = timedelta(minutes=1)
    await browser.get("/sign-in")
    without = await post(browser, "/sign-in", name=LI.name, password=PASSWORD)
    current = code.at(house.clock())
    first = await post(browser, "/sign-in", name=LI.name, password=PASSWORD, code=current)
    again = await post(browser, "/sign-in", name=LI.name, password=PASSWORD, code=current)
    assert [answer.status_code for answer in (without, first, again)] == [401, 303, 401]


async def test_sessions_end_by_themselves_and_with_another_password_role_or_lock(
    browser: httpx2.AsyncClient, house: Gatehouse
) -> None:
    async def known() -> bool:
        return bool((await browser.get("/api/v1/me")).json()["name"] == LI.name)

    await signed_in(browser, LI.name, PASSWORD)
    house.clock.ahead = IDLE + timedelta(minutes=1)
    assert not await known()

    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: house.accounts.set_password(LI.name, PASSWORD, "test"),
        lambda: house.accounts.set_roles(LI.name, frozenset({Role.UNIT_SIGNATORY}), "test"),
        lambda: house.accounts.lock(LI.name, "test"),
    ]
    for change in changes:
        browser.cookies.clear()
        browser.cookies.set(SESSION_COOKIE, (await house.app.state.gate.sessions.open(LI)).token)
        assert await known()
        await change()
        assert not await known()
    browser.cookies.clear()
    await browser.get("/sign-in")
    assert (await post(browser, "/sign-in", name=LI.name, password=PASSWORD)).status_code == 401


async def test_a_form_of_another_site_is_refused(browser: httpx2.AsyncClient) -> None:
    await signed_in(browser, LI.name, PASSWORD)

    for sent in ({}, {"csrf": "0" * 64}, {"csrf": csrf_of("another")}):
        assert (await browser.post("/account/tokens", data=sent)).status_code == 403
    api = await browser.post("/api/v1/congresses", json={"congress": "x", "level": "city"})
    assert (api.status_code, api.json()["type"]) == (403, "urn:duban:problem:not-from-our-pages")


async def test_a_token_asks_for_no_more_than_its_scopes_until_it_ends(
    browser: httpx2.AsyncClient, house: Gatehouse
) -> None:
    token = await house.accounts.issue_token(LI.name, "test", frozenset({"read"}), 1, "test")
    headers = {"Authorization": f"Bearer {token}"}

    assert (await browser.get("/api/v1/cases", headers=headers)).status_code == 200
    act = await browser.post("/api/v1/cases", json={"congress": "npc", "title": "x"}, headers=headers)
    assert (act.status_code, act.json()["type"]) == (403, "urn:duban:problem:scope-missing")
    for forged in (token[:-1] + "~", "duban_x", "", "x" * 5000):
        answer = await browser.get("/api/v1/cases", headers={"Authorization": f"Bearer {forged}"})
        assert answer.status_code == 401
    house.clock.ahead = timedelta(days=2)
    assert (await browser.get("/api/v1/cases", headers=headers)).status_code == 401


async def test_what_changes_about_an_account_is_in_the_log_without_its_secrets(house: Gatehouse) -> None:
    token = await house.accounts.issue_token(LI.name, "test", frozenset({"read"}), 1, "root")

    rows = await house.engine.log.read_rows(types=["access.account-changed"])

    kept = b"".join(row.payload for row in rows).decode()
    assert [row.actor for row in rows] == ["test", "root"]
    assert token not in kept
    assert PASSWORD not in kept


async def test_one_is_led_on_to_pages_of_ours_only(browser: httpx2.AsyncClient) -> None:
    for wanted, led in (
        ("/?late=1", "/?late=1"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\e", "/"),
    ):
        await browser.get("/sign-in")
        answer = await post(browser, "/sign-in", name=LI.name, password=PASSWORD, next=wanted)
        assert answer.headers["location"] == led
        browser.cookies.delete(SESSION_COOKIE)


@pytest.fixture
def provider() -> Iterator[str]:
    claims = {
        "preferred_username": "wang",
        "roles": ["督办"],
        "duban_congress": "npc",
        "duban_unit": "财政部",
    }
    users = [User(sub="w1", claims=claims), User(sub="x1", claims={"roles": ["厨师"]})]
    with run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the provider of the tests speaks an older authlib
async def test_the_organisations_account_signs_in_with_the_roles_of_its_claims(
    pool: object, provider: str
) -> None:
    oidc = OidcSettings(provider, "duban", "secret", roles=(("督办", "unit-coordinator"),))
    house = Gatehouse(pool, Clock(), GateSettings(oidc=oidc))

    async with asking(house.app) as browser:
        answer = await _through(browser, "w1")
        assert answer.status_code == 303, answer.text
        me = (await browser.get("/api/v1/me")).json()
        assert (me["name"], me["roles"], me["unit"]) == ("wang", ["unit-coordinator"], "财政部")
        assert (await _through(browser, "w1")).status_code == 303  # again: the same account
    async with asking(house.app) as stranger:
        assert (await _through(stranger, "x1")).status_code == 403
        forged = await stranger.get("/sign-in/oidc/callback", params={"state": "x", "code": "y"})
        assert forged.status_code == 401


async def _through(browser: httpx2.AsyncClient, subject: str) -> httpx2.Response:
    """Over to the provider, signing in there, and back."""
    begun = await browser.get("/sign-in/oidc", params={"next": "/"})
    asked = parse_qs(urlparse(begun.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    async with httpx2.AsyncClient(trust_env=False) as over_there:
        back = await over_there.post(begun.headers["location"], data={"sub": subject})
    return await browser.get(urlparse(back.headers["location"])._replace(scheme="", netloc="").geturl())
