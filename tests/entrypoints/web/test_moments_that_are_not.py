"""A position beyond the head, a time before the first event, a filter that matches nothing: clear answers to each."""

from pathlib import Path

import asyncpg
import httpx2
import pytest

from tests.domain.cases import MARA
from tests.entrypoints.command_line import done, duban
from tests.entrypoints.season import PLAIN, small_season

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool
MOMENTS = {
    "99999999": "beyond the log",
    "1999-01-01": "Nothing was recorded yet",
    "0001-01-01": "Nothing was recorded yet",
    "0001-01-01T00:00": "neither a position of the log nor a time",
    "9999-12-31T23:59:59-10:00": "neither a position of the log nor a time",
    "0": "beyond the log",
    "someday": "neither a position of the log nor a time",
}
READS: tuple[tuple[str, ...], ...] = (
    ("case", "list"), ("stats",), ("unit", "show", MARA), ("deputy", "show", "张代表"), ("commitment", "list"),
    ("inbox", "--role", "unit", "--who", MARA), ("audit", "query"), ("audit", "query", "category-changes"),
)  # fmt: skip
EMPTY: tuple[tuple[str, ...], ...] = (
    ("case", "list", "--unit", "月球局"), ("case", "list", "--where", "subject=月球"),
    ("case", "list", "--text", "月球"), ("audit", "query", "--actor", "nobody"),
    ("audit", "query", "--unit", "月球局"), ("audit", "query", "--text", "月球"),
)  # fmt: skip


@pytest.mark.parametrize("moment", MOMENTS)
async def test_no_command_answers_for_a_moment_that_is_not(
    pool: Pool, database: str, moment: str, tmp_path: Path
) -> None:
    await small_season(pool)
    file = ("audit", "export", "--format", "jsonl", "--output", str(tmp_path / "export"))

    for command in (*READS, file):
        answer = await duban(database, *command, "--as-of", moment)

        assert (answer.exit_code, answer.stdout) == (1, ""), command
        assert MOMENTS[moment] in answer.stderr, command
        assert len(answer.stderr.splitlines()) == 1, command
    assert list(tmp_path.iterdir()) == []


async def test_a_filter_that_matches_nothing_has_an_empty_answer_and_no_refusal(
    pool: Pool, database: str
) -> None:
    await small_season(pool)

    for command in EMPTY:
        assert await done(database, *command) == [], command
        assert (await duban(database, *command)).exit_code == 0
    assert (await done(database, "stats", "--congress", "月球"))["totals"]["cases"] == 0
    assert (await done(database, "unit", "show", "月球局"))["parts"] == 0
    assert (await done(database, "commitment", "list", "--owner", "月球局"))["commitments"] == []
    unknown = await duban(database, "audit", "query", "--case", f"{PLAIN}0")
    assert (unknown.exit_code, f"{PLAIN}0" in unknown.stderr) == (1, True)


PAGES = ("/", "/units", "/statistics", "/commitments", "/topics", "/statistics.xlsx")
API = (
    "/cases",
    "/counts",
    "/units",
    "/statistics",
    "/commitments",
    "/topics",
    "/statistics/report?format=pdf",
)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_no_page_and_no_endpoint_answers_for_a_moment_that_is_not(
    client: httpx2.AsyncClient, moment: str
) -> None:
    for path in (*PAGES, *(f"/api/v1{path}" for path in API)):
        mark = "&" if "?" in path else "?"
        answer = await client.get(f"{path}{mark}as_of={moment}&lang=en")

        assert answer.status_code == 400, (path, moment)
        assert MOMENTS[moment] in answer.text, (path, moment)


async def test_pages_and_endpoints_say_that_nothing_fits(client: httpx2.AsyncClient) -> None:
    board = await client.get("/?unit=月球局&lang=en")
    api = await client.get("/api/v1/cases?where=subject=月球")
    wrong = await client.get("/api/v1/cases?where=moon=1")

    assert "No case fits these filters at this moment." in board.text
    assert (api.status_code, api.json()["items"]) == (200, [])
    assert wrong.status_code == 400
    assert "moon=1" in wrong.json()["detail"]
