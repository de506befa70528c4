"""The home directory: one process at a time, and a note by which others find what runs on it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from domain.base import Refusal, Value

LOCK_WITHIN = 0.5  # seconds; a reader holds the lock for an instant
LOCK_EVERY = 0.02  # seconds

HOME_MODE = 0o711  # others see nothing, but may pass: where root may not run PostgreSQL, another user does


class HomeInUse(Refusal):
    """{home} is in use by process {pid}.

    Stop that one first, or set DUBAN_HOME to another directory.
    """


class NotRunning(Refusal):
    """Nothing runs on {home}.

    Start it with `duban up`.
    """


class NotReady(Refusal):
    """Process {pid} on {home} is still starting.

    Try again in a moment.
    """


class Run(Value):
    """What runs and where it is reached; the DSN holds a password."""

    pid: int
    web: str  # http://HOST:PORT
    postgres_dsn: str
    temporal_address: str


def make_home(path: Path) -> None:
    """Makes the directory unless it is there."""
    path.mkdir(mode=HOME_MODE, parents=True, exist_ok=True)


class Home:
    """A home directory, made when it is first locked."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock_file = self.path / "lock"
        self._run_file = self.path / "run.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the home for this process, and leaves no note behind; HomeInUse if another has it.

        The kernel lets go of the lock however the process ends, so a lock is never stale.
        """
        make_home(self.path)
        with self._lock_file.open("a+") as file:
            if not _lock(file):
                raise HomeInUse(home=self.path, pid=_pid_in(file))
            self._run_file.unlink(missing_ok=True)
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            try:
                yield
            finally:
                self._run_file.unlink(missing_ok=True)

    def announce(self, run: Run) -> None:
        """Tells other processes that this one, which holds the lock, is ready."""
        new = self._run_file.with_suffix(".new")
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        new.write_text(run.model_dump_json())
        new.replace(self._run_file)

    def running(self) -> Run:
        """What runs here; NotRunning when the lock is free whatever a note says, NotReady before the note."""
        if not self._lock_file.exists():
            raise NotRunning(home=self.path)
        with self._lock_file.open("r") as file:
            if _try_lock(file, fcntl.LOCK_SH):
                raise NotRunning(home=self.path)
            pid = _pid_in(file)
        try:
            return Run.model_validate_json(self._run_file.read_bytes())
        except (FileNotFoundError, ValidationError):
            raise NotReady(home=self.path, pid=pid) from None


def _lock(file: IO[str]) -> bool:
    deadline = time.monotonic() + LOCK_WITHIN
    while not _try_lock(file, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            return False
        time.sleep(LOCK_EVERY)
    return True


def _try_lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid_in(file: IO[str]) -> str:
    file.seek(0)
    return file.read() or "unknown"
