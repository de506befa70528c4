"""How much Temporal has to remember of a full case: our design beside the plain one, both run on the same server.

The case lives two years, from its submission to a promise kept. The plain design is a workflow that is signalled
every event of the log and does one activity for each; it has no timer, which is in its favour.
"""

import asyncio
from collections import deque
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import asyncpg
from temporalio import activity, workflow
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.case import LoggedCases
from benchmarks.harness import Bench, Row, Sample, main
from duban.bootstrap import connect_temporal
from duban.event_log.log import EventLog
from duban.relay import Relay, Waker
from duban.runtime.temporal import EmbeddedTemporal
from tests.workflows.season import Season, completed, eventually, live
from workflows.case import CaseWorkflow
from workflows.clockwork import ADVANCE_TIMEOUT
from workflows.contracts import TASK_QUEUE

SHARE = 0.5  # of the plain design's events


@activity.defn(name="plain-activity")
async def do_something(position: int) -> int:
    return position


@workflow.defn(name="plain", sandboxed=False)
class Plain:
    """One signal and one activity for every event."""

    def __init__(self) -> None:
        self._open: deque[int] = deque()

    @workflow.run
    async def run(self, events: int) -> None:
        for _ in range(events):
            await workflow.wait_condition(lambda: bool(self._open))
            await workflow.execute_activity(
                do_something, self._open.popleft(), start_to_close_timeout=ADVANCE_TIMEOUT
            )

    @workflow.signal
    def observe(self, position: int) -> None:
        self._open.append(position)


async def measure(bench: Bench) -> list[Row]:
    with TemporaryDirectory(prefix="duban-bench-") as home:
        server = EmbeddedTemporal(Path(home), time_skipping=True)
        client = await connect_temporal(await server.start(), "duban")
        try:
            async with asyncpg.create_pool(bench.dsn, server_settings={"role": "duban_app"}) as pool:
                ours, events = await _ours(client, pool)
            plain = await _plain(client, events)
        finally:
            await server.stop()
    goal = (f"at most {SHARE:g} x the plain design", ours / plain, ours <= SHARE * plain)
    peer = {f"one signal and one activity for each of the {events} events": Sample([plain])}
    return [Row("Temporal's history of a case over two years", "events", Sample([ours]), peer, [goal])]


async def _ours(client: Client, pool: "asyncpg.Pool[asyncpg.Record]") -> tuple[int, int]:
    """Events of Temporal over all runs, and of the log."""
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    log = EventLog(pool)
    season = Season(log, skipper)
    cases = LoggedCases(log, season.commands)
    season.relay = Relay(log, pool, Waker(skipper.client, season.clock), season.clock)
    relay = asyncio.create_task(season.relay.run())
    async with Worker(skipper.client, task_queue=TASK_QUEUE, activities=[cases.advance]):
        await live(season)
        await eventually(lambda: completed(season))
    relay.cancel()
    runs = [run async for run in client.list_workflows(f"WorkflowId = '{season.stream_id}'")]
    lengths = [
        await _length(client.get_workflow_handle_for(CaseWorkflow.run, season.stream_id, run_id=run.run_id))
        for run in runs
    ]
    return sum(lengths), len(await log.read_stream(season.stream_id))


async def _plain(client: Client, events: int) -> int:
    worker = Worker(
        client,
        task_queue="plain",
        workflows=[Plain],
        activities=[do_something],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with worker:
        handle = await client.start_workflow(Plain.run, events, id=f"plain/{uuid4()}", task_queue="plain")
        for position in range(events):
            await handle.signal(Plain.observe, position)
            await asyncio.sleep(0.1)  # in life days lie between them, so that no two share a task
        await handle.result()
    return await _length(handle)


async def _length(handle: WorkflowHandle[Any, Any]) -> int:
    """Events of one run; those that only a skipped clock writes are not counted."""
    return len([event async for event in handle.fetch_history_events() if not _of_the_skipping(event)])


def _of_the_skipping(event: HistoryEvent) -> bool:
    name = EventType.Name(event.event_type)
    return "TIME_SKIPPING" in name or "OPTIONS_UPDATED" in name


if __name__ == "__main__":
    main(measure)
