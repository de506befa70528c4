import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from tests.entrypoints.up import DUBAN, READY, Installation

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]

WITHIN = 60.0  # seconds; each takes one or two, but four processes that start at once share the cores
ROLES = ("worker", "relay", "projector", "notifier", "web")


class Roles(Installation):
    """Every role as a process of its own, on one database and one Temporal namespace."""

    def __init__(self, home: Path, **settings: str) -> None:
        super().__init__(home, **settings)
        self.running: dict[str, subprocess.Popen[str]] = {}
        self.health: dict[str, int] = {}

    def start(self, name: str, role: str | None = None) -> None:
        self.running[name] = subprocess.Popen(
            [DUBAN, role or name],
            env=os.environ | self.settings | {"DUBAN_HEARTBEAT": str(self.home / name)} | self.watched(name),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def watched(self, name: str) -> dict[str, str]:
        """A port for the role's health; one that stands by or comes again takes another."""
        self.health[name] = free_port()
        return {"DUBAN_HEALTH_PORT": str(self.health[name])}

    def ready(self, name: str) -> bool:
        try:
            return '"ready"' in page(f"http://127.0.0.1:{self.health[name]}/readyz")
        except OSError:
            return False

    def kill(self, name: str) -> None:
        self.running[name].kill()
        self.running.pop(name).communicate()

    def address(self) -> str:
        out = self.running["web"].stdout
        assert out is not None
        found = READY.match(out.readline())
        assert found is not None
        return found[1]

    def overdue(self, ref: str) -> bool:
        events = self.json("case", "show", ref)["events"]
        return "suggestion.became-overdue" in [event["type"] for event in events]

    def late_case(self, number: int) -> str:
        """A case whose answer has long been due, so its workflow has a mark to make."""
        ref = str(
            self.json("submit", "--congress", "npc", "--term", "14", "--session", "2",
                      "--number", str(number), "--title", f"第{number}号建议", "--on", "2024-03-08")["ref"]
        )  # fmt: skip
        self.json("assign", ref, "--lead", "农业农村部", "--on", "2024-04-02")
        return ref


@pytest.fixture
def installation(tmp_path: Path, database: str, temporal_address: str) -> Iterator[Roles]:
    roles = Roles(
        tmp_path,
        DUBAN_POSTGRES_DSN=database,
        DUBAN_TEMPORAL_ADDRESS=temporal_address,
        DUBAN_TEMPORAL_NAMESPACE=f"roles-{uuid4()}",
    )
    yield roles
    for name in list(roles.running):
        roles.kill(name)


def until(there: Callable[[], bool]) -> None:
    give_up = time.monotonic() + WITHIN
    while not there():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def page(address: str, token: str = "") -> str:
    asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(asked, timeout=WITHIN) as answer:
        return str(answer.read().decode())


def test_roles_work_together_stand_by_lose_nothing_when_killed_and_leave_with_zero(
    installation: Roles,
) -> None:
    assert installation.duban("migrate").exit_code == 0
    assert installation.duban("migrate").exit_code == 0  # again, it changes nothing
    installation.duban("unit", "add", "npc", "农业农村部")
    installation.json("user", "add", "watch", "--role", "affairs-commission", "--generate")
    token = str(installation.json("user", "token", "watch")["token"])
    for role in ROLES:
        installation.start(role)
    first = installation.late_case(1)
    for role in ROLES:
        until(partial(installation.ready, role))
    assert "duban_log_head" in page(f"http://127.0.0.1:{installation.health['relay']}/metrics")
    web = installation.address()
    until(lambda: installation.overdue(first))
    until(lambda: "第1号建议" in page(web, token))

    for role in ("relay", "projector"):
        installation.start(f"second {role}", role)
        until((installation.home / f"second {role}").exists)
        installation.kill(role)  # the second takes over
    installation.kill("worker")
    second = installation.late_case(2)
    until(lambda: "第2号建议" in page(web, token))
    installation.start("worker")
    until(lambda: installation.overdue(second))
    installation.kill("web")
    installation.start("web")
    assert "第2号建议" in page(installation.address(), token)

    for process in installation.running.values():
        process.send_signal(signal.SIGTERM)
    codes = {name: process.wait(WITHIN) for name, process in installation.running.items()}
    assert codes == dict.fromkeys(installation.running, 0)


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("worker", "DUBAN_POSTGRES_DSN, DUBAN_TEMPORAL_ADDRESS must be set"),
        ("relay", "DUBAN_POSTGRES_DSN, DUBAN_TEMPORAL_ADDRESS must be set"),
        ("projector", "DUBAN_POSTGRES_DSN must be set"),
        ("web", "DUBAN_POSTGRES_DSN must be set"),
        ("migrate", "DUBAN_POSTGRES_DSN must be set"),
    ],
)
def test_a_role_without_its_servers_is_refused_in_one_line(role: str, names: str, tmp_path: Path) -> None:
    bare = Installation(tmp_path, DUBAN_POSTGRES_DSN="", DUBAN_TEMPORAL_ADDRESS="")

    assert names in bare.refusal(role)
