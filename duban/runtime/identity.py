"""Who runs PostgreSQL: it refuses root, so root takes another identity for it."""

import asyncio
import os
import pwd
import signal
from pathlib import Path

from domain.base import Refusal
from duban.runtime.child import launched

USERS = ("postgres", "nobody")


class NobodyToRunPostgres(Refusal):
    """PostgreSQL refuses to run as root, and no other identity works here ({reasons}).

    Start duban as an ordinary user, or set DUBAN_POSTGRES_DSN to a server that runs already.
    """


async def identity_for(directory: Path, binary: Path) -> str:
    """The identity (see launch.py) under which `binary` may run on `directory`.

    Not root: the same. Root: a user namespace, where the files stay root's. Where the system forbids those:
    another user, who is then given the directory.
    """
    if os.geteuid() != 0:
        return "same"
    if (problem := await _problem("namespace", [str(binary), "--version"])) is None:
        _give(directory, os.geteuid(), os.getegid())
        return "namespace"
    reasons = [f"user namespace: {problem}"]
    for name in USERS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            reasons.append(f"{name}: no such user")
            continue
        identity = f"{user.pw_uid}:{user.pw_gid}"
        _give(directory, user.pw_uid, user.pw_gid)
        if (problem := await _problem(identity, _try_out(directory, binary))) is None:
            return identity
        reasons.append(f"{name}: {problem}")
    raise NobodyToRunPostgres(reasons="; ".join(reasons))


def _try_out(directory: Path, binary: Path) -> list[str]:
    return ["/bin/sh", "-c", 'ls "$0" && "$1" --version', str(directory), str(binary)]


async def _problem(identity: str, command: list[str]) -> str | None:
    process = await asyncio.create_subprocess_exec(
        *launched(command, death_signal=signal.SIGKILL, identity=identity),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    if process.returncode == 0:
        return None
    lines = errors.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"exit code {process.returncode}"


def _give(directory: Path, uid: int, gid: int) -> None:
    """Makes the directory and all in it the user's, unless it was given before."""
    if directory.stat().st_uid == uid:
        return
    for path in (directory, *directory.rglob("*")):
        os.chown(path, uid, gid, follow_symlinks=False)
