import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from domain.conference import AssignmentConference, ConferenceStatus
from domain.conference_acts import StartConference
from duban.bootstrap import Services, connect_temporal, now, services
from duban.processes import outlook_of
from duban.relay import cursor_of
from tests.conferences import assignments, led_by, prepared, registered
from tests.domain.cases import MARA
from tests.engine import people, with_npc
from tests.entrypoints.up import Installation
from tests.waits import waits_for

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]

WITHIN = 240.0  # seconds for the last life to settle what is left
Condition = Callable[[], Awaitable[bool]]

LOOKED_AT = 100  # workflows, of each of which the wait is compared with the plan


async def test_a_conference_killed_in_the_middle_goes_on_and_assigns_each_case_once(tmp_path: Path) -> None:
    await _survives(tmp_path, cases=300, kills=1)


@pytest.mark.slow
@pytest.mark.timeout(1200)
async def test_a_conference_of_nine_thousand_cases_killed_three_times_loses_nothing(tmp_path: Path) -> None:
    await _survives(tmp_path, cases=9_000, kills=3)


async def _survives(tmp_path: Path, cases: int, kills: int) -> None:
    seed = random.randrange(2**32)
    instants = random.Random(seed)
    installation = Installation(tmp_path / "home")
    conference: AssignmentConference | None = None
    for life in range(kills):
        up = await asyncio.to_thread(installation.up)
        async with services(_dsn(installation)) as ready:
            if conference is None:
                engine = await with_npc(ready.pool)
                await registered(engine, range(cases))
                conference = await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, range(cases)))
                await ready.conferences.handle(conference.name, StartConference(at=now()), people())
            share = (life + instants.random()) / (kills + 1)  # so that each kill falls into the middle
            await _until(_settled(ready, conference, cases * share))
        up.kill()
    assert conference is not None
    with installation.up():
        await _ensure_whole(installation, conference, seed)


async def _ensure_whole(installation: Installation, conference: AssignmentConference, seed: int) -> None:
    async with services(_dsn(installation)) as ready:
        await _until(_settled(ready, conference, conference.cases))
        await _until(_relayed(ready, await ready.log.head()))
        assert (await ready.conferences.conference(conference.name)).status is ConferenceStatus.FINISHED
        assert set((await assignments(ready.log, conference)).values()) == {1}, f"seed {seed}"
        names = [f"case/npc/{p.case_id}" for p in conference.proposals]
        some = random.Random(seed).sample(names, min(LOOKED_AT, len(names)))
        streams = await ready.log.read_streams(some)
        run = json.loads(installation.process("status", "--json").stdout)
        client = await connect_temporal(run["temporal_address"], "duban")
        for name in some:
            outlook = outlook_of(name, streams[name], now())
            planned = outlook.stage, outlook.next_at
            assert await waits_for(client, name, planned), f"seed {seed}: {name}"


def _settled(ready: Services, conference: AssignmentConference, wanted: float) -> Condition:
    async def settled() -> bool:
        return conference.cases - (await ready.conferences.conference(conference.name)).pending >= wanted

    return settled


def _relayed(ready: Services, position: int) -> Condition:
    async def relayed() -> bool:
        return await cursor_of(ready.pool) >= position

    return relayed


async def _until(there: Condition) -> None:
    async with asyncio.timeout(WITHIN):
        while not await there():  # noqa: ASYNC110 the engine is another process
            await asyncio.sleep(0.02)


def _dsn(installation: Installation) -> str:
    return str(json.loads(installation.process("status", "--json").stdout)["postgres_dsn"])
