"""`duban up` and the other commands as processes of their own, the way people run them."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from duban.entrypoints.cli.main import app

DUBAN = Path(sys.executable).parent / "duban"
READY = re.compile(r"Duban is ready: (http://\S+)")
STOPPED_WITHIN = 30.0  # seconds; it takes one or two
ENDED = 60.0  # seconds for any one command


class Installation:
    """A home, and the commands run on it."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.settings = {
            "DUBAN_HOME": str(home),
            "DUBAN_WEB_PORT": "0",
            "DUBAN_LANG": "en",
            **settings,
        }

    def duban(self, *arguments: str) -> Result:
        """A command, run within this process; `process` runs it as people do."""
        done = CliRunner().invoke(app, arguments, env=self.settings)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    def process(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [DUBAN, *arguments],
            check=False,
            env=os.environ | self.settings,
            capture_output=True,
            text=True,
            timeout=ENDED,
        )

    def json(self, *arguments: str) -> Any:
        done = self.duban(*arguments, "--json")
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)

    def refusal(self, *arguments: str) -> str:
        """The one line with which a command is refused."""
        done = self.duban(*arguments)
        assert done.exit_code == 1, (done.stdout, done.stderr)
        lines = done.stderr.strip().splitlines()
        assert len(lines) == 1, done.stderr
        return lines[0]

    def up(self, *arguments: str) -> "Up":
        return Up(self, *arguments)

    def processes(self) -> list[str]:
        """The command lines of whatever still runs on this home."""
        lines = [_command_line(process) for process in Path("/proc").glob("[0-9]*")]
        return [line for line in lines if str(self.home) in line]


class Up:
    """The engine, running until stopped or killed."""

    def __init__(self, installation: Installation, *arguments: str, wait: bool = True) -> None:
        self.process = subprocess.Popen(
            [DUBAN, "up", *arguments],
            env=os.environ | installation.settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        if wait:
            self._wait()

    def _wait(self) -> None:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = READY.match(line)
        if found is None:
            self.process.kill()
            raise AssertionError(f"not ready: {line!r} {self.process.communicate()[1]}")
        self.web = found[1]

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        self.output, self.errors = self.process.communicate(timeout=STOPPED_WITHIN)
        return self.process.returncode

    def kill(self) -> None:
        """`kill -9` of the whole process group."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=STOPPED_WITHIN)

    def __enter__(self) -> "Up":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()


def _command_line(process: Path) -> str:
    try:
        return (process / "cmdline").read_text()
    except OSError:
        return ""  # ended meanwhile
