import asyncio
from random import Random
from typing import Any

import asyncpg
import pytest

from domain.congress import OpenCongress
from domain.key_topic_acts import ChooseTopic, NameCommittee
from domain.vocabulary import Level
from duban.topics import Topics
from projections.checkpoints import named, standings
from projections.key_topics import find
from projections.rebuild.checking import check, last_check
from projections.rebuild.rebuild import AlreadyRebuilding, NotTheOwner, Rebuilt, rebuild
from projections.registry import PROJECTIONS
from tests.domain.cases import ANSWER, ASSIGN, LEAD, on, submit
from tests.engine import Engine, people, with_npc
from tests.projections.test_projector import all_rows, with_demo

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool
ONE = "select min(ref) from p_clocks_v1"
REBUILDING = (0x64_75_62_70, 1)  # the lock of whoever rebuilds


class Interrupted(Exception):
    """The operator's Ctrl-C."""


def unseen(stage: str, done: int, total: int) -> None:
    assert 0 <= done <= total, stage


async def rebuilt(engine: Engine, database: str) -> Rebuilt:
    return await rebuild(database, engine.log, PROJECTIONS, workers=1, progress=unseen)


async def test_a_rebuild_gives_the_rows_that_were_written_live(pool: Pool, database: str) -> None:
    engine = await with_demo(pool)
    await engine.projector.catch_up()
    live, before = await all_rows(pool), await _around(pool)

    result = await rebuild(database, engine.log, PROJECTIONS, workers=2, progress=unseen)

    assert (result.position, result.resumed, result.differences) == (await engine.log.head(), False, [])
    assert await all_rows(pool) == live
    assert await _around(pool) == before


async def test_what_happens_during_a_rebuild_is_in_the_new_tables(pool: Pool, database: str) -> None:
    engine = await with_npc(pool)
    following = asyncio.create_task(engine.projector.run())
    building = asyncio.create_task(rebuilt(engine, database))
    number = 0
    while not building.done() or number < 5:
        number += 1
        await engine.commands.submit(
            submit(case_id=f"{number:08}-0000-7000-8000-000000000000", number=str(number)), people()
        )
        await engine.commands.handle(f"npc/14-2/{number}", people(), ASSIGN, LEAD, ANSWER)
        await asyncio.sleep(0.02)
    await building
    assert await engine.projector.wait_for(await engine.log.head(), within=20)
    following.cancel()
    after = await all_rows(pool)

    await rebuilt(engine, database)

    assert await all_rows(pool) == after
    assert len(after["p_unit_work_v1"]) > number


async def test_an_interrupted_rebuild_leaves_what_serves_alone_and_goes_on(pool: Pool, database: str) -> None:
    engine = await with_demo(pool)
    await engine.projector.catch_up()
    live = await all_rows(pool)

    def interrupted(stage: str, done: int, total: int) -> None:
        if stage == "index":
            raise Interrupted

    with pytest.raises(Interrupted):
        await rebuild(database, engine.log, PROJECTIONS, workers=1, progress=interrupted)
    assert await all_rows(pool) == live
    assert (await rebuilt(engine, database)).resumed
    assert await all_rows(pool) == live

    with pytest.raises(Interrupted):
        await rebuild(database, engine.log, named(["clocks"]), workers=1, progress=interrupted)
    topics = await rebuild(database, engine.log, named(["key-topics"]), workers=1, progress=unseen)
    assert not topics.resumed  # another one: what was left behind is removed
    assert await pool.fetchval("select count(*) from pg_class where relname like '%\\_\\_next%'") == 0


async def test_rows_that_have_drifted_are_found_and_a_rebuild_mends_them(pool: Pool, database: str) -> None:
    engine = await with_demo(pool)
    await engine.projector.catch_up()
    live = await all_rows(pool)
    connection = await pool.acquire()
    agreed = await check(connection, engine.log, PROJECTIONS, Random(1), sample=2000)
    assert (agreed.differences, agreed.position) == ([], await engine.log.head())
    assert agreed.rows > 1000

    await pool.execute(f"update p_case_board_v2 set title = 'x' where ref = ({ONE})")
    await pool.execute(f"delete from p_clocks_v1 where ref = ({ONE})")
    await check(connection, engine.log, PROJECTIONS, Random(1), sample=2000)
    found = await last_check(connection)
    await pool.release(connection)

    assert found is not None
    board, clocks = found.differences
    assert (board.projection, board.missing > 0, board.surplus) == ("case-board", True, board.missing)
    assert (clocks.projection, clocks.missing > 0, clocks.surplus) == ("clocks", True, 0)
    assert {d.projection for d in (await rebuilt(engine, database)).differences} <= {"case-board", "clocks"}
    assert await all_rows(pool) == live


async def test_one_rebuild_at_a_time_and_by_the_owner(pool: Pool, database: str) -> None:
    engine = await with_npc(pool)
    with pytest.raises(NotTheOwner):
        await rebuilt(engine, f"{database}?role=duban_app")

    other = await asyncpg.connect(database)
    await other.execute("select pg_advisory_lock($1, $2)", *REBUILDING)
    with pytest.raises(AlreadyRebuilding):
        await rebuilt(engine, database)
    await other.close()
    assert {s.status for s in await standings(pool, 0)} == {"running"}  # type: ignore[arg-type]


async def _around(pool: Pool) -> Any:
    """Indexes, grants and views of the tables that serve."""
    indexes = "select indexname, indexdef from pg_indexes where tablename like 'p\\_%' order by 1"
    grants = """select table_name, grantee, privilege_type from information_schema.role_table_grants
        where table_name like 'p\\_%' order by 1, 2, 3"""
    views = "select count(*) from audit.event where case_id is not null"
    return [[tuple(row) for row in await pool.fetch(sql)] for sql in (indexes, grants, views)]


async def test_two_congresses_call_a_topic_by_the_same_id(pool: Pool, database: str) -> None:
    engine = await with_npc(pool)
    topics = Topics(engine.log, engine.commands)
    for congress, title in (("npc", "乡村振兴"), ("北京", "学前教育")):
        opened = OpenCongress(congress=congress, place=congress, level=Level.PROVINCE, at=on("2024-03-01"))
        await engine.commands.open_congress(opened, people())
        chosen = ChooseTopic(
            congress=congress,
            topic_id="2024-01",
            title=title,
            year=2024,
            approved_by="会议",
            at=on("2024-03-05"),
        )
        await topics.choose(chosen, people())
        await topics.handle(congress, "2024-01", people(), NameCommittee(committee="委", at=on("2024-03-06")))
    await engine.projector.catch_up()
    live = await all_rows(pool)

    async with pool.acquire() as connection:
        assert {s.status for s in await standings(connection, await engine.log.head())} == {"running"}
        assert {(t["congress"], t["title"]) for t in await find(connection)} == {
            ("npc", "乡村振兴"), ("北京", "学前教育"),
        }  # fmt: skip
        for seed in range(5):  # whichever of the two is drawn
            assert (
                await check(connection, engine.log, PROJECTIONS, Random(seed), sample=1)
            ).differences == []
    assert (await rebuilt(engine, database)).differences == []
    assert await all_rows(pool) == live
