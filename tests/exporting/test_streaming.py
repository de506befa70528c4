"""A long answer leaves as it comes: there is much more of it, and hardly more memory."""

import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.base import Event, Recorded
from domain.suggestion.suggestion import Suggestion
from duban.exporting import tables
from duban.exporting.ledger import write_ledger
from duban.exporting.ocel import write_ocel
from duban.exporting.tables import TableFormat, write_table
from duban.exporting.xes import write_xes
from duban.histories import History
from duban.wording.wording import wording
from projections import trail
from projections.trail import COLUMNS, Wanted, rows
from tests.domain.cases import ANSWER, ASSIGN, CO, COMMIT, LAW, LEAD, OPINE, submit
from tests.entrypoints.season import small_season

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool
AT = datetime(2024, 4, 2, 1, tzinfo=UTC)
FEW, MANY = 20, 80  # cases, of a dozen events
ROWS_FEW, ROWS_MANY, PAGE = 600, 2_000, 200
ROOM = 1.5  # what was held for few may grow by half, for buffers that were not full


async def histories(number: int) -> AsyncIterator[History]:
    """One case lived by many, each under its own name."""
    case, events = Suggestion(), list[Event]()
    for command in (submit(), ASSIGN, LEAD, CO, OPINE, ANSWER, COMMIT):
        for event in case.decide(command, LAW):
            case, events = case.evolve(event), [*events, event]
    for one in range(number):
        stream = f"case/npc/{one:08}"
        yield (
            stream,
            [
                Recorded(
                    position=one * len(events) + version, stream_id=stream, version=version, congress="npc",
                    event_id=UUID(int=one * 100 + version), type=event.type, schema_version=1, body=event,
                    actor="cli", correlation_id=UUID(int=one), causation_id=None, recorded_at=AT,
                )
                for version, event in enumerate(events, 1)
            ],
        )  # fmt: skip


async def peak(work: Callable[[], Awaitable[Any]]) -> int:
    """Bytes that Python held at the most while it worked."""
    tracemalloc.start()
    try:
        await work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("write", [write_ocel, write_xes, "ledger"], ids=["ocel", "xes", "ledger"])
async def test_an_export_of_cases_holds_one_case_at_a_time(tmp_path: Path, write: Any) -> None:
    async def exported(number: int) -> None:
        if write == "ledger":
            words = wording("zh")
            await write_ledger(histories(number), tmp_path / "ledger", words, as_of=AT, position=1)
        else:
            await write(histories(number), tmp_path / "log")

    await exported(1)  # what is loaded once is no part of either

    few, many = await peak(lambda: exported(FEW)), await peak(lambda: exported(MANY))
    assert many < few * ROOM, (few, many)


@pytest.mark.parametrize("kind", TableFormat)
async def test_an_answer_of_the_trail_is_a_cursor_in_every_format(
    pool: Pool, tmp_path: Path, kind: TableFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "PAGE", PAGE)
    monkeypatch.setattr(
        tables, "ROWS_HELD", PAGE
    )  # Parquet holds a group of rows, which it compresses as one
    await small_season(pool)
    await _inflated(pool, ROWS_MANY)

    async def asked(number: int) -> None:
        async with pool.acquire() as connection:
            found = rows(connection, Wanted(), limit=number)
            assert await write_table(found, COLUMNS[:4], kind, tmp_path / "trail") == number

    await asked(10)

    low, high = await peak(lambda: asked(ROWS_FEW)), await peak(lambda: asked(ROWS_MANY))
    assert high < low * ROOM, (low, high)


async def _inflated(pool: Pool, number: int) -> None:
    """The rows of the trail again and again, under positions that the log has not."""
    columns = ", ".join(f"t.{name}" for name in COLUMNS[1:])
    sql = f"""insert into p_audit_trail_v1 (position, {", ".join(COLUMNS[1:])})
        select t.position + n * 1000, {columns} from p_audit_trail_v1 t, generate_series(1, $1::int) n"""
    held = await pool.fetchval("select count(*) from p_audit_trail_v1")
    await pool.execute(sql, number // held + 1)
