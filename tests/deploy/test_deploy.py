import configparser
import re
from pathlib import Path

import asyncpg
import pytest
import typer.main

from duban.bootstrap import prepare, services
from duban.entrypoints.cli.main import app
from duban.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.mark.postgres
async def test_an_auditor_reads_log_and_models_and_writes_nothing(database: str) -> None:
    owner = await asyncpg.connect(database)
    await owner.execute("create table secret (word text)")
    await owner.execute((DEPLOY / "postgres/roles.sql").read_text("utf-8"))
    await owner.execute((DEPLOY / "postgres/roles.sql").read_text("utf-8"))  # again, it changes nothing

    await owner.execute("set role duban_auditor")
    for table in ("event_log", "p_case_board_v2", "p_clocks_v1", "projection_checkpoint", "audit.event"):
        assert await owner.fetchval(f"select count(*) from {table}") == 0
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ObjectNotInPrerequisiteStateError)):
            await owner.execute(
                f"delete from {table}"
            )  # the latter: a view of a join takes no changes at all
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await owner.fetch("select * from secret")
    await owner.close()


@pytest.mark.postgres
async def test_the_applications_login_can_take_its_role_and_not_change_the_log(database: str) -> None:
    owner = await asyncpg.connect(database)
    await owner.execute((DEPLOY / "postgres/roles.sql").read_text("utf-8"))

    await owner.execute("set session authorization duban_login")
    await owner.execute("set role duban_app")
    assert await owner.fetchval("select count(*) from event_log") == 0
    for statement in ("update event_log set actor = 'x'", "delete from event_log", "drop table event_log"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await owner.execute(statement)
    await owner.close()


@pytest.mark.postgres
async def test_an_owner_who_is_no_superuser_can_migrate(database: str) -> None:
    superuser = await asyncpg.connect(database)
    await superuser.execute("create role modest_owner login password 'modest'")
    await superuser.execute("grant duban_app to modest_owner")
    await superuser.execute("create database modest owner modest_owner")
    try:
        address = database.rpartition("@")[2].rpartition("/")[0]
        dsn = f"postgresql://modest_owner:modest@{address}/modest"

        await prepare(dsn)
        async with services(dsn) as ready:
            assert await ready.log.head() == 1  # the national congress is open
    finally:
        await superuser.execute("drop database modest with (force)")
        await superuser.execute("drop role modest_owner")
        await superuser.close()


def test_the_unit_runs_a_command_that_exists_with_settings_that_exist() -> None:
    unit = (DEPLOY / "duban.service").read_text("utf-8")
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign] # systemd's keys are case-sensitive
    parsed.read_string(unit)

    command = parsed["Service"]["ExecStart"].split()
    assert command[0].endswith("/duban")
    assert command[1] in typer.main.get_command(app).commands  # type: ignore[attr-defined] # a group has them
    named = {name.lower() for name in re.findall(r"DUBAN_([A-Z_]+)", unit)}
    assert named <= set(Settings.model_fields)
