import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from duban.event_log.combiner import BATCH_COMMANDS, WAITING
from duban.event_log.log import Appended, EventLog, VersionConflict
from duban.event_log.store import Store
from tests.event_log.given import CODEC, noted, to
from tests.event_log.proxy import proxied

pytestmark = pytest.mark.postgres

LOCK = 7218340151  # of append_events


@pytest_asyncio.fixture(loop_scope="session")
async def blocker(database: str) -> AsyncIterator[asyncpg.Connection]:
    """Holds the log's lock until the test lets go, as a slow commit elsewhere would."""
    connection = await asyncpg.connect(database)
    await connection.execute("select pg_advisory_lock($1)", LOCK)
    yield connection
    await connection.close()


async def release(blocker: asyncpg.Connection) -> None:
    await blocker.execute("select pg_advisory_unlock($1)", LOCK)


async def test_commands_at_the_same_time_share_a_commit_within_bounds(log: EventLog) -> None:
    appended = await asyncio.gather(*(log.append(to(f"s{n}", 0)) for n in range(600)))

    assert sorted(one.positions[0] for one in appended) == list(range(1, 601))
    batches = Counter(event.recorded_at for event in await log.read_all())
    assert len(batches) <= 8
    assert max(batches.values()) <= BATCH_COMMANDS


async def test_a_lone_command_waits_for_nobody(log: EventLog) -> None:
    await log.append(to("warm", 0))  # opens the connection
    clock = asyncio.get_running_loop().time
    waited = []

    for version in range(20):
        start = clock()
        await log.append(to("a", version))
        waited.append(clock() - start)

    assert min(waited) < 0.01


async def test_a_conflict_fails_its_own_command_only(log: EventLog) -> None:
    await log.append(to("taken", 0))

    outcomes = await asyncio.gather(
        *(log.append(to("taken" if n == 7 else f"s{n}", 0)) for n in range(20)), return_exceptions=True
    )

    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, VersionConflict)] == [7]
    assert sum(isinstance(outcome, Appended) for outcome in outcomes) == 19
    assert await log.head() == 20


async def test_cancelling_one_waiter_loses_nothing(log: EventLog, blocker: asyncpg.Connection) -> None:
    waiting = [asyncio.create_task(log.append(to(f"s{n}", 0))) for n in range(3)]
    await asyncio.sleep(0.05)  # sent, and held up by the lock
    waiting += [asyncio.create_task(log.append(to(f"s{n}", 0))) for n in range(3, 400)]
    await asyncio.sleep(0.05)
    cancelled = [waiting[1], waiting[399]]  # one on its way, one still waiting

    for task in cancelled:
        task.cancel()
    await asyncio.sleep(0)
    await release(blocker)
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)

    assert [n for n, outcome in enumerate(outcomes) if not isinstance(outcome, Appended)] == [1, 399]
    streams = {event.stream_id for event in await log.read_all()}
    assert streams - {"s1"} == {f"s{n}" for n in range(399) if n != 1}  # what was sent may be recorded


async def test_a_slow_database_is_felt_by_those_who_append(
    log: EventLog, blocker: asyncpg.Connection
) -> None:
    many = [asyncio.create_task(log.append(to(f"s{n}", 0))) for n in range(WAITING + 300)]
    await asyncio.sleep(0.3)

    assert len(log._combiner._waiting) <= WAITING
    await release(blocker)
    assert len(await asyncio.gather(*many)) == WAITING + 300
    assert await log.head() == WAITING + 300


async def test_an_answer_that_is_lost_on_the_way_is_asked_for_again(database: str) -> None:
    async with (
        proxied(database) as (proxy, dsn),
        asyncpg.create_pool(dsn, min_size=1, max_size=3, server_settings={"role": "duban_app"}) as pool,
    ):
        log = EventLog(pool, CODEC)
        await log.append(to("a", 0, noted("first")))
        proxy.cut_next_answer = True

        outcome = await log.append(to("a", 1, noted("second"), noted("third")))

        assert proxy.cuts == 1
        assert outcome == Appended((2, 3), repeated=True)
        assert await log.head() == 3


async def test_a_dropped_connection_is_replaced(log: EventLog, database: str) -> None:
    await log.append(to("a", 0))
    owner = await asyncpg.connect(database)
    await owner.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename = 'duban'"
        " and datname = current_database()"
    )
    await owner.close()

    assert (await log.append(to("a", 1))).positions == (2,)


async def test_a_command_that_comes_while_both_senders_leave_is_sent(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = asyncio.Event()
    leaving: list[Store] = []

    async def slowly(store: Store, *_: object) -> None:
        leaving.append(store)
        await let_go.wait()
        await give_back(store)

    give_back = Store.__aexit__
    monkeypatch.setattr(Store, "__aexit__", slowly)
    async with asyncio.timeout(5):
        await asyncio.gather(*(log.append(to(f"s{n}", 0)) for n in range(100)))  # enough for two senders
        while len(leaving) < 2:  # noqa: ASYNC110 nobody tells when they leave
            await asyncio.sleep(0.01)

        late = asyncio.create_task(log.append(to("late", 0)))
        await asyncio.sleep(0)
        let_go.set()
        await late
    assert [event.version for event in await log.read_stream("late")] == [1]
