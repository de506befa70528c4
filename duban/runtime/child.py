"""A real part as a child process: it dies with us, is out of the terminal's reach, and writes a log file."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from domain.base import Refusal

LAUNCHER = Path(__file__).with_name("launch.py")
LOG_TAIL = 2_000  # bytes of the log that a failure quotes


class PartDidNotStart(Refusal):
    """{part} did not start: {reason}

    Its log is {log}.
    """


def launched(
    command: Sequence[str], *, death_signal: int = signal.SIGKILL, identity: str = "same"
) -> list[str]:
    """The command, to get `death_signal` when we die and to run as `identity` (see launch.py)."""
    wrapper = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(death_signal)), identity]
    return [*wrapper, *command]


def free_port() -> int:
    """A loopback port nobody listens on now; a caller that loses it to another process tries again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether nobody listens on the loopback port."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


class Child:
    """A running process, started by `Child.start` and ended by `stop` or `kill`."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None
    ) -> "Child":
        """Starts it in a session of its own: Ctrl-C reaches us alone, and we stop it in order.

        `environment` is added to ours.
        """
        with _new_log(log) as output:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env={**os.environ, **(environment or {})},
            )
        return cls(name, process, log)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    def log_tail(self) -> str:
        """The end of what it wrote, to say why it failed."""
        return self.log.read_bytes()[-LOG_TAIL:].decode(errors="replace").strip()

    async def wait(self) -> int:
        """Its exit code, once it has ended; minus the signal when one ended it."""
        return await self._process.wait()

    async def ready(self, answers: Coroutine[None, None, None], *, within: float) -> None:
        """Waits until `answers` is done, at most so many seconds; PartDidNotStart if the process ends first."""
        asking, ended = asyncio.create_task(answers), asyncio.create_task(self.wait())
        try:
            await asyncio.wait({asking, ended}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise PartDidNotStart(part=self.name, reason=self.log_tail(), log=self.log)
            if not asking.done():
                reason = f"it did not answer within {within:.0f} seconds."
                raise PartDidNotStart(part=self.name, reason=reason, log=self.log)
            asking.result()
        finally:
            asking.cancel()
            ended.cancel()
            await asyncio.gather(asking, ended, return_exceptions=True)

    def send(self, number: signal.Signals) -> None:
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def stop(self, steps: Sequence[tuple[signal.Signals, float]]) -> None:
        """Sends each signal in turn and gives it so many seconds; then kills. Ends when the process has."""
        for number, patience in steps:
            self.send(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wait(), patience)
                return
        self.send(signal.SIGKILL)
        await self.wait()


def _new_log(path: Path) -> BinaryIO:
    """Begins a new log file; the one before is kept beside it."""
    if path.exists():
        path.replace(path.with_suffix(".previous.log"))
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    return path.open("wb")
