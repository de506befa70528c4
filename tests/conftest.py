"""Real parts for the tests: one PostgreSQL and one Temporal per process of the run, a fresh database per test."""

import atexit
import itertools
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from duban.migrations import migrate
from duban.runtime.postgres import EmbeddedPostgres
from duban.runtime.temporal import EmbeddedTemporal

# A throwaway server: no test pulls the plug of the machine, so nothing has to reach the platter.
UNDURABLE = {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0"}
TEMPLATE = "duban_template"


MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3  # bytes; every home holds a database of some 60 MB


# A process of pytest-xdist is given the size of a terminal that nobody sees; Rich would keep it for good.
for unseen in ("COLUMNS", "LINES"):
    os.environ.pop(unseen, None)


def pytest_configure() -> None:
    """Homes in memory where there is room: no test pulls the plug, and a shared disk is slow to sync."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The DSN of the run's PostgreSQL, in a home of its own."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres-home"), options=UNDURABLE)
    dsn = await server.start()
    yield dsn
    await server.stop()


@pytest.fixture(scope="session")
def database_names() -> Iterator[str]:
    return (f"test_{number}" for number in itertools.count(1))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def template(postgres_server: str) -> str:
    """The name of a migrated database without rows, from which each test's is cloned."""
    await _execute(postgres_server, f"create database {TEMPLATE}")
    connection = await asyncpg.connect(_dsn_of(postgres_server, TEMPLATE))
    await migrate(connection)
    await connection.close()
    return TEMPLATE


@pytest_asyncio.fixture(loop_scope="session")
async def database(postgres_server: str, template: str, database_names: Iterator[str]) -> AsyncIterator[str]:
    """The DSN of a fresh migrated database, as the superuser; dropped after the test."""
    name = next(database_names)
    await _execute(postgres_server, f"create database {name} template {template} strategy file_copy")
    yield _dsn_of(postgres_server, name)
    await _execute(postgres_server, f"drop database {name} with (force)")


@pytest_asyncio.fixture(loop_scope="session")
async def pool(database: str) -> AsyncIterator[asyncpg.Pool]:
    """Connections to `database` with the application's restricted role."""
    async with asyncpg.create_pool(database, min_size=1, server_settings={"role": "duban_app"}) as pool:
        yield pool


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of the run's Temporal, namespace `duban`, with time skipping on offer."""
    server = EmbeddedTemporal(tmp_path_factory.mktemp("temporal-home"), time_skipping=True)
    yield await server.start()
    await server.stop()


def _dsn_of(dsn: str, database: str) -> str:
    return f"{dsn.rpartition('/')[0]}/{database}"


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


_finished: list[pytest.Session] = []


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    session = config.pluginmanager.get_plugin("session")
    if isinstance(session, pytest.Session):
        _finished.append(session)


def _leave() -> None:
    """Leaves with pytest's status before the interpreter is torn down.

    Threads of the Temporal SDK may still let go of the interpreter then, which aborts the process after the
    last test has passed (temporalio/sdk-python#300). Registered early, so it runs after other exit handlers.
    """
    if _finished:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(_finished[-1].exitstatus))


atexit.register(_leave)
