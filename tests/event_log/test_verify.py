import json
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from duban.entrypoints.cli.audit import app
from duban.event_log.bulk import append_bulk
from duban.event_log.chain import Kind
from duban.event_log.hashing import chain_hash, event_hash
from duban.event_log.log import EventLog
from duban.event_log.verify import Checkpoint, verify
from tests.event_log.given import CODEC, noted, to

pytestmark = pytest.mark.postgres

LENGTH, AT = 30, 17
EDITS = [
    ("stream_id = 'elsewhere'", Kind.PAYLOAD),
    ("version = 99", Kind.PAYLOAD),
    ("congress = 'qingdao'", Kind.PAYLOAD),
    ("shard = (shard + 1) % 64", Kind.PAYLOAD),
    ("event_type = 'test.other'", Kind.PAYLOAD),
    ("schema_version = 2", Kind.PAYLOAD),
    ("event_id = gen_random_uuid()", Kind.PAYLOAD),
    ("payload = payload || ' '::bytea", Kind.PAYLOAD),
    ("actor = 'somebody else'", Kind.PAYLOAD),
    ("correlation_id = gen_random_uuid()", Kind.PAYLOAD),
    ("causation_id = correlation_id", Kind.PAYLOAD),
    ("recorded_at = recorded_at + interval '1 microsecond'", Kind.TIME),
    ("event_hash = sha256(event_hash)", Kind.HASH),
    ("chain_hash = sha256(chain_hash)", Kind.HASH),
    ("position = 1000", Kind.MISSING),
]
MOVE = (
    "update event_log set position = -position where position >= {0};"
    "update event_log set position = -position {1} where position < 0"
)
INSERT = """
insert into event_log
select 17, 'forged', 1, congress, shard, event_type, schema_version, gen_random_uuid(), payload, actor,
       correlation_id, causation_id, recorded_at, event_hash, chain_hash
from event_log where position = 16"""
TAMPERINGS = [
    ("delete from event_log where position = 17", 17, Kind.MISSING),
    ("delete from event_log where position = 1", 1, Kind.MISSING),
    ("delete from event_log where position = 17; " + MOVE.format(18, "- 1"), 17, Kind.MISSING),
    (MOVE.format(17, "+ 1") + "; " + INSERT, 17, Kind.PAYLOAD),
    (
        MOVE.format(17, "+ 1") + "; " + INSERT.replace("'forged', 1", "stream_id, version + 900"),
        17,
        Kind.PAYLOAD,
    ),
    (
        "update event_log set position = -17 where position = 17; update event_log set position = 17 where "
        "position = 20; update event_log set position = 20 where position = -17",
        17,
        Kind.ORDER,
    ),
    (INSERT.replace("select 17", "select -4"), -4, Kind.INSERTED),
]


