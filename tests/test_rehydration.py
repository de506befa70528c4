from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from domain.conference_acts import StartConference
from duban.bootstrap import now
from duban.rehydration import Rehydration
from duban.relay import Woken
from tests.conferences import conferences_on, led_by, prepared, registered
from tests.domain.cases import ASSIGN, MARA, on
from tests.engine import people, with_npc

pytestmark = pytest.mark.postgres


class Cut(Exception):
    pass


class Waking:
    """Keeps what it is told to wake, and dies when it has had enough."""

    def __init__(self, enough: int = 1_000_000) -> None:
        self.woken: dict[str, Woken] = {}
        self._enough = enough

    async def wake(self, streams: Mapping[str, Woken]) -> None:
        if len(self.woken) >= self._enough:
            raise Cut
        self.woken |= streams


async def test_every_process_that_waits_is_woken_and_a_cut_run_is_taken_up(
    pool: "asyncpg.Pool[Any]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duban.waiting.PAGE", 2)
    engine = await with_npc(pool)
    await registered(engine, range(6))
    for number in (0, 1, 2, 4):
        await engine.commands.handle(f"npc/14-2/{number}", people(), ASSIGN)
    conference = await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, [5]))
    await conferences_on(engine.log).handle(conference.name, StartConference(at=on("2024-04-02")), people())
    waiting = {f"case/npc/case-{n}" for n in (0, 1, 2, 4)} | {conference.stream_id}
    cut = Waking(enough=2)

    with pytest.raises(Cut):
        await Rehydration(engine.log, pool, cut, now).run()
    rest = Waking()
    done = await Rehydration(engine.log, pool, rest, now).run(rate=100)

    assert done.woken == len(waiting)
    assert done.resumed_after == "case/npc/case-1"
    assert cut.woken.keys() | rest.woken.keys() == waiting
    assert not cut.woken.keys() & rest.woken.keys()
    whole = Waking()
    await Rehydration(engine.log, pool, whole, now).run()
    assert whole.woken.keys() == waiting
