"""Holds the real parts on a home until it is told or killed: `python -m tests.runtime.hold_parts HOME`."""

import asyncio
import signal
import sys
from pathlib import Path

from duban.runtime.supervisor import RunningParts
from duban.settings import Settings


async def hold(home: Path) -> None:
    async with RunningParts(Settings(home=home, postgres_dsn=None, temporal_address=None)) as parts:
        print(parts.postgres_dsn, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    # a shell that starts a run in the background has it ignore Ctrl-C, and so its children
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asyncio.run(hold(Path(sys.argv[1])))
