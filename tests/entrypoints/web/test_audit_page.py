"""The audit search: by facts and by named questions, paged, leading to the replay, and taken away as files."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import asyncpg
import httpx2
import pytest
import pytest_asyncio

from domain.law import Law
from duban.access.viewer import Role
from duban.accounts.model import Account
from duban.calendars import official
from duban.entrypoints.web.app import create_app, utc_now
from duban.entrypoints.web.identity import SESSION_COOKIE
from projections.questions import QUESTIONS
from tests.domain.cases import MARA
from tests.engine import Engine
from tests.entrypoints.season import CONTESTED, PLAIN, small_season
from tests.entrypoints.web.conftest import asking, services_on

pytestmark = pytest.mark.postgres


@pytest_asyncio.fixture(loop_scope="session")
async def engine(pool: "asyncpg.Pool[Any]") -> Engine:
    return await small_season(pool)


@pytest_asyncio.fixture(loop_scope="session")
async def auditor(engine: Engine) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(services_on(engine.pool, engine.log, engine.commands, Law(official())), utc_now)
    account = Account("auditor", frozenset({Role.AUDITOR}))
    await app.state.gate.accounts.add(account, "a long password for tests", by="test")
    session = await app.state.gate.sessions.open(account)
    await engine.projector.catch_up()
    async with asking(app) as client:
        client.cookies.set(SESSION_COOKIE, session.token)
        yield client


def positions(page: str) -> list[int]:
    found = re.findall(r'<td class="number">(?:<a href="[^"]*">)?([\d,]+)', page)
    return [int(text.replace(",", "")) for text in found]


async def asked(client: httpx2.AsyncClient, **given: str) -> str:
    page = await client.get("/audit", params={"lang": "en", **given})
    assert page.status_code == 200, page.text
    return page.text


async def test_the_log_is_searched_by_its_facts(auditor: httpx2.AsyncClient) -> None:
    of_case = await asked(auditor, case=CONTESTED)
    answered = await asked(auditor, type="suggestion.answered", unit=MARA)
    titled = await asked(auditor, text="循环农业", role="lead")
    phone = await asked(auditor, channel="phone")
    day = await asked(auditor, occurred_from="2024-10-01", occurred_to="2024-10-01")
    none = await asked(auditor, actor="nobody at all")

    assert PLAIN not in of_case.partition("<tbody>")[2]
    assert len(positions(answered)) == len(positions(phone)) == len(positions(day)) == 1
    assert "农业农村部 answered" in answered  # each event is told in a sentence, too
    assert CONTESTED in titled
    assert "Nothing in the log answers this" in none


async def test_a_row_leads_to_its_moment_in_the_replay(auditor: httpx2.AsyncClient) -> None:
    page = await asked(auditor, case=CONTESTED, type="suggestion.reclassified")
    (address,) = re.findall(r'<td class="number"><a href="([^"]*)">', page)

    replay = await auditor.get(unescape(address))

    assert replay.status_code == 200
    assert f"position={positions(page)[0]}" in unescape(address)
    assert "2024-10-01" in replay.text


async def test_pages_follow_one_another_and_leave_nothing_out(
    auditor: httpx2.AsyncClient, engine: Engine
) -> None:
    seen: list[int] = []
    page = await asked(auditor)
    for _ in range(10):
        seen += positions(page)
        following = re.findall(r'<a rel="next" href="([^"]*)">', page)
        if not following:
            break
        page = (await auditor.get(unescape(following[0]))).text

    assert seen == list(range(1, await engine.log.head() + 1))
    assert positions(await asked(auditor, as_of="5")) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_named_question_is_a_link_with_an_answer(
    auditor: httpx2.AsyncClient, name: str, lang: str
) -> None:
    page = (await auditor.get("/audit", params={"question": name, "lang": lang})).text

    assert re.search(rf'href="/audit\?question={name}[^"]*" aria-current="page"', page)
    if name != "confidential-accesses":
        assert positions(page)


async def test_what_was_found_is_taken_away_whole_and_no_cell_is_a_formula(
    auditor: httpx2.AsyncClient, engine: Engine
) -> None:
    as_csv = await auditor.get("/audit/download", params={"format": "csv", "case": PLAIN})
    as_jsonl = await auditor.get("/audit/download", params={"format": "jsonl"})
    with_mark = await auditor.get("/audit/download", params={"format": "csv", "bom": "1", "actor": "nobody"})
    named = await auditor.get("/audit/download", params={"question": "category-changes"})

    rows = list(csv.DictReader(io.StringIO(as_csv.text)))
    assert {row["title"] for row in rows} == {"'=HYPERLINK(关于美丽中国先行区)"}
    lines = [json.loads(line) for line in as_jsonl.text.splitlines()]
    assert [line["position"] for line in lines] == list(range(1, await engine.log.head() + 1))
    assert with_mark.content.startswith(b"\xef\xbb\xbfref,position")
    assert with_mark.text.count("\n") == 1
    (change,) = csv.DictReader(io.StringIO(named.text))
    assert (change["category_before"], change["category"]) == ("B", "A")
    assert as_csv.headers["content-disposition"] == 'attachment; filename="trail.csv"'


async def test_what_cannot_be_asked_is_refused_in_a_sentence(auditor: httpx2.AsyncClient) -> None:
    for given, status in (
        ({"type": "suggestion.forgotten"}, 400), ({"correlation": "7"}, 400), ({"role": "boss"}, 400),
        ({"occurred_from": "soon"}, 400), ({"case": "npc/14-2/1"}, 404), ({"question": "nonsense"}, 404),
        ({"after": "x"}, 400), ({"number": "-1", "question": "recorded-late"}, 400), ({"as_of": "999999"}, 400),
        ({"occurred_to": "9999-12-31"}, 400),
    ):  # fmt: skip
        for path in ("/audit", "/audit/download"):
            page = await auditor.get(path, params=given)
            assert page.status_code in (status, 200 if "occurred_to" in given else status), (given, page.text)
            assert "Traceback" not in page.text
