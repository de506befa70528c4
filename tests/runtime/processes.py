"""Which processes work on a directory, as the kernel sees it."""

import asyncio
from pathlib import Path


def processes_on(directory: Path) -> set[int]:
    """Those whose command names the directory or who work in it, the servers' own children included."""
    return {
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and _is_on(entry, directory)
    }


async def all_gone(directory: Path, *, within: float) -> bool:
    """Whether no process is on the directory any more, at the latest after so many seconds."""
    deadline = asyncio.get_running_loop().time() + within
    while processes_on(directory):
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


def _is_on(entry: Path, directory: Path) -> bool:
    try:
        return str(directory).encode() in (entry / "cmdline").read_bytes() or (
            entry / "cwd"
        ).resolve().is_relative_to(directory)
    except OSError:  # it ended meanwhile, or is not ours to look at
        return False
