import json
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest

from domain.suggestion.signatories import Withdrawn
from duban.event_log.bulk import append_bulk
from duban.event_log.codec import CODEC
from duban.event_log.log import Append, EventLog, NewEvent
from duban.event_log.parallel import CHUNK
from duban.event_log.readable import read_through
from tests.entrypoints.command_line import duban
from tests.event_log.given import noted, to

pytestmark = pytest.mark.postgres

BODY = Withdrawn(occurred_at=datetime(2026, 3, 5, tzinfo=UTC), by=("张三",), reason=None)
PAYLOAD = CODEC.encode(BODY)


def known(stream: str, expected: int, events: int) -> Append:
    return to(stream, expected, *(NewEvent(uuid4(), BODY.type, 1, PAYLOAD) for _ in range(events)))


async def fill(database: str, *appends: Append) -> None:
    owner = await asyncpg.connect(database)
    await append_bulk(owner, list(appends), None)
    await owner.close()


async def test_a_log_of_known_events_is_read_through_and_counted_by_type(database: str) -> None:
    await fill(database, known("case/npc/a", 0, CHUNK), known("case/npc/b", 0, 7))
    seen: list[tuple[int, int]] = []

    whole = await read_through(database, progress=lambda read, total: seen.append((read, total)))
    part = await read_through(database, first=11, last=20)

    assert (whole.read, whole.types, whole.unreadable) == (CHUNK + 7, {(BODY.type, 1): CHUNK + 7}, None)
    assert seen == [(CHUNK, CHUNK + 7), (CHUNK + 7, CHUNK + 7)]
    assert (part.first, part.last, part.read) == (11, 20, 10)


async def test_an_empty_log_can_be_read(database: str) -> None:
    reading = await read_through(database)

    assert (reading.read, reading.unreadable) == (0, None)


async def test_the_first_event_that_this_program_does_not_know_is_named(database: str) -> None:
    await fill(database, known("case/npc/a", 0, CHUNK + 3), to("elsewhere", 0, noted(), noted()))

    reading = await read_through(database, processes=2)

    assert reading.unreadable is not None
    assert (reading.unreadable.position, reading.read) == (CHUNK + 4, CHUNK + 3)
    assert "test.noted version 1 at position" in reading.unreadable.reason
    assert (await read_through(database, last=CHUNK + 3)).unreadable is None


async def test_a_missing_position_is_named(log: EventLog, database: str) -> None:
    await fill(database, known("case/npc/a", 0, 9))
    owner = await asyncpg.connect(database)
    await owner.execute("alter table event_log disable trigger all; delete from event_log where position = 5")
    await owner.close()

    reading = await read_through(database)

    assert reading.unreadable is not None
    assert reading.unreadable.position == 5


async def test_the_command_tells_what_it_read_and_exits_1_where_it_cannot(database: str) -> None:
    await fill(database, known("case/npc/a", 0, 4), to("elsewhere", 0, noted()))

    before = await duban(database, "audit", "read", "--to", "4")
    found = await duban(database, "audit", "read", "--json")

    assert before.exit_code == 0
    assert "4 events read, from 1 to 4" in before.output
    assert found.exit_code == 1
    data = json.loads(found.stdout)
    assert (data["read"], data["readable"], data["unreadable"]["position"]) == (4, False, 5)
