"""A town: PostgreSQL, Temporal and every role as processes of their own, each with its own links, to be killed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from duban.bootstrap import prepare
from duban.runtime.child import free_port, launched
from duban.runtime.postgres import EmbeddedPostgres
from duban.runtime.temporal import EmbeddedTemporal
from tests.entrypoints.up import DUBAN
from tests.faults.wire import Link

SERVERS = ("postgres", "temporal")
NEEDS = {  # of each role, the servers that it talks to
    "worker": ("postgres", "temporal"),
    "relay": ("postgres", "temporal"),
    "projector": ("postgres",),
    "notifier": ("postgres", "smtp", "webhook"),
    "web": ("postgres",),
}
NETWORKS = "127.0.0.0/8"  # that webhooks may go to
PEOPLE = "people"  # who command without the web, in the test's own process
NAMESPACE = "duban"


class ProcessEnded(Exception):
    """A role ended by itself; the end of its log says why."""


def role_of(process: str) -> str:
    """The role of a process: `relay-2` is a relay that stands by."""
    return process.partition("-")[0]


class Town:
    """What runs, and how it is killed; whatever is killed is started again at once."""

    def __init__(self, home: Path, standby: Sequence[str], outside: Mapping[str, int]) -> None:
        self._home = home
        self._outside = outside  # ports of the servers that are nobody's to kill
        self._postgres = EmbeddedPostgres(home, port=free_port())
        self._temporal = EmbeddedTemporal(home, port=free_port(), time_skipping=True)
        self._web_port = free_port()
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._restarts: dict[str, asyncio.Task[None]] = {}
        self.processes = (*NEEDS, *(f"{role}-2" for role in standby))
        self.links: dict[tuple[str, str], Link] = {}
        self.kills: list[str] = []
        self.dsn = self.temporal_address = ""

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self._web_port}"

    async def start(self) -> None:
        self.dsn, self.temporal_address = await asyncio.gather(self._postgres.start(), self._temporal.start())
        await prepare(self.dsn)
        for process in (PEOPLE, *self.processes):
            for server in NEEDS.get(role_of(process), ("postgres",)):
                await self._connect(process, server)

    async def start_roles(self) -> None:
        """Returns when each has asked its database something."""
        for process in self.processes:
            await self._start(process)
        for process in self.processes:
            await self._speaks(process)

    async def stop(self) -> None:
        """At the end nothing is spared: what was acknowledged is on the disk."""
        for restart in self._restarts.values():
            restart.cancel()
        await asyncio.gather(*self._restarts.values(), return_exceptions=True)
        for process in self._running.values():
            if process.returncode is None:
                process.kill()
            await process.wait()
        for link in self.links.values():
            await link.close()
        await self._temporal.stop()
        await self._postgres.stop()

    def link(self, process: str, server: str) -> Link:
        return self.links[process, server]

    def links_of(self, role: str, server: str) -> list[Link]:
        """Those of every process of a role."""
        return [link for (p, s), link in self.links.items() if (role_of(p), s) == (role, server)]

    def dsn_of(self, process: str) -> str:
        """PostgreSQL, as a process finds it."""
        parts = urlsplit(self.dsn)
        login = parts.netloc.rpartition("@")[0]
        netloc = f"{login}@127.0.0.1:{self.link(process, 'postgres').port}"
        return parts._replace(netloc=netloc).geturl()

    def environment(self, process: str) -> dict[str, str]:
        """The settings of a process, and of commands that are run as it."""
        settings = {
            "DUBAN_HOME": str(self._home),
            "DUBAN_LANG": "en",
            "DUBAN_POSTGRES_DSN": self.dsn_of(process) if process in self.processes else self.dsn,
            "DUBAN_TEMPORAL_ADDRESS": self.temporal_address,
            "DUBAN_TEMPORAL_NAMESPACE": NAMESPACE,
            "DUBAN_WEB_PORT": str(self._web_port),
            "DUBAN_WEB_RATE": "1000000/minute",
        }
        if (process, "temporal") in self.links:
            settings["DUBAN_TEMPORAL_ADDRESS"] = f"127.0.0.1:{self.link(process, 'temporal').port}"
        if (process, "smtp") in self.links:
            settings["DUBAN_SMTP_URL"] = f"smtp://127.0.0.1:{self.link(process, 'smtp').port}"
            settings |= {"DUBAN_SMTP_FROM": "duban@example.org", "DUBAN_SMTP_RATE": "60000/minute"}
        if (process, "webhook") in self.links:
            settings["DUBAN_WEBHOOK_NETWORKS"] = NETWORKS
        return os.environ | settings

    async def kill(self, *targets: str) -> None:
        """`kill -9`, all at once; each is started again in the background."""
        await asyncio.gather(*(self.restarted(target) for target in targets))
        for target in targets:
            self._kill(target)
            self.kills.append(target)
        for target in targets:
            self._restarts[target] = asyncio.create_task(self._again(target))

    async def restarted(self, target: str) -> None:
        """Until what was killed is there again; of a role, until it has asked its database something."""
        if (restart := self._restarts.get(target)) is not None:
            await restart

    def log_of(self, process: str) -> Path:
        return self._home / f"{process}.log"

    def _kill(self, target: str) -> None:
        if target == "postgres":
            self._postgres.kill()
        elif target == "temporal":
            self._temporal.kill()
        elif self._running[target].returncode is None:
            self._running[target].kill()

    async def _again(self, target: str) -> None:
        if target == "postgres":
            await self._postgres.stop()
            await self._postgres.start()
        elif target == "temporal":
            await self._temporal.stop()
            await self._temporal.start()
        else:
            await self._running[target].wait()
            await self._start(target)
            await self._speaks(target)

    async def _start(self, process: str) -> None:
        self.link(process, "postgres").spoken.clear()
        with self.log_of(process).open("ab") as log:
            self._running[process] = await asyncio.create_subprocess_exec(
                *launched([str(DUBAN), role_of(process)]),
                env=self.environment(process),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def _speaks(self, process: str) -> None:
        """Until it has asked its database something; one that ends instead is a fault of the run itself."""
        running = self._running[process]
        speaking = asyncio.create_task(self.link(process, "postgres").spoken.wait())
        ended = asyncio.create_task(running.wait())
        await asyncio.wait({speaking, ended}, return_when=asyncio.FIRST_COMPLETED)
        speaking.cancel()
        ended.cancel()
        if self._running[process] is running and running.returncode not in (None, -signal.SIGKILL):
            raise ProcessEnded(process, self.log_of(process).read_text()[-2_000:])

    async def _connect(self, process: str, server: str) -> None:
        ports = {
            "postgres": urlsplit(self.dsn).port,
            "temporal": urlsplit(f"//{self.temporal_address}").port,
            **self._outside,
        }
        link = self.links[process, server] = Link(process, server, ports[server] or 0)
        await link.open()


@asynccontextmanager
async def town(home: Path, standby: Sequence[str], outside: Mapping[str, int]) -> AsyncIterator[Town]:
    """A town whose servers run; `start_roles` brings it to life."""
    made = Town(home, standby, outside)
    try:
        await made.start()
        yield made
    finally:
        await made.stop()
