import json
import os
import signal
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest

from tests.entrypoints.test_roles import until
from tests.entrypoints.up import DUBAN, Installation

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]


def test_builds_are_promoted_and_drained_by_command(
    tmp_path: Path, database: str, temporal_address: str
) -> None:
    installation = Installation(
        tmp_path,
        DUBAN_POSTGRES_DSN=database,
        DUBAN_TEMPORAL_ADDRESS=temporal_address,
        DUBAN_TEMPORAL_NAMESPACE=f"worker-{uuid4()}",
    )
    environment = os.environ | installation.settings
    first, second = (
        subprocess.Popen([DUBAN, "worker"], env=environment | {"DUBAN_WORKER_BUILD": build})
        for build in ("1", "2")
    )
    try:
        until(lambda: set(_known(installation)) == {"1", "2"})
        assert installation.json("worker", "promote", "1") == {"current": "1"}
        assert "nowhere to go" in installation.refusal("worker", "drain", "1")
        assert "No worker of build 3" in installation.refusal("worker", "drain", "3")
        assert installation.json("worker", "promote", "2") == {"current": "2"}
        assert installation.json("worker", "drain", "1") == {"build": "1", "moved": 0}
        assert installation.json("worker", "roll-over") == {"told": 0}
        assert installation.json("worker", "versions")["current"] == "2"
    finally:
        for process in (first, second):
            process.send_signal(signal.SIGTERM)
        assert [process.wait(20) for process in (first, second)] == [0, 0]


def _known(installation: Installation) -> list[str]:
    done = installation.duban("worker", "versions", "--json")
    return json.loads(done.stdout)["known"] if done.exit_code == 0 else []


def test_without_temporal_the_commands_say_so_in_one_line(tmp_path: Path) -> None:
    nowhere = Installation(tmp_path, DUBAN_TEMPORAL_ADDRESS="127.0.0.1:1")

    assert "Temporal does not answer at 127.0.0.1:1" in nowhere.refusal("worker", "versions")
