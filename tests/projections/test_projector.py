import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import Any, ClassVar
from uuid import uuid4

import asyncpg
import pytest

from domain.base import Event, Recorded
from domain.suggestion.suggestion import fold
from duban.event_log.bulk import append_bulk
from duban.event_log.log import Append, NewEvent, StreamWrite
from duban.importing.rows import read_rows
from projections.base import EventProjection, Row
from projections.board import CaseBoard, Filter, Page, counts, find, page
from projections.checkpoints import NoSuchProjection, NotPausable, named, pause, resume, retry, standings
from projections.clocks import due_between
from projections.projector import Moved, Projector, reached
from projections.registry import PROJECTIONS
from tests.domain.cases import ANSWER, ASSIGN, LEAD, MARA, on, submit
from tests.engine import Engine, engine_on, people, with_npc

pytestmark = pytest.mark.postgres

Pool = asyncpg.Pool
AT = datetime(2024, 6, 20, tzinfo=UTC)


async def with_demo(pool: Pool) -> Engine:
    engine = engine_on(pool)
    with as_file(files("duban.demo") / "suggestions.csv") as file:
        await engine.importer.run(read_rows(file), actor="demo", run=uuid4())
    return engine


async def all_rows(pool: Pool) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every projection."""
    return {
        p.table: [tuple(row) for row in await pool.fetch(f"select * from {p.table} order by {p.table}::text")]
        for p in PROJECTIONS
    }


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
    whole = await all_rows(pool)

    for projection in PROJECTIONS:
        await pool.execute(f"delete from {projection.table}")
    await pool.execute("update projection_checkpoint set position = 0")
    monkeypatch.setattr("projections.projector.BATCH", 97)
    await engine.projector.catch_up()

    assert await all_rows(pool) == whole


async def test_every_line_of_the_board_equals_a_fold_of_the_log(pool: Pool) -> None:
    engine = await with_demo(pool)
    await engine.projector.catch_up()

    lines = await find(pool, Filter(), now=AT, limit=1000)  # type: ignore[arg-type]
    assert len(lines) == 189
    for line in lines:
        recorded = await engine.log.read_stream(f"case/{line['congress']}/{line['case_id']}")
        case = fold(r.body for r in recorded)  # type: ignore[misc] # a case's stream holds its events
        ((expected,),) = ([row] for row in CaseBoard().rows(case).values())
        told = [list(value) if isinstance(value, tuple) else value for value in expected]
        assert [line[name] or None for name in CaseBoard.columns] == [value or None for value in told]


async def test_a_page_is_cut_from_all_that_is_found_and_numbers_them(pool: Pool) -> None:
    engine = await with_demo(pool)
    await engine.projector.catch_up()
    head = await engine.log.head()

    for wanted in (
        Filter(congress="npc"),
        Filter(stage="handling"),
        Filter(text="建议", level="county"),
        Filter(late=True),
        Filter(kind="motion"),
        Filter(open_commitments=True, jurisdiction="henan"),
        Filter(due_before=on("2027-01-01")),
    ):
        for as_of in (head // 2, head, None):
            at: dict[str, Any] = {"now": AT, "as_of": as_of}
            found = await find(pool, wanted, **at, limit=1000)  # type: ignore[arg-type]
            for limit, offset in ((1000, 0), (1, 0), (3, 2), (3, len(found))):
                cut = await page(pool, wanted, **at, limit=limit, offset=offset)  # type: ignore[arg-type]
                assert cut == Page(found[offset : offset + limit], len(found))
        assert found or wanted.due_before


async def test_running_clocks_are_found_by_when_they_end(pool: Pool) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(submit(), people())
    await engine.commands.handle("npc/14-2/3973", people(), ASSIGN, LEAD)
    await engine.projector.catch_up()

    (clock,) = await due_between(pool, on("2024-07-01"), on("2024-07-03"))  # type: ignore[arg-type]
    assert (clock["rule"], clock["about"], clock["ended"]) == ("answer", MARA, None)
    assert await due_between(pool, on("2024-07-03"), on("2024-08-03")) == []  # type: ignore[arg-type]


STUMBLING = """
    create table p_stumbling (position bigint primary key, type text);
    grant select, insert, update on p_stumbling to duban_app
