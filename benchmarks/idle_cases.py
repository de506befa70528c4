"""What open cases that wait cost the worker: its resident memory with one thousand and with twenty thousand of them.

Every case has begun: its workflow has planned from the log and set its timer, and is then evicted or kept in the
cache. (Cases that still sleep until their first moment have never been with a worker and cost it nothing.)
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psutil
from temporalio.client import Client

from benchmarks.engine import DUBAN
from benchmarks.harness import Bench, Row, Sample, main
from domain.suggestion.assignment import Assign
from domain.suggestion.intake import Submit
from domain.vocabulary import Level
from duban.bootstrap import CACHED, Services, connect_temporal, now, prepare, services
from duban.commands import Actor, case_stream
from duban.relay import AT_ONCE
from duban.runtime.temporal import EmbeddedTemporal
from workflows.case import CaseWorkflow
from workflows.contracts import TASK_QUEUE, CaseRef

FEW, MANY = 1_000, 20_000
MORE = 1.2  # times the memory
BEGUN = "WorkflowType = 'case' and CaseStage = 'assigned'"
SETTLED = 2.0  # seconds for the last tasks to end


async def measure(bench: Bench) -> list[Row]:
    few, many = max(bench.amount(FEW), 2 * CACHED), bench.amount(MANY)
    await prepare(bench.dsn)
    with TemporaryDirectory(prefix="duban-bench-") as home:
        server = EmbeddedTemporal(Path(home))
        address = await server.start()
        client = await connect_temporal(address, "duban")
        try:
            async with services(bench.dsn) as ready, _worker(bench.dsn, address) as worker:
                await _begin(ready, client, few, few)
                with_few = _resident(worker)
                await _begin(ready, client, many - few, many)
                with_many = _resident(worker)
        finally:
            await server.stop()
    ratio = with_many / with_few
    goal = (f"at most {MORE:g} x that with {few:,}", ratio, ratio <= MORE)
    peer = {f"with {few:,}": Sample([with_few])}
    return [Row(f"worker's memory with {many:,} idle cases", "MB", Sample([with_many]), peer, [goal])]


@asynccontextmanager
async def _worker(dsn: str, address: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = os.environ | {"DUBAN_POSTGRES_DSN": dsn, "DUBAN_TEMPORAL_ADDRESS": address}
    process = await asyncio.create_subprocess_exec(DUBAN, "worker", env=environment)
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def _begin(ready: Services, client: Client, cases: int, in_all: int) -> None:
    """So many more cases, until all there are wait on their timers."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with gate:
            case_id, by = str(uuid4()), Actor.of("bench")
            command = Submit(
                congress="npc", case_id=case_id, level=Level.NATIONAL, place="全国", term=14, session=4,
                number=case_id[:13], title="关于一件事的建议", at=now(),
            )  # fmt: skip
            done = await ready.commands.submit(command, by)
            await ready.commands.handle(done.case.ref, Actor.of("bench"), Assign(to="国务院", at=now()))
            ref = CaseRef(congress="npc", case_id=case_id)
            name = case_stream("npc", case_id)
            await client.start_workflow(CaseWorkflow.run, ref, id=name, task_queue=TASK_QUEUE)

    await asyncio.gather(*(one() for _ in range(cases)))
    while (await client.count_workflows(BEGUN)).count < in_all:  # noqa: ASYNC110 it is elsewhere
        await asyncio.sleep(0.5)
    await asyncio.sleep(SETTLED)


def _resident(process: asyncio.subprocess.Process) -> float:
    return float(psutil.Process(process.pid).memory_info().rss) / 1024**2


if __name__ == "__main__":
    main(measure)
