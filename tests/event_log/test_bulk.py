import asyncpg
import pytest

from duban.event_log.bulk import append_bulk
from duban.event_log.log import EventIdReused, EventLog, VersionConflict
from duban.event_log.verify import verify
from tests.event_log.given import CODEC, command, noted, to, write

pytestmark = pytest.mark.postgres


async def test_an_import_continues_the_chain_and_is_continued(log: EventLog, database: str) -> None:
    await log.append(to("a", 0))
    owner = await asyncpg.connect(database)

    taken = await append_bulk(
        owner, [to("a", 1, noted(), noted()), command(write("b", 0), write("a", 3))], CODEC
    )

    await owner.close()
    assert taken == range(2, 6)
    assert (await log.append(to("a", 4))).positions == (6,)
    assert (await verify(database)).checked == 6


async def test_an_import_is_taken_whole_or_not_at_all(log: EventLog, database: str) -> None:
    known = noted()
    await log.append(to("a", 0, known))
    owner = await asyncpg.connect(database)

    with pytest.raises(VersionConflict):
        await append_bulk(owner, [to("b", 0), to("a", 0)], CODEC)
    with pytest.raises(EventIdReused):
        await append_bulk(owner, [to("b", 0), to("c", 0, known)], CODEC)

    await owner.close()
    assert await log.head() == 1


async def test_the_application_may_not_import(log: EventLog, pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await append_bulk(connection, [to("a", 0)], CODEC)  # type: ignore[arg-type]