"""


class Stumbling(EventProjection):
    """Takes everything but one position."""

    name: ClassVar[str] = "stumbling"
    version: ClassVar[int] = 1
    table: ClassVar[str] = "p_stumbling"
    columns: ClassVar[tuple[str, ...]] = ("type",)

    def __init__(self, poison: int | None) -> None:
        self.poison = poison

    def row(self, recorded: Recorded[Event]) -> Row:
        if recorded.position == self.poison:
            raise ValueError("cannot take this one")
        return recorded.position, recorded.type


async def test_an_event_that_one_projection_cannot_take_stops_that_one_just_before_it(
    pool: Pool, database: str
) -> None:
    engine = await with_demo(pool)
    await _execute(database, STUMBLING)
    stumbling = Stumbling(poison=200)
    known = (stumbling, *PROJECTIONS)
    await Projector(engine.log, pool, known).catch_up()

    head = await engine.log.head()
    first, *others = await standings(pool, head, known)  # type: ignore[arg-type]
    assert (first.position, first.status, first.stopped_position) == (199, "stopped", 200)
    assert "cannot take this one" in (first.cause or "")
    assert {s.position for s in others} == {head}
    assert await pool.fetchval("select count(*) from p_stumbling") == 199

    stumbling.poison = None
    await retry(pool, stumbling)  # type: ignore[arg-type]
    await Projector(engine.log, pool, known).catch_up()
    (first, *_) = await standings(pool, head, known)  # type: ignore[arg-type]
    assert (first.position, first.status, first.cause) == (head, "running", None)


async def test_an_event_that_nobody_can_read_stops_all_just_before_it(pool: Pool, database: str) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(submit(), people())
    strange = NewEvent(uuid4(), "suggestion.of-tomorrow", 1, b"{}")
    head = await engine.log.head()
    connection = await asyncpg.connect(database)
    write = StreamWrite("case/npc/tomorrow", 0, (strange,))
    await append_bulk(connection, [Append("npc", "tomorrow", uuid4(), None, (write,))], None)
    await connection.close()
    await engine.projector.catch_up()

    for standing in await standings(pool, head + 1):  # type: ignore[arg-type]
        assert (standing.position, standing.status, standing.lag) == (head, "stopped", 1)
        assert standing.stopped_position == head + 1
        assert "unknown type" in (standing.cause or "")


async def test_a_paused_projection_stands_still_and_goes_on_where_it_was(pool: Pool) -> None:
    engine = await with_npc(pool)
    board, clocks = named(["case-board", "clocks"])
    await pause(pool, board)  # type: ignore[arg-type]
    await engine.commands.submit(submit(), people())
    await engine.projector.catch_up()
    assert await find(pool, Filter(), now=AT) == []  # type: ignore[arg-type]
    with pytest.raises(NotPausable, match="paused"):
        await pause(pool, board)  # type: ignore[arg-type]

    await resume(pool, board)  # type: ignore[arg-type]
    await engine.projector.catch_up()
    assert len(await find(pool, Filter(), now=AT)) == 1  # type: ignore[arg-type]
    with pytest.raises(NoSuchProjection, match="case-board"):
        named(["nonsense"])
    assert clocks.name == "clocks"


async def test_two_projectors_never_count_an_event_twice(pool: Pool) -> None:
    engine = await with_demo(pool)
    head = await engine.log.head()

    async def until_there() -> None:
        while await reached(pool) < head:  # type: ignore[arg-type]
            with suppress(Moved):
                await engine.projector.catch_up()

    await asyncio.gather(until_there(), until_there())

    assert await pool.fetchval("select count(*) from p_audit_trail_v1") == head
    assert len(await find(pool, Filter(), now=AT, limit=1000)) == 189  # type: ignore[arg-type]


async def _execute(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(sql)
    await connection.close()
