import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import asyncpg
import pytest

from duban.runtime.child import PartDidNotStart
from duban.runtime.supervisor import RunningParts
from duban.settings import Settings
from tests.runtime.processes import all_gone, processes_on

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


async def _held(home: Path) -> tuple[Process, str]:
    """A process of its own, in a process group of its own, that holds both parts; and the DSN it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.runtime.hold_parts",
        str(home),
        cwd=PROJECT,
        stdout=PIPE,
        process_group=0,
    )
    assert process.stdout is not None
    return process, (await process.stdout.readline()).decode().strip()


async def test_a_kill_of_the_process_group_leaves_nothing_and_the_next_start_has_the_data(home: Path) -> None:
    process, dsn = await _held(home)
    connection = await asyncpg.connect(dsn)
    await connection.execute("create table kept as select 1 as number")
    os.killpg(process.pid, signal.SIGKILL)
    await process.wait()

    async with RunningParts(Settings(home=home)) as parts:
        again = await asyncpg.connect(parts.postgres_dsn)
        assert await again.fetchval("select number from kept") == 1
        await again.close()
    assert not processes_on(home)
    connection.terminate()


async def test_when_the_parent_alone_is_killed_the_parts_go_with_it(home: Path) -> None:
    process, _ = await _held(home)
    assert len(processes_on(home)) > 2
    process.kill()
    await process.wait()

    assert await all_gone(home, within=5)


async def test_ctrl_c_in_the_terminal_ends_the_parts_in_order(home: Path) -> None:
    process, _ = await _held(home)
    os.killpg(process.pid, signal.SIGINT)
    await process.wait()

    assert not processes_on(home)
    assert "database system is shut down" in (home / "postgres" / "postgres.log").read_text()


async def test_a_part_that_ends_on_its_own_is_reported(home: Path) -> None:
    async with RunningParts(Settings(home=home)) as parts:
        assert not parts.failed.done()
        (server,) = processes_on(home / "temporal.db")
        os.kill(server, signal.SIGKILL)

        assert "Temporal ended on its own" in await asyncio.wait_for(parts.failed, 5)
    assert not processes_on(home)


async def test_when_one_part_cannot_start_the_other_is_stopped(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(home=home, temporal_port=taken.getsockname()[1])

        with pytest.raises(PartDidNotStart, match="Temporal"):
            async with RunningParts(settings):
                pass
    assert not processes_on(home)


async def test_a_start_that_is_called_off_leaves_nothing(home: Path) -> None:
    starting = asyncio.create_task(RunningParts(Settings(home=home)).__aenter__())
    await asyncio.sleep(0.1)
    starting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not processes_on(home)


async def test_servers_that_the_settings_name_are_used_and_none_is_started(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, postgres_dsn="postgresql://there", temporal_address="there:7233")

    async with RunningParts(settings) as parts:
        assert (parts.postgres_dsn, parts.temporal_address) == ("postgresql://there", "there:7233")
        assert not processes_on(tmp_path)
