import json
import xml.etree.ElementTree as Xml
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openpyxl import load_workbook

from domain.registry import EVENT_TYPES
from duban.event_log.hashing import event_hash
from duban.exporting.events import stored_rows
from tests.domain.cases import MARA, MOF, NDRC
from tests.entrypoints.command_line import done, duban
from tests.entrypoints.season import CONTESTED, PLAIN, small_season
from tests.exporting.ocel20 import SCHEMA, faults

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool
XES = "{http://www.xes-standard.org/}"


async def export(database: str, kind: str, file: Path, *more: str) -> dict[str, Any]:
    arguments = ("audit", "export", "--format", kind, "--output", str(file), *more)
    written: dict[str, Any] = await done(database, *arguments, lang="zh")
    return written


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "export"


async def test_an_object_centric_log_holds_its_schema_and_its_own_declarations(
    pool: Pool, database: str, file: Path
) -> None:
    engine = await small_season(pool)

    written = await export(database, "ocel", file)

    log = json.loads(file.read_text())
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(log)
    assert faults(log) == []
    assert written["written"] == len(log["events"]) == await engine.log.head()
    assert {t["name"] for t in log["eventTypes"]} == set(EVENT_TYPES)
    assert [o["type"] for o in log["objects"]].count("reply") == 2
    (kept,) = [o for o in log["objects"] if o["type"] == "commitment"]
    assert {r["qualifier"] for r in kept["relationships"]} == {"part of", "of"}


async def test_an_event_of_the_object_centric_log_names_what_it_concerns(
    pool: Pool, database: str, file: Path
) -> None:
    await small_season(pool)

    await export(database, "ocel", file)

    log = json.loads(file.read_text())
    (changed,) = [e for e in log["events"] if e["type"] == "suggestion.reclassified"]
    assert {r["qualifier"] for r in changed["relationships"]} == {"case", "unit", "assignment", "reply"}
    assert changed["time"] == "2024-10-01T01:00:00.000000Z"
    facts = {a["name"]: a["value"] for a in changed["attributes"]}
    assert (facts["by"], facts["reason"], facts["undated"]) == ("督办处", "已经办成", False)
    (reply,) = [o for o in log["objects"] if o["type"] == "reply" and MARA in o["id"]]
    assert [a["value"] for a in reply["attributes"] if a["name"] == "category"] == ["B", "A"]
    sequences = {a["value"] for e in log["events"] for a in e["attributes"] if a["name"] == "sequence"}
    assert sequences == set(range(1, len(log["events"]) + 1))


async def test_a_trace_log_has_one_trace_per_case_with_zoned_times(
    pool: Pool, database: str, file: Path
) -> None:
    await small_season(pool)

    await export(database, "xes", file)

    traces = Xml.parse(file).getroot().findall(f"{XES}trace")
    names = [t.find(f"{XES}string[@key='concept:name']").get("value") for t in traces]  # type: ignore[union-attr]
    assert sorted(names) == sorted([CONTESTED, PLAIN])  # type: ignore[type-var]
    for trace in traces:
        times = [str(d.get("value")) for d in trace.iterfind(f"{XES}event/{XES}date[@key='time:timestamp']")]
        order = [int(str(i.get("value"))) for i in trace.iterfind(f"{XES}event/{XES}int[@key='sequence']")]
        assert order == sorted(order)
        assert all(datetime.fromisoformat(time).tzinfo for time in times)
        assert len(times) == len(trace.findall(f"{XES}event")) == len(order)


async def test_exported_rows_carry_what_a_stranger_needs_to_recompute_their_hashes(
    pool: Pool, database: str, file: Path
) -> None:
    engine = await small_season(pool)

    await export(database, "jsonl", file)

    lines = [json.loads(line) for line in file.read_text().splitlines()]
    rows = [row async for row in stored_rows(engine.log, 1, len(lines))]
    assert [line["position"] for line in lines] == list(range(1, await engine.log.head() + 1))
    for line, row in zip(lines, rows, strict=True):
        assert line["event_hash"] == row.event_hash.hex()
        digest = event_hash(
            stream_id=line["stream_id"], version=line["version"], congress=line["congress"], shard=row.shard,
            event_type=line["event_type"], schema_version=line["schema_version"], event_id=row.event_id,
            payload=line["payload"].encode(), actor=line["actor"], correlation_id=row.correlation_id,
            causation_id=row.causation_id,
        )  # fmt: skip
        assert digest.hex() == line["event_hash"]


async def test_the_ledger_is_a_workbook_with_a_line_per_case_and_per_commitment(
    pool: Pool, database: str, file: Path
) -> None:
    await small_season(pool)

    written = await export(database, "xlsx", file.with_suffix(".xlsx"))

    book = load_workbook(file.with_suffix(".xlsx"))
    cases, commitments = (list(book[name].iter_rows(values_only=True)) for name in ("台账", "承诺事项"))
    assert written["written"] == len(cases) - 1 == 2
    lines = {
        line["编号"]: line for line in (dict(zip(cases[0], values, strict=True)) for values in cases[1:])
    }
    contested, plain = lines[CONTESTED], lines[PLAIN]
    assert (contested["主办单位"], contested["办理类别"], contested["文号"]) == (
        MARA,
        "A",
        "农办议〔2024〕1号",
    )
    assert (plain["主办单位"], plain["会办单位"], plain["答复期限"]) == (MOF, NDRC, "2024-07-02")
    assert plain["标题"] == "=HYPERLINK(关于美丽中国先行区)"
    assert [row[4] for row in commitments[1:]] == ["建成3个示范县"]
    formulas = [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert formulas == []


async def test_an_export_as_of_a_position_knows_nothing_later(pool: Pool, database: str, file: Path) -> None:
    await small_season(pool)

    await export(database, "ocel", file, "--as-of", "9")

    assert len(json.loads(file.read_text())["events"]) == 9


async def test_a_file_that_cannot_be_finished_is_not_left_behind(
    pool: Pool, database: str, tmp_path: Path
) -> None:
    await small_season(pool)
    blocked = tmp_path / "taken"
    blocked.mkdir()

    refused = await duban(database, "audit", "export", "--format", "csv", "--output", str(blocked))

    assert refused.exit_code == 1
    assert "cannot be written" in refused.stderr
    assert list(tmp_path.iterdir()) == [blocked]
