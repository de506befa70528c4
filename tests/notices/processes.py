"""The notifier as a process of its own."""

import asyncio
import os
from collections.abc import Awaitable, Callable

from tests.entrypoints.up import DUBAN

WITHIN = 60.0  # seconds; each takes two


async def notifier(database: str, **settings: str) -> asyncio.subprocess.Process:
    """Started, and perhaps not ready yet."""
    return await asyncio.create_subprocess_exec(
        DUBAN, "notifier", env=os.environ | {"DUBAN_POSTGRES_DSN": database} | settings,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


async def until(there: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WITHIN):
        while not await there():  # noqa: ASYNC110 the notifier is another process
            await asyncio.sleep(0.02)
