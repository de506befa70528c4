from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from duban.event_log.log import Appended, Conflict, EventIdReused, EventLog, VersionConflict
from tests.event_log.given import CORRELATION, Noted, command, counted, noted, to, write

pytestmark = pytest.mark.postgres


async def test_an_appended_event_is_read_back_with_its_envelope(log: EventLog) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)
    event = noted("承办单位")

    appended = await log.append(to("case/npc/一", 0, event))

    (read,) = await log.read_stream("case/npc/一")
    assert appended == Appended((1,), repeated=False)
    assert (read.position, read.version, read.stream_id) == (1, 1, "case/npc/一")
    assert (read.congress, read.actor, read.correlation_id, read.causation_id) == (
        "npc",
        "tester",
        CORRELATION,
        None,
    )
    assert (read.event_id, read.type, read.schema_version) == (event.event_id, "test.noted", 1)
    assert read.body == Noted(occurred_at=None, text="承办单位")
    assert before < read.recorded_at < before + timedelta(minutes=1)


async def test_positions_run_through_all_streams_without_gaps(log: EventLog) -> None:
    first = await log.append(to("a", 0, noted(), noted()))
    second = await log.append(to("b", 0, noted()))
    third = await log.append(to("a", 2, noted()))

    assert (first.positions, second.positions, third.positions) == ((1, 2), (3,), (4,))
    assert await log.head() == 4


async def test_a_stale_version_is_a_conflict_that_leaves_no_gap(log: EventLog) -> None:
    await log.append(to("a", 0, noted(), noted()))

    with pytest.raises(VersionConflict) as refused:
        await log.append(to("a", 1))

    assert refused.value.conflict == Conflict("a", 1, 2)
    assert (await log.append(to("a", 2))).positions == (3,)


async def test_a_version_ahead_of_the_stream_is_a_conflict(log: EventLog) -> None:
    with pytest.raises(VersionConflict) as refused:
        await log.append(to("a", 7))

    assert refused.value.conflict == Conflict("a", 7, 0)


async def test_a_conflict_does_not_touch_its_neighbours(log: EventLog) -> None:
    await log.append(to("b", 0))

    outcomes = await log.append_many([to("a", 0), to("b", 0), to("c", 0, noted(), noted()), to("a", 1)])

    assert outcomes == [
        Appended((2,), repeated=False),
        Conflict("b", 0, 1),
        Appended((3, 4), repeated=False),
        Appended((5,), repeated=False),
    ]


async def test_a_command_with_several_streams_is_taken_whole_or_not_at_all(log: EventLog) -> None:
    await log.append(to("b", 0))

    with pytest.raises(VersionConflict):
        await log.append(command(write("a", 0), write("b", 0)))
    taken = await log.append(command(write("a", 0), write("b", 1, noted(), noted())))

    assert taken.positions == (2, 3, 4)
    assert [event.version for event in await log.read_stream("a")] == [1]


async def test_a_retry_is_answered_with_the_old_positions(log: EventLog) -> None:
    append = command(write("a", 0, noted("x"), noted("y")), write("b", 0))
    first = await log.append(append)

    again = await log.append(append)

    assert again == Appended(first.positions, repeated=True)
    assert await log.head() == 3


async def test_a_retry_is_known_after_the_stream_has_moved_on(log: EventLog) -> None:
    append = to("a", 0, noted("x"))
    await log.append(append)
    await log.append(to("a", 1))

    assert await log.append(append) == Appended((1,), repeated=True)


async def test_a_retry_that_decided_anew_on_the_newer_stream_is_known_by_its_event_ids(log: EventLog) -> None:
    event = noted("x")
    await log.append(to("a", 0, event))

    assert await log.append(to("a", 1, event)) == Appended((1,), repeated=True)


async def test_a_command_given_twice_in_one_call_is_done_once(log: EventLog) -> None:
    append = to("a", 0, noted("x"))

    outcomes = await log.append_many([append, to("b", 0), append])

    assert outcomes == [
        Appended((1,), repeated=False),
        Appended((2,), repeated=False),
        Appended((1,), repeated=True),
    ]


async def test_a_command_that_shares_only_some_event_ids_is_refused_alone(log: EventLog) -> None:
    event = noted("x")
    await log.append(to("a", 0, event))

    with pytest.raises(EventIdReused):
        await log.append(to("a", 1, event, noted()))
    with pytest.raises(EventIdReused):
        await log.append(to("other", 0, event))
    assert await log.head() == 1


async def test_recorded_times_never_decrease_and_lead_back_to_a_position(log: EventLog) -> None:
    for number in range(20):
        await log.append(to(f"s{number}", 0, counted(number)))
    events = await log.read_all()

    times = [event.recorded_at for event in events]
    assert times == sorted(times)
    assert [await log.position_at(time) for time in times] == list(range(1, 21))
    assert await log.position_at(times[0] - timedelta(microseconds=1)) == 0
    assert await log.position_at(times[-1] + timedelta(days=1)) == 20


async def test_the_application_cannot_change_the_log(pool: asyncpg.Pool, log: EventLog) -> None:
    await log.append(to("a", 0))

    for statement in ("update event_log set actor = 'x'", "delete from event_log", "truncate event_log"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute("insert into event_log select * from event_log")


async def test_not_even_the_owner_changes_the_log_unawares(database: str, log: EventLog) -> None:
    await log.append(to("a", 0))
    owner = await asyncpg.connect(database)

    for statement in ("update event_log set actor = 'x'", "delete from event_log", "truncate event_log"):
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await owner.execute(statement)
    await owner.close()


async def test_an_append_under_an_old_snapshot_is_refused(pool: asyncpg.Pool, log: EventLog) -> None:
    from duban.event_log.store import send

    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        with pytest.raises(asyncpg.PostgresError, match="read committed"):
            await send(connection, [to("a", 0, noted(event_id=uuid4()))])