async def written(log: EventLog) -> None:
    for number in range(LENGTH // 2):
        await log.append(to(f"s{number}", 0, noted(str(number)), noted("again")))


async def tamper(database: str, statement: str) -> None:
    """What a superuser can do behind the triggers."""
    owner = await asyncpg.connect(database)
    await owner.execute("alter table event_log disable trigger all")
    await owner.execute(statement)
    await owner.close()


async def test_an_intact_log_is_counted_and_sealed(log: EventLog, database: str) -> None:
    await written(log)
    seen: list[tuple[int, int]] = []

    report = await verify(database, progress=lambda checked, total: seen.append((checked, total)))

    assert (report.checked, report.difference) == (LENGTH, None)
    assert report.chain_hash == (await log.read_rows(after=LENGTH - 1))[0].chain_hash
    assert seen == [(0, LENGTH), (LENGTH, LENGTH)]
    assert (await verify(database, first=11, last=20)).checked == 10


async def test_an_empty_log_is_intact(database: str) -> None:
    assert await verify(database) == await verify(database, first=1, last=0)
    assert (await verify(database)).checked == 0


@pytest.mark.parametrize(("edit", "kind"), EDITS, ids=[edit.partition(" ")[0] for edit, _ in EDITS])
async def test_every_single_field_edit_is_found_at_its_position(
    log: EventLog, database: str, edit: str, kind: Kind
) -> None:
    await written(log)
    await tamper(database, f"update event_log set {edit} where position = {AT}")

    report = await verify(database)

    assert report.difference is not None
    assert (report.difference.position, report.difference.kind, report.checked) == (AT, kind, AT - 1)
    assert (await verify(database, last=AT - 2)).difference is None


@pytest.mark.parametrize("position", [1, 2, LENGTH - 1, LENGTH])
async def test_every_single_field_edit_is_found_at_either_end(
    log: EventLog, database: str, position: int
) -> None:
    await written(log)
    await tamper(database, "create table kept as select * from event_log")
    found = {}

    for edit, _ in EDITS[:-1]:
        await tamper(database, f"update event_log set {edit} where position = {position}")
        found[edit] = (await verify(database)).difference
        await tamper(database, "truncate event_log; insert into event_log select * from kept")

    assert {edit: difference and difference.position for edit, difference in found.items()} == dict.fromkeys(
        found, position
    )
    assert (await verify(database)).difference is None


@pytest.mark.parametrize(("statement", "position", "kind"), TAMPERINGS)
async def test_deleted_moved_and_inserted_events_are_found(
    log: EventLog, database: str, statement: str, position: int, kind: Kind
) -> None:
    await written(log)
    await tamper(database, statement)

    found = (await verify(database)).difference

    assert found is not None
    assert (found.position, found.kind) == (position, kind)


async def test_a_well_formed_event_inserted_between_is_found_where_the_chain_breaks(
    log: EventLog, database: str
) -> None:
    await written(log)
    (before,) = await log.read_rows(after=AT - 2, limit=1)
    forged = before._replace(position=AT, version=900, event_id=uuid4())
    named = forged._asdict()
    for name in ("position", "recorded_at", "event_hash", "chain_hash"):
        del named[name]
    digest = event_hash(**named)
    link = chain_hash(before.chain_hash, digest, AT, forged.recorded_at)
    await tamper(database, MOVE.format(AT, "+ 1"))
    owner = await asyncpg.connect(database)
    row = forged._replace(event_hash=digest, chain_hash=link)
    await owner.copy_records_to_table("event_log", records=[row])
    await owner.close()

    found = (await verify(database)).difference

    assert found is not None
    assert (found.position, found.kind) == (AT + 1, Kind.INSERTED)


async def test_a_truncated_tail_is_found_against_a_checkpoint(log: EventLog, database: str) -> None:
    await written(log)
    sealed = await verify(database)
    assert sealed.chain_hash is not None
    checkpoint = Checkpoint(sealed.last, sealed.chain_hash)
    assert (await verify(database, checkpoint=checkpoint)).difference is None
    await tamper(database, "delete from event_log where position > 25")

    found = (await verify(database, checkpoint=checkpoint)).difference

    assert (await verify(database)).difference is None  # a shorter log is whole in itself
    assert found is not None
    assert (found.position, found.kind) == (26, Kind.TRUNCATED)


async def test_a_log_rewritten_with_a_good_chain_is_found_against_a_checkpoint(
    log: EventLog, database: str
) -> None:
    await written(log)
    checkpoint = Checkpoint(LENGTH, bytes(32))

    found = (await verify(database, checkpoint=checkpoint)).difference

    assert found is not None
    assert (found.position, found.kind) == (LENGTH, Kind.REWRITTEN)


async def test_parallel_processes_find_the_first_of_two_differences(log: EventLog, database: str) -> None:
    owner = await asyncpg.connect(database)
    await append_bulk(owner, [to(f"s{n}", 0, noted(), noted(), noted()) for n in range(5000)], CODEC)
    await owner.close()
    assert (await verify(database, processes=2)).checked == 15_000
    await tamper(database, "update event_log set actor = 'x' where position in (6001, 14000)")

    report = await verify(database, processes=2)

    assert report.difference is not None
    assert (report.difference.position, report.checked) == (6001, 6000)


@pytest.fixture
async def altered(log: EventLog, database: str) -> str:
    await written(log)
    await tamper(database, f"update event_log set actor = 'x' where position = {AT}")
    return database


def test_the_command_exits_1_at_a_difference_and_0_before_it(altered: str) -> None:
    environment = {"DUBAN_POSTGRES_DSN": altered}

    found = CliRunner().invoke(app, ["verify", "--json"], env=environment)
    before = CliRunner().invoke(app, ["verify", "--to", str(AT - 1)], env=environment)
    text = CliRunner().invoke(app, ["verify", "--from", "3"], env=environment)

    assert (found.exit_code, before.exit_code, text.exit_code) == (1, 0, 1)
    data = json.loads(found.stdout)
    assert data["difference"]["position"] == AT
    assert (data["difference"]["what"], data["checked"], data["intact"]) == ("payload", AT - 1, False)
    assert f"{AT - 1} events checked" in before.output
    assert f"position {AT}: payload" in text.output


def test_the_command_refuses_a_malformed_checkpoint(database: str) -> None:
    result = CliRunner().invoke(
        app, ["verify", "--checkpoint", "12:abc"], env={"DUBAN_POSTGRES_DSN": database}
    )

    assert result.exit_code == 1
    assert "is not a checkpoint" in result.output
