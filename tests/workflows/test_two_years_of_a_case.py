import asyncio
from typing import Any

import asyncpg
import pytest
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Replayer, Worker

from activities.case import LoggedCases
from duban.bootstrap import connect_temporal
from duban.event_log.log import EventLog
from duban.relay import Relay, Waker
from tests.workflows.season import Season, completed, eventually, live
from workflows.contracts import TASK_QUEUE
from workflows.plugin import DubanPlugin

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]


async def test_two_years_of_a_case_keep_every_date_that_the_rules_give(
    pool: "asyncpg.Pool[Any]", temporal_address: str
) -> None:
    client = await connect_temporal(temporal_address, "duban")
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    log = EventLog(pool)
    season = Season(log, skipper)
    cases = LoggedCases(log, season.commands)
    season.relay = Relay(log, pool, Waker(skipper.client, season.clock), season.clock)
    relay = asyncio.create_task(season.relay.run())
    async with Worker(skipper.client, task_queue=TASK_QUEUE, activities=[cases.advance]):
        await live(season)
        await eventually(lambda: completed(season))
        history = await season.handle.fetch_history()
    relay.cancel()

    replayed = await Replayer(workflows=[], plugins=[DubanPlugin()]).replay_workflow(history)
    assert replayed.replay_failure is None
    types = [r.type.removeprefix("suggestion.") for r in await log.read_stream(season.stream_id)]
    assert types.count("commitment-carried-over") in (1, 2)  # 450 days hold one turn of the year, or two
    assert [t for t in types if t != "commitment-carried-over"] == [
        "submitted", "registered", "assigned", "sub-assigned", "reminded", "reminded", "became-overdue",
        "extension-granted", "answered", "reply-served", "commitment-made", "feedback-given", "concluded",
        "reminded", "followed-up", "reminded", "reminded", "commitment-fulfilled",
    ]  # fmt: skip
