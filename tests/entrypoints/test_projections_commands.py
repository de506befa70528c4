"""What operators do to the read models from the command line, while a projector follows the log beside them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import pytest

from projections.registry import PROJECTIONS
from tests.domain.cases import submit
from tests.engine import Engine, people
from tests.entrypoints.command_line import done, duban
from tests.entrypoints.season import small_season

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool
PATIENCE = 30.0  # seconds that a projector may take


@asynccontextmanager
async def running(engine: Engine) -> AsyncIterator[None]:
    task = asyncio.create_task(engine.projector.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def standing(database: str, name: str) -> dict[str, Any]:
    status = await done(database, "projections", "status")
    (found,) = [p for p in status["projections"] if p["projection"] == name]
    return {**found, "head": status["head"]}


async def owner(database: str, statement: str) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute(statement)
    await connection.close()


async def another(engine: Engine, number: int) -> None:
    case_id = f"{number:08}-0000-7000-8000-000000000000"
    await engine.commands.submit(submit(case_id=case_id, number=str(number)), people())


async def test_a_projection_is_paused_resumed_and_rebuilt_while_it_follows(pool: Pool, database: str) -> None:
    engine = await small_season(pool)
    async with running(engine):
        paused = await done(database, "projections", "pause", "case-board")
        twice = await duban(database, "projections", "pause", "case-board")
        wrong = await duban(database, "projections", "retry", "case-board")
        await another(engine, 1)

        assert await engine.projector.wait_for(await engine.log.head(), PATIENCE)  # those that run
        board = await standing(database, "case-board")
        assert (paused["status"], board["status"], board["lag"] > 0) == ("paused", "paused", True)
        assert (twice.exit_code, wrong.exit_code, len(twice.stderr.splitlines())) == (1, 1, 1)
        assert "paused" in (await duban(database, "projections", "status")).stdout

        await done(database, "projections", "resume", "case-board")

        assert await engine.projector.wait_for(await engine.log.head(), PATIENCE)
        board = await standing(database, "case-board")
        assert (board["status"], board["lag"]) == ("running", 0)
        one = await done(database, "projections", "rebuild", "case-board", "--workers", "1")
        every = await done(database, "projections", "rebuild", "--all", "--workers", "1")
        await another(engine, 2)
        assert await engine.projector.wait_for(await engine.log.head(), PATIENCE)
        checked = await done(database, "projections", "check")
        last = await done(database, "projections", "check", "--last")
        shown = await done(database, "case", "list")

    assert (one["projections"], one["differences"]) == (["case-board"], [])
    assert (sorted(every["projections"]), every["differences"]) == (sorted(p.name for p in PROJECTIONS), [])
    assert (checked["differences"], last["position"]) == ([], checked["position"])
    assert {"npc/14-2/1", "npc/14-2/2"} <= {line["ref"] for line in shown}


async def test_a_stopped_projection_is_shown_with_its_event_and_tries_again(
    pool: Pool, database: str
) -> None:
    engine = await small_season(pool)
    await owner(database, "alter table p_case_board_v2 add constraint poison check (title <> '毒')")
    poisoned = submit(case_id="00000009-0000-7000-8000-000000000000", number="9", title="毒")
    at = (await engine.commands.submit(poisoned, people())).positions[0]
    async with running(engine):
        assert await engine.projector.wait_for(
            await engine.log.head(), PATIENCE
        )  # a stopped one does not run
        board, clocks = await standing(database, "case-board"), await standing(database, "clocks")
        assert (board["position"], board["stopped_position"], clocks["status"]) == (at - 1, at, "running")
        assert "poison" in board["cause"]
        assert f"position {at}" in (await duban(database, "projections", "status")).stdout

        await owner(database, "alter table p_case_board_v2 drop constraint poison")
        await done(database, "projections", "retry", "case-board")

        assert await engine.projector.wait_for(await engine.log.head(), PATIENCE)
    shown = await done(database, "case", "list", "--text", "毒")
    assert [line["ref"] for line in shown] == ["npc/14-2/9"]
