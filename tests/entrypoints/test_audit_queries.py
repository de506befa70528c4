import csv
import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from openpyxl import load_workbook
from pyarrow import parquet

from projections.questions import QUESTIONS
from projections.trail import Wanted, rows
from tests.domain.cases import MARA, MOF, NDRC, on
from tests.entrypoints.command_line import done, duban
from tests.entrypoints.season import CONTESTED, PLAIN, small_season

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool


async def asked(database: str, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await done(database, "audit", "query", *arguments)
    return found


async def test_the_log_is_asked_by_its_facts(pool: Pool, database: str) -> None:
    engine = await small_season(pool)
    head = await engine.log.head()

    everything = await asked(database)

    assert [row["position"] for row in everything] == list(range(1, head + 1))
    assert {r["ref"] for r in await asked(database, "--text", "循环农业")} == {CONTESTED}
    assert await asked(database, "--text", "没有这样的题目") == []
    assert {r["unit"] for r in await asked(database, "--unit", NDRC)} == {NDRC}
    assert {r["ref"] for r in await asked(database, "--role", "co-handling", "--unit", NDRC)} == {PLAIN}
    assert [r["category"] for r in await asked(database, "--type", "suggestion.answered")] == ["B", "A"]
    assert {r["event_type"] for r in await asked(database, "--type", "congress.")} == {
        "congress.opened",
        "congress.unit-added",
    }
    assert [r["channel"] for r in await asked(database, "--channel", "phone")] == ["phone"]
    assert {r["ref"] for r in await asked(database, "--case", PLAIN)} == {PLAIN}
    on_the_day = await asked(database, "--occurred-from", "2024-10-01", "--occurred-to", "2024-10-01")
    assert [r["event_type"] for r in on_the_day] == ["suggestion.reclassified"]
    assert await asked(database, "--recorded-to", "2024-10-01") == []
    (one,) = await asked(database, "--type", "suggestion.reclassified")
    together = await asked(database, "--correlation", one["correlation_id"])
    assert one["position"] in [r["position"] for r in together]
    assert len(await asked(database, "--as-of", "5")) == 5


async def test_the_named_questions_find_what_they_ask_for(pool: Pool, database: str) -> None:
    await small_season(pool)

    (change,) = await asked(database, "category-changes")
    assert (change["ref"], change["category_before"], change["category"]) == (CONTESTED, "B", "A")
    assert (change["person"], change["reason"]) == ("督办处", "已经办成")
    (late,) = await asked(database, "last-day-answers")
    assert (late["ref"], late["unit"], late["due_on"]) == (PLAIN, MOF, "2024-07-02")
    round_trip = await asked(database, "objections-that-went-round")
    assert [(r["ref"], r["unit"], r["objections"], r["reassignments"]) for r in round_trip] == [
        (CONTESTED, NDRC, 2, 1),
        (CONTESTED, MARA, 2, 1),
    ]
    (rating,) = await asked(database, "ratings-on-behalf")
    assert (rating["on_behalf_of"], rating["channel"]) == (["张代表"], "phone")
    moved = await asked(database, "deadlines-moved")
    assert [r["event_type"] for r in moved] == ["suggestion.reassigned", "suggestion.extension-granted"]
    recorded_late = await asked(database, "recorded-late", "--days", "300")
    assert all(r["days"] >= 300 for r in recorded_late)
    assert {r["ref"] for r in recorded_late} == {CONTESTED, PLAIN}
    assert await asked(database, "recorded-late", "--days", "30000") == []
    assert await asked(database, "confidential-accesses") == []


@pytest.mark.parametrize("name", QUESTIONS)
async def test_every_named_question_can_be_asked_as_of_a_position(
    pool: Pool, database: str, name: str
) -> None:
    await small_season(pool)

    now, then = await asked(database, name), await asked(database, name, "--as-of", "8")

    assert then == [row for row in now if row["position"] <= 8]


async def test_what_cannot_be_asked_is_refused_in_one_line(pool: Pool, database: str) -> None:
    await small_season(pool)

    for arguments, said in (
        (("no-such-question",), "is not one of the named questions"),
        (("--type", "suggestion.forgotten"), "is not an event type"),
        (("--correlation", "7"), "is not a correlation id"),
        (("--as-of", "100000"), "beyond the log"),
        (("--occurred-from", "soon"), "neither a position of the log nor a time"),
        (("--format", "parquet"), "cannot be printed"),
        (("--output", "/nowhere/x.csv"), "cannot be written"),
    ):
        done = await duban(database, "audit", "query", *arguments)

        assert done.exit_code == 1, arguments
        assert said in done.stderr
        assert done.stdout == ""


async def test_rows_leave_in_every_format_and_no_cell_is_a_formula(
    pool: Pool, database: str, tmp_path: Path
) -> None:
    await small_season(pool)
    files = {kind: tmp_path / f"trail.{kind}" for kind in ("csv", "jsonl", "parquet", "xlsx")}

    for kind, file in files.items():
        done = await duban(
            database, "audit", "query", "--case", PLAIN, "--format", kind, "--output", str(file)
        )
        assert done.exit_code == 0, done.output

    with files["csv"].open(encoding="utf-8", newline="") as lines:
        table = list(csv.DictReader(lines))
    titles = {row["title"] for row in table}
    assert titles == {"'=HYPERLINK(关于美丽中国先行区)"}
    described = json.loads((tmp_path / "trail.csv-metadata.json").read_text())
    assert [c["name"] for c in described["tableSchema"]["columns"]] == list(table[0])
    positions = [int(row["position"]) for row in table]
    assert [json.loads(line)["position"] for line in files["jsonl"].read_text().splitlines()] == positions
    assert parquet.read_table(files["parquet"])["position"].to_pylist() == positions
    sheet = load_workbook(files["xlsx"]).worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert len(cells) == len(positions) * len(table[0])
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {path.name for path in tmp_path.iterdir()} == {
        *(f.name for f in files.values()),
        "trail.csv-metadata.json",
    }


async def test_conditions_find_their_indexes(pool: Pool) -> None:
    engine = await small_season(pool)
    answered = on("2024-07-02")

    async with engine.pool.acquire() as connection:
        found = [row async for row in rows(connection, Wanted(occurred_from=answered, occurred_to=answered))]
        page = [row async for row in rows(connection, Wanted(), after=3, limit=2)]

    assert {row["event_type"] for row in found} == {"suggestion.answered", "suggestion.reply-served"}
    assert [row["position"] for row in page] == [4, 5]
