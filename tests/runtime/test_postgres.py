import re
import shutil
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from duban.runtime.child import PartDidNotStart, free_port
from duban.runtime.postgres import EmbeddedPostgres
from tests.runtime.processes import processes_on

pytestmark = pytest.mark.postgres

FAST = {"fsync": "off", "shared_buffers": "16MB"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for the module: a cluster is made once and lived in by every test."""
    return tmp_path_factory.mktemp("home")


@pytest_asyncio.fixture(loop_scope="session")
async def server(home: Path) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(home, options=FAST)
    yield server
    await server.stop()


async def _ask(dsn: str, statement: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_data_outlives_a_stop_and_a_kill(server: EmbeddedPostgres) -> None:
    dsn = await server.start()
    await _ask(dsn, "create table kept as select 1 as number")

    await server.stop()
    after_stop = await _ask(await server.start(), "select number from kept")
    server.kill()
    await server.stop()
    after_kill = await _ask(await server.start(), "select number from kept")

    assert (after_stop, after_kill) == (1, 1)


async def test_a_stopped_server_leaves_no_process(server: EmbeddedPostgres, home: Path) -> None:
    await server.start()
    assert processes_on(home)

    await server.stop()
    await server.stop()

    assert not processes_on(home)


async def test_a_start_right_after_a_kill_waits_for_what_lingers(
    server: EmbeddedPostgres, home: Path
) -> None:
    dsn = await server.start()
    lingering = await asyncpg.connect(dsn)
    server.kill()

    other = EmbeddedPostgres(home, options=FAST)
    assert await _ask(await other.start(), "select 1") == 1

    await other.stop()
    lingering.terminate()


async def test_only_the_password_opens_it_and_only_its_owner_reads_that(
    server: EmbeddedPostgres, home: Path
) -> None:
    dsn = await server.start()
    password = home / "postgres" / "password"

    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert password.read_text() in dsn
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(dsn.replace(password.read_text(), "guessed"))


async def test_it_is_durable_and_listens_on_loopback_only(home: Path) -> None:
    server = EmbeddedPostgres(home)
    dsn = await server.start()

    settings = [
        await _ask(dsn, f"show {name}") for name in ("fsync", "synchronous_commit", "listen_addresses")
    ]
    await server.stop()

    assert settings == ["on", "on", "127.0.0.1"]
    assert re.fullmatch(r"postgresql://duban:\S+@127\.0\.0\.1:\d+/duban", dsn)


async def test_chinese_text_sorts_and_matches_without_regard_to_the_machines_locale(
    server: EmbeddedPostgres,
) -> None:
    dsn = await server.start()

    assert await _ask(dsn, "show server_encoding") == "UTF8"
    assert await _ask(
        dsn, "select datlocprovider::text || datlocale from pg_database where datname = 'duban'"
    ) == ("bC.UTF-8")
    assert await _ask(dsn, "select '关于办好建议' ~ '^关于.{2}建议$'") is True


async def test_a_fixed_port_is_used_and_a_taken_one_refused(home: Path, tmp_path: Path) -> None:
    first = EmbeddedPostgres(home, port=free_port(), options=FAST)
    dsn = await first.start()
    shutil.copytree(home / "postgres", tmp_path / "postgres", ignore=shutil.ignore_patterns("postmaster.pid"))
    second = EmbeddedPostgres(tmp_path, port=int(dsn.rsplit(":", 1)[1].split("/")[0]), options=FAST)

    with pytest.raises(PartDidNotStart, match="could not bind"):
        await second.start()
    await first.stop()


async def test_a_lost_password_is_said_plainly(home: Path, server: EmbeddedPostgres) -> None:
    await server.start()
    await server.stop()
    password = home / "postgres" / "password"
    password.rename(password.with_suffix(".away"))

    with pytest.raises(PartDidNotStart, match="password is missing although there is data"):
        await server.start()
    password.with_suffix(".away").rename(password)
