from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from duban.ops.doctor import of_reconciliation
from duban.reconciliation import GRACE, Reconciliation, latest
from duban.relay import Woken
from tests.conferences import registered
from tests.domain.cases import ASSIGN
from tests.engine import Engine, people, with_npc

pytestmark = pytest.mark.postgres


class Waking:
    def __init__(self) -> None:
        self.woken: dict[str, Woken] = {}

    async def wake(self, streams: Mapping[str, Woken]) -> None:
        self.woken |= streams


async def at(engine: Engine, moment: datetime, waking: Waking) -> Reconciliation:
    return Reconciliation(engine.log, engine.pool, waking, lambda: moment)


async def test_what_is_late_is_woken_and_reported_and_nothing_else(pool: "asyncpg.Pool[Any]") -> None:
    engine = await with_npc(pool)
    await registered(engine, range(3))
    assigned = await engine.commands.handle("npc/14-2/1", people(), ASSIGN)
    (clock,) = assigned.case.running_clocks
    assert clock.deadline is not None
    overdue = clock.deadline.due_at + timedelta(seconds=1)
    assert await latest(pool) is None

    early = Waking()
    before = await (await at(engine, ASSIGN.at, early)).run()
    assert (early.woken, before.looked, before.late) == ({}, 3, 0)

    late = Waking()
    report = await (await at(engine, overdue + GRACE, late)).run()
    assert late.woken.keys() == {"case/npc/case-1"}
    assert (report.looked, report.late, report.examples) == (3, 1, ("case/npc/case-1",))
    assert report.ended_at is not None
    assert await latest(pool) == report
    assert of_reconciliation(before).fine
    assert not of_reconciliation(report).fine


async def test_a_second_attempt_goes_on_after_the_stream_that_was_reached(
    pool: "asyncpg.Pool[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duban.waiting.PAGE", 2)
    engine = await with_npc(pool)
    await registered(engine, range(5))
    reached: list[str] = []

    report = await (await at(engine, ASSIGN.at, Waking())).run(
        after="case/npc/case-1", reached=reached.append
    )

    assert report.looked == 3
    assert reached == ["case/npc/case-3", "case/npc/case-4"]
