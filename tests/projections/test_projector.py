from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import Any, ClassVar
from uuid import uuid4

import asyncpg
import pytest

from domain.base import Event, Recorded
from domain.suggestion.suggestion import fold
from duban.bootstrap import PROJECTIONS
from duban.importing.rows import read_rows
from projections.base import Connection, Log, Projection
from projections.board import CaseBoard, Filter, count, counts, find
from projections.clocks import Clocks, due_between
from projections.projector import Projector
from tests.domain.cases import ANSWER, ASSIGN, LEAD, MARA, on, submit
from tests.engine import Engine, engine_on, people, with_npc

pytestmark = pytest.mark.postgres

Pool = asyncpg.Pool
BOARD = "select * from p_case_board_v1 order by case_id, from_position"
CLOCKS = "select * from p_clocks_v1 order by case_id, clock, from_position"
AT = datetime(2024, 6, 20, tzinfo=UTC)


async def with_demo(pool: Pool) -> Engine:
    engine = engine_on(pool)
    with as_file(files("duban.demo") / "suggestions.csv") as file:
        await engine.importer.run(read_rows(file), actor="demo", run=uuid4())
    return engine


async def rows_of(pool: Pool, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await pool.fetch(sql)]


async def test_a_case_is_on_the_board_as_its_events_tell_it(pool: Pool) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(submit(), people())
    await engine.commands.handle("npc/14-2/3973", people(), ASSIGN, LEAD)
    await engine.projector.catch_up()

    (line,) = await find(pool, Filter(unit=MARA), now=AT)  # type: ignore[arg-type] # a pool fetches as well
    assert line["stage"] == "handling"
    assert line["lead_unit"] == MARA
    assert line["next_due"] == datetime(2024, 7, 2, 15, 59, 59, tzinfo=UTC)
    assert await counts(pool, now=AT) == {  # type: ignore[arg-type]
        "cases": 1,
        "due_this_week": 0,
        "overdue": 0,
        "commitments_open": 0,
    }


async def test_the_board_of_a_past_position_is_still_there(pool: Pool) -> None:
    engine = await with_npc(pool)
    submitted = (await engine.commands.submit(submit(), people())).positions[-1]
    assigned = (await engine.commands.handle("npc/14-2/3973", people(), ASSIGN, LEAD)).positions[-1]
    await engine.commands.handle("npc/14-2/3973", people(), ANSWER)
    await engine.projector.catch_up()

    async def stage(position: int | None) -> str:
        (line,) = await find(pool, Filter(), now=AT, as_of=position)  # type: ignore[arg-type]
        return str(line["stage"])

    assert [await stage(p) for p in (submitted, assigned, None)] == ["registered", "handling", "answered"]


async def test_rows_do_not_depend_on_how_the_log_was_cut_into_batches(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await with_demo(pool)
    await engine.projector.catch_up()
    whole = await rows_of(pool, BOARD), await rows_of(pool, CLOCKS)

    await pool.execute("delete from p_case_board_v1")
    await pool.execute("delete from p_clocks_v1")
    await pool.execute("update projection_checkpoint set position = 0")
    monkeypatch.setattr("projections.projector.BATCH", 97)
    await engine.projector.catch_up()

    assert (await rows_of(pool, BOARD), await rows_of(pool, CLOCKS)) == whole


async def test_every_line_of_the_board_equals_a_fold_of_the_log(pool: Pool) -> None:
    engine = await with_demo(pool)
    await engine.projector.catch_up()

    lines = await find(pool, Filter(), now=AT, limit=1000)  # type: ignore[arg-type]
    assert len(lines) == 189
    for line in lines:
        recorded = await engine.log.read_stream(f"case/{line['congress']}/{line['case_id']}")
        case = fold(r.body for r in recorded)  # type: ignore[misc] # a case's stream holds its events
        ((expected,),) = ([row] for row in CaseBoard().rows(case).values())
        assert tuple(line[name] for name in CaseBoard.columns) == expected


async def test_filters_agree_with_their_counts(pool: Pool) -> None:
    engine = await with_demo(pool)
    await engine.projector.catch_up()

    for wanted in (
        Filter(congress="npc"),
        Filter(stage="handling"),
        Filter(text="建议", level="county"),
        Filter(late=True),
        Filter(kind="motion"),
        Filter(open_commitments=True, jurisdiction="henan"),
        Filter(due_before=on("2027-01-01")),
    ):
        found = await find(pool, wanted, now=AT, limit=1000)  # type: ignore[arg-type]
        assert len(found) == await count(pool, wanted, now=AT)  # type: ignore[arg-type]
        assert found or wanted.due_before


async def test_running_clocks_are_found_by_when_they_end(pool: Pool) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(submit(), people())
    await engine.commands.handle("npc/14-2/3973", people(), ASSIGN, LEAD)
    await engine.projector.catch_up()

    (clock,) = await due_between(pool, on("2024-07-01"), on("2024-07-03"))  # type: ignore[arg-type]
    assert (clock["rule"], clock["about"], clock["ended"]) == ("answer", MARA, None)
    assert await due_between(pool, on("2024-07-03"), on("2024-08-03")) == []  # type: ignore[arg-type]


class Stumbling(Projection):
    """Takes everything but one position."""

    name: ClassVar[str] = "stumbling"
    version: ClassVar[int] = 1

    def __init__(self, poison: int) -> None:
        self.poison = poison
        self.seen: list[int] = []

    async def project(self, tx: Connection, batch: "Any", log: Log) -> None:
        taken: list[Recorded[Event]] = list(batch)
        if any(r.position == self.poison for r in taken):
            raise ValueError("cannot take this one")
        self.seen += [r.position for r in taken]


async def test_an_event_that_one_projection_cannot_take_stops_that_one_just_before_it(pool: Pool) -> None:
    engine = await with_demo(pool)
    stumbling = Stumbling(poison=200)
    await Projector(engine.log, pool, (stumbling, *PROJECTIONS)).catch_up()

    head = await engine.log.head()
    rows = {r["projection"]: r for r in await pool.fetch("select * from projection_checkpoint")}
    assert (rows["stumbling"]["position"], rows["stumbling"]["status"]) == (199, "stopped")
    assert "position 200" in rows["stumbling"]["cause"]
    assert rows["case-board"]["position"] == rows["clocks"]["position"] == head
    assert stumbling.seen == list(range(1, 200))
    assert Clocks().name == "clocks"
