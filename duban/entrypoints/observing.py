"""How a role is watched: its health and metrics on a port of their own, apart from its work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from duban.entrypoints.web.server import WebServer
from duban.ops.examination import KNOWN
from duban.ops.figures import Figures, figures
from duban.ops.server import ops_app
from duban.settings import Settings
from projections.board import CaseBoard

CONNECTIONS = 2  # its own, so that a role whose pool is exhausted still answers
ANSWERS_WITHIN = 3.0  # seconds for the database, before it counts as away


@asynccontextmanager
async def observed(role: str, settings: Settings, server: WebServer) -> AsyncIterator[None]:
    """Serve the role's health inside the block."""
    pool = await asyncpg.create_pool(
        settings.postgres_dsn, min_size=0, max_size=CONNECTIONS, command_timeout=ANSWERS_WITHIN
    )

    async def read() -> Figures:
        return await figures(pool, KNOWN, CaseBoard.table)

    async def missing() -> list[str]:
        try:
            await pool.fetchval("select 1", timeout=ANSWERS_WITHIN)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            return ["database"]
        return []

    try:
        async with server.serving(ops_app(role, read, missing)):
            yield
    finally:
        pool.terminate()
