import asyncio
import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from temporalio.client import Client

from duban.bootstrap import Services, connect_temporal, now, services
from duban.processes import outlook_of
from tests.entrypoints.up import Installation
from tests.waits import Wait, waits_for

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]

GONE_WITHIN = 10.0  # seconds
REST_WITHIN = 60.0  # seconds in which 193 workflows come to rest; it takes a few
CASES = "select distinct stream_id from event_log where starts_with(stream_id, 'case/')"


def until(there: Callable[[], bool], within: float = GONE_WITHIN) -> None:
    give_up = time.monotonic() + within
    while not there():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.05)


def test_up_says_that_it_is_ready_holds_its_home_and_leaves_nothing_behind(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "home")
    assert "Start it with `duban up`" in installation.refusal("case", "list")

    with installation.up() as up:
        status = installation.json("status")
        assert status["ready"] is True
        assert status["web"] == up.web
        assert status["head"] == 1  # the national congress is open
        assert set(status) >= {"ready", "web", "postgres_dsn", "temporal_address", "head"}
        assert "is in use by process" in installation.refusal("up")
        assert up.stop(signal.SIGINT) == 0
    assert up.output == ""
    until(lambda: not installation.processes())
    assert installation.duban("status", "--json").exit_code == 1


def test_a_setting_that_cannot_be_is_refused_in_one_line(tmp_path: Path) -> None:
    elsewhere = Installation(tmp_path / "home", DUBAN_WEB_HOST="0.0.0.0")
    assert "loopback only" in elsewhere.refusal("up")
    wrong = Installation(tmp_path / "home", DUBAN_WEB_PORT="eighty")
    assert "DUBAN_WEB_PORT" in wrong.refusal("up")


def test_after_a_kill_every_acknowledged_command_is_there_once_and_the_workflows_go_on(
    tmp_path: Path,
) -> None:
    installation = Installation(tmp_path / "home")
    acknowledged: list[str] = []
    with installation.up() as up:
        installation.duban("unit", "add", "npc", "农业农村部")
        acknowledged += [_submit(installation, number) for number in range(1, 4)]
        up.kill()
    until(lambda: not installation.processes())

    with installation.up() as up:
        assert {line["ref"] for line in installation.json("case", "list")} == set(acknowledged)
        for ref in acknowledged:
            types = [event["type"] for event in installation.json("case", "show", ref)["events"]]
            assert types == ["suggestion.submitted", "suggestion.registered"]
        # assigned long ago, so its workflow has a mark to make at once
        installation.json("assign", acknowledged[0], "--lead", "农业农村部", "--on", "2024-04-02")
        until(lambda: "suggestion.became-overdue" in _types(installation, acknowledged[0]))
        assert up.stop() == 0


def _submit(installation: Installation, number: int) -> str:
    done = installation.json(
        "submit", "--congress", "npc", "--term", "14", "--session", "2", "--number", str(number),
        "--title", f"第{number}号建议", "--on", "2024-03-08",
    )  # fmt: skip
    return str(done["ref"])


def _types(installation: Installation, ref: str) -> list[str]:
    return [event["type"] for event in installation.json("case", "show", ref)["events"]]


async def test_after_the_loss_of_temporals_database_every_case_with_a_clock_has_its_workflow_again(
    tmp_path: Path,
) -> None:
    installation = Installation(tmp_path / "home")
    with installation.up("--demo") as up:
        before = await _at_rest(installation)
        assert up.stop() == 0
    for file in installation.home.glob("temporal.db*"):
        file.unlink()

    with installation.up():
        rehydrated = installation.process("relay", "rehydrate", "--json")
        woken = len(before) + 1  # the key topic of the worked examples
        assert json.loads(rehydrated.stdout) == {"woken": woken, "resumed_after": None}
        assert await _at_rest(installation) == before
    assert len(before) == 186 + 3  # of the 193 open cases, those in which a clock was started
    assert sum(deadline is not None for _, deadline in before.values()) > 80


Waits = dict[str, Wait]


async def _at_rest(installation: Installation) -> Waits:
    """Stage and next deadline of every case with a clock, once its workflow waits for what the log plans."""
    status = json.loads(installation.process("status", "--json").stdout)
    client = await connect_temporal(status["temporal_address"], "duban")
    give_up = time.monotonic() + REST_WITHIN
    seen: Waits = {}
    async with services(status["postgres_dsn"]) as ready:
        while True:
            planned = await _planned(ready)
            if planned is not None:
                rest = {case: wait for case, wait in planned.items() if seen.get(case) != wait}
                seen |= await _waiting(client, rest)
                if seen == planned:
                    return planned
            assert time.monotonic() < give_up, "the workflows did not come to rest"
            await asyncio.sleep(0.1)


async def _planned(ready: Services) -> Waits | None:
    """What the log plans for each of them; None while a step is still due in one."""
    names = [row["stream_id"] for row in await ready.pool.fetch(CASES)]
    streams = await ready.log.read_streams(names)
    outlooks = {name: outlook_of(name, streams[name], now()) for name in names}
    if any(outlook.due for outlook in outlooks.values()):
        return None
    return {name: (o.stage, o.next_at) for name, o in outlooks.items() if o.waits}


async def _waiting(client: Client, planned: Waits) -> Waits:
    """Those of them whose workflow waits as planned."""
    found = await asyncio.gather(*(waits_for(client, case, wait) for case, wait in planned.items()))
    return {case: wait for (case, wait), there in zip(planned.items(), found, strict=True) if there}
