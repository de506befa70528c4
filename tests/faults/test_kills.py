import asyncio
import json
import random
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from domain.suggestion.suggestion import fold
from duban.bootstrap import services
from tests.entrypoints.up import Installation, Up

pytestmark = [pytest.mark.postgres, pytest.mark.temporal, pytest.mark.slow]

KILLS = 20
LONGEST_LIFE = 8.0  # seconds; the engine is ready and busy after two


@pytest.mark.timeout(600)
def test_killed_at_any_instant_the_engine_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "home")
    seed = random.randrange(2**32)
    instants = random.Random(seed)
    acknowledged: list[str] = []
    for life in range(KILLS):
        _live_and_die(installation, instants.uniform(0.1, LONGEST_LIFE), life, acknowledged)

    with installation.up("--demo"):
        status = json.loads(installation.process("status", "--json").stdout)
        streams, titles = asyncio.run(_read(status["postgres_dsn"]))
    assert set(acknowledged) <= titles, f"seed {seed}"
    assert len(streams) == 193 + len(titles & {f"第{life}次" for life in range(KILLS)}), f"seed {seed}"
    for steps in streams.values():
        assert max(Counter(steps).values(), default=1) == 1, f"seed {seed}: a step was taken twice"


def _live_and_die(installation: Installation, life: float, number: int, acknowledged: list[str]) -> None:
    """Start, command while it lasts, and `kill -9` the whole process group after `life` seconds."""
    up = Up(installation, "--demo", wait=False)
    end = time.monotonic() + life
    with suppress(AssertionError, json.JSONDecodeError, KeyError):
        title = f"第{number}次"
        while time.monotonic() < end:
            done = installation.process("submit", "--congress", "npc", "--title", title, "--json")
            if done.returncode == 0 and json.loads(done.stdout)["positions"]:
                acknowledged.append(title)
                break
    time.sleep(max(0.0, end - time.monotonic()))
    up.kill()


async def _read(dsn: str) -> tuple[dict[str, list[str]], set[str]]:
    """The steps taken in each case, and the titles of all cases."""
    async with services(dsn) as ready:
        rows = await ready.pool.fetch(
            "select distinct stream_id from event_log where starts_with(stream_id, 'case/')"
        )
        recorded = await ready.log.read_streams([row["stream_id"] for row in rows])
    cases = {name: fold(r.body for r in events) for name, events in recorded.items()}  # type: ignore[misc]
    steps = {
        name: [step for r in events if (step := getattr(r.body, "step", None)) is not None]
        for name, events in recorded.items()
    }
    return steps, {case.title for case in cases.values() if case.title}
