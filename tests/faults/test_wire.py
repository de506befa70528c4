import asyncio

import asyncpg
import pytest

from tests.faults.wire import Link, Watch, When

pytestmark = pytest.mark.postgres


async def _linked(dsn: str) -> tuple[Link, asyncpg.Connection]:
    front, _, back = dsn.rpartition(":")
    port, _, name = back.partition("/")
    link = Link("people", "postgres", int(port))
    await link.open()
    return link, await asyncpg.connect(f"{front}:{link.port}/{name}")


async def test_a_watch_calls_at_the_statement_that_fits_and_before_it_is_sent(database: str) -> None:
    link, connection = await _linked(database)
    await connection.execute("create table done (number integer)")
    watch = Watch("insert into done", When.BEFORE, skip=1)
    link.watch(watch)
    await connection.execute("insert into done values ($1)", 1)

    second = asyncio.create_task(connection.execute("insert into done values ($1)", 2))
    assert await watch.reached is link
    link.cut()

    with pytest.raises((OSError, asyncpg.PostgresConnectionError)):
        await second
    assert await _numbers(database) == [1]
    await link.close()


async def test_a_watch_after_a_statement_calls_when_it_is_done_and_holds_the_answer(database: str) -> None:
    link, connection = await _linked(database)
    await connection.execute("create table done (number integer)")
    watch = Watch("^COMMIT", When.AFTER)
    link.watch(watch)

    async def written() -> None:
        async with connection.transaction():
            await connection.execute("insert into done values ($1)", 1)

    writing = asyncio.create_task(written())
    await watch.reached

    assert await _numbers(database) == [1]
    assert not writing.done()
    link.cut()
    with pytest.raises((OSError, asyncpg.PostgresConnectionError, asyncpg.InternalClientError)):
        await writing
    await link.close()


async def test_a_commit_is_known_by_the_statement_before_it(database: str) -> None:
    link, connection = await _linked(database)
    await connection.execute("create table done (number integer)")
    watch = Watch("^COMMIT.*values .* -- the second", When.BEFORE)
    link.watch(watch)

    async def written(number: int, which: str) -> None:
        async with connection.transaction():
            await connection.execute(f"insert into done values ($1) -- the {which}", number)

    await written(1, "first")
    writing = asyncio.create_task(written(2, "second"))
    await watch.reached
    link.cut()

    with pytest.raises((OSError, asyncpg.PostgresConnectionError, asyncpg.InternalClientError)):
        await writing
    assert await _numbers(database) == [1]
    await link.close()


async def test_a_stalled_link_carries_nothing_until_it_flows(database: str) -> None:
    link, connection = await _linked(database)
    link.stall()
    link.spoken.clear()
    asked = asyncio.create_task(connection.fetchval("select 1"))
    await link.spoken.wait()

    assert not asked.done()
    link.flows()

    assert await asked == 1
    await connection.close()
    await link.close()


async def _numbers(dsn: str) -> list[int]:
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("select number from done order by number")
    await connection.close()
    return [row["number"] for row in rows]
