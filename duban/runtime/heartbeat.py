"""The sign of life of a role: a file it touches, and `python -m duban.runtime.heartbeat FILE` that looks at it."""

import asyncio
import sys
import time
from pathlib import Path

BEAT_EVERY = 5.0  # seconds
DEAD_AFTER = 30.0  # seconds without a beat; a loop that is busy for so long hangs


async def beat(file: Path) -> None:
    """Touch the file for ever."""
    while True:
        file.touch()  # noqa: ASYNC240 one inode, on a memory disk
        await asyncio.sleep(BEAT_EVERY)


def alive(file: Path) -> bool:
    """Whether the file was touched lately."""
    return file.exists() and time.time() - file.stat().st_mtime < DEAD_AFTER


if __name__ == "__main__":  # a probe runs often: this module loads nothing of Duban
    sys.exit(not alive(Path(sys.argv[1])))
