"""Nine thousand cases assigned at one conference, beside the bare rate at which the same server starts workflows.

Counted from the command that starts the conference until every case is assigned in the log and has its
workflow, started with signal-with-start and sleeping until its first reminder (the start carries that timer).
The peer starts empty workflows with signal-with-start from a bare client, as many at once as the relay does,
on the same server before and after the conference.
"""

import asyncio
from time import perf_counter
from uuid import uuid4

from temporalio.client import Client

from benchmarks.engine import engine, relayed
from benchmarks.harness import Bench, Row, Sample, main, rate
from domain.conference import AssignmentConference
from domain.conference_acts import ConferenceFinished, Part, PrepareConference, Proposal, StartConference
from domain.congress import AddUnits
from domain.suggestion.intake import Submit
from domain.vocabulary import Level, Role
from duban.bootstrap import Services, connect_temporal, now, services
from duban.commands import Actor
from duban.conferences.conferences import conference_id_of
from duban.relay import AT_ONCE

CASES = 9_000
UNITS = tuple(f"第{number}承办单位" for number in range(1, 201))
SUBMITTING = 64  # clients
MEMORY = 600  # MB
SHARE = 0.9  # of the bare rate
SAMPLE = 50  # workflows looked at afterwards


async def measure(bench: Bench) -> list[Row]:
    cases = bench.amount(CASES)
    async with engine() as running, services(running.dsn, connections=8) as ready:
        client = await connect_temporal(running.temporal, "duban")
        proposals = await _registered(ready, cases)
        await relayed(ready.pool, await ready.log.head())
        bare = [await _bare(client, cases)]
        conference = await _prepared(ready, proposals)
        ours, last_settled = await _assign(ready, conference)
        resident = running.resident
        await _ensure_sleeping(client, conference)
        bare.append(await _bare(client, cases))
    return _rows(cases, cases / ours, cases / last_settled, bare, resident)


async def _registered(ready: Services, cases: int) -> list[Proposal]:
    await ready.commands.add_units("npc", AddUnits(units=UNITS, at=now()), Actor.of("bench"))
    proposals = [
        Proposal(
            ref=f"npc/14-4/{n}",
            case_id=str(uuid4()),
            to="国务院",
            parts=(
                Part(unit=UNITS[n % len(UNITS)], role=Role.LEAD),
                Part(unit=UNITS[(n + 1) % len(UNITS)], role=Role.CO_HANDLING),
            ),
            row=n + 2,
        )
        for n in range(cases)
    ]
    gate = asyncio.Semaphore(SUBMITTING)

    async def submit(number: int, proposal: Proposal) -> None:
        async with gate:
            command = Submit(
                congress="npc", case_id=proposal.case_id, level=Level.NATIONAL, place="全国", term=14, session=4,
                number=str(number), title=f"关于第{number}件事的建议", lead_deputy=f"代表{number}", at=now(),
            )  # fmt: skip
            await ready.commands.submit(command, Actor.of("bench"))

    await asyncio.gather(*(submit(number, proposal) for number, proposal in enumerate(proposals)))
    return proposals


async def _prepared(ready: Services, proposals: list[Proposal]) -> AssignmentConference:
    conference_id, digest = conference_id_of(14, 4, proposals)
    command = PrepareConference(
        congress="npc", conference_id=conference_id, term=14, session=4, sheet="bench", digest=digest,
        proposals=tuple(proposals), at=now(),
    )  # fmt: skip
    return await ready.conferences.prepare(command, Actor.of("bench"))


async def _assign(ready: Services, conference: AssignmentConference) -> tuple[float, float]:
    """Seconds until every workflow is there, and until every case is assigned in the log."""
    begun = perf_counter()
    await ready.conferences.handle(conference.name, StartConference(at=now()), Actor.of("bench"))
    version, finished = conference.version, False
    while not finished:  # of the stream only what is new, so that the looking costs nothing
        new = await ready.log.read_stream(conference.stream_id, after_version=version)
        version += len(new)
        finished = any(isinstance(recorded.body, ConferenceFinished) for recorded in new)
        await asyncio.sleep(0.05)
    settled = perf_counter()
    assert not (await ready.conferences.conference(conference.name)).refused
    return await relayed(ready.pool, await ready.log.head()) - begun, settled - begun


async def _ensure_sleeping(client: Client, conference: AssignmentConference) -> None:
    """A sample of the workflows, all there: each sleeps until its first reminder."""
    step = max(conference.cases // SAMPLE, 1)
    for proposal in list(conference.proposals)[::step]:
        handle = client.get_workflow_handle(f"case/npc/{proposal.case_id}")
        described = await handle.describe()
        assert described.execution_time is not None
        assert (described.execution_time - now()).days > 1


async def _bare(client: Client, cases: int) -> float:
    """Empty workflows a second; nobody works on them, so that nothing but the starts is measured."""
    gate = asyncio.Semaphore(AT_ONCE)
    run = uuid4()

    async def start(number: int) -> None:
        async with gate:
            await client.start_workflow(
                "empty", id=f"empty/{run}/{number}", task_queue="nobody", start_signal="observe"
            )

    return await rate(cases, asyncio.gather(*(start(number) for number in range(cases))))


def _rows(cases: int, ours: float, settled: float, bare: list[float], resident: float) -> list[Row]:
    peer = Sample(bare)
    ratio = ours / peer.median
    goal = (f"at least {SHARE:g} x bare starts", ratio, ratio >= SHARE)
    memory = (f"at most {MEMORY} MB", resident, resident <= MEMORY)
    name = f"{cases:,} cases assigned at one conference"
    return [
        Row(
            f"{name}, each with its sleeping workflow",
            "cases/s",
            Sample([ours]),
            {"bare starts": peer},
            [goal],
        ),
        Row(f"{name}, in the log", "cases/s", Sample([settled])),
        Row("resident memory of the engine afterwards", "MB", Sample([resident]), {}, [memory]),
    ]


if __name__ == "__main__":
    main(measure)
