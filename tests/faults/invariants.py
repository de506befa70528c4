"""What holds after any run, whatever was killed: each invariant one function that says how it is broken."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import asyncpg
from temporalio.client import Client, WorkflowExecutionStatus

from domain.base import Event, Recorded
from domain.suggestion.agenda import plan
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import Suggestion
from duban.notices.notifier import notices_of
from duban.processes import process_of
from tests.faults.facts import Facts
from tests.faults.people import Outcome
from tests.waits import waits_for

SKEW = timedelta(seconds=1)  # between the clocks of the servers, which are one machine's
CLOCK = "clock"  # the actor of what time alone brings about

NOTICES = "select * from notice order by position, notice_id"
RUNNING = 'ExecutionStatus = "Running" and WorkflowType in ("case", "key-topic", "assignment-conference")'

Broken = str  # one sentence


def every_command_once(facts: Facts) -> Iterator[Broken]:
    """Acknowledged: in the log once, where it was said; refused: not at all; not answered: once or not at all."""
    recorded: dict[Any, list[Recorded[Event]]] = {}
    for stream in facts.streams.values():
        for event in stream:
            recorded.setdefault((event.correlation_id, event.stream_id), []).append(event)
    for command_id, answer in facts.answers.items():
        events = recorded.get((command_id, answer.stream_id), [])
        positions = tuple(event.position for event in events)
        if answer.outcome is Outcome.ACKNOWLEDGED and positions != answer.positions:
            yield f"command {command_id} was acknowledged at {answer.positions} and is at {positions}"
        if answer.outcome is Outcome.REFUSED and positions:
            yield f"command {command_id} was refused as {answer.said}, and is in the log at {positions}"
        if positions and positions != tuple(range(positions[0], positions[0] + len(positions))):
            yield f"command {command_id} was recorded in parts, at {positions}"
    known = set(facts.answers)
    for stream_id, stream in facts.cases.items():
        for event in stream:
            if event.actor != CLOCK and event.correlation_id not in known:
                yield f"{stream_id} holds {event.type} at {event.position}, which nobody commanded"


def every_step_once_and_in_time(facts: Facts) -> Iterator[Broken]:
    """No step is taken twice, and none before the agenda of its moment holds it."""
    for stream_id, stream in facts.cases.items():
        steps = Counter(step for r in stream if (step := getattr(r.body, "step", None)) is not None)
        for step, times in steps.items():
            if times > 1:
                yield f"{stream_id}: step {step} was taken {times} times"
        yield from _too_early(facts, stream_id, stream)


def _too_early(facts: Facts, stream_id: str, stream: Sequence[Recorded[Event]]) -> Iterator[Broken]:
    ahead = facts.moved.get(stream_id, timedelta(0))
    case = Suggestion()
    for recorded in stream:
        step = getattr(recorded.body, "step", None)
        if step is not None:
            happened, latest = recorded.body.occurred_at, recorded.recorded_at + ahead + SKEW
            assert happened is not None
            if happened > latest:
                yield f"{stream_id}: step {step} of {happened} was taken at {recorded.position}, before its time"
            if step not in {one.key for one in plan(case, happened).due}:
                yield f"{stream_id}: step {step} was taken at {recorded.position} and was not due then"
        case = case.evolve(cast(SuggestionEvent, recorded.body))


def no_step_is_left(facts: Facts) -> Iterator[Broken]:
    """By its own clock no process has a step that is due and was not taken."""
    for stream_id in filter(process_of, facts.streams):
        if facts.outlook(stream_id).due:
            yield f"{stream_id}: at {facts.shown[stream_id]} a step is due and was not taken"


async def every_notice_once(facts: Facts, pool: "asyncpg.Pool[Any]") -> Iterator[Broken]:
    """The notices are those that the rules call for, each once."""
    wanted = {n.notice_id: n for stream in facts.cases.values() for n in notices_of(stream, 0)}
    written = {row["notice_id"]: row for row in await pool.fetch(NOTICES)}
    broken = [f"notice {wanted[one]} was not written" for one in wanted.keys() - written.keys()]
    broken += [f"notice {dict(written[one])} is not called for" for one in written.keys() - wanted.keys()]
    for notice_id in wanted.keys() & written.keys():
        kept = tuple(written[notice_id][name] for name in wanted[notice_id]._fields)
        if kept != tuple(wanted[notice_id]):
            broken.append(f"notice {kept} ought to be {wanted[notice_id]}")
    return iter(broken)


def the_log_is_whole(facts: Facts) -> Iterator[Broken]:
    """Positions from 1 to the head without a gap, and so are the versions of each stream."""
    positions = facts.positions
    if positions != list(range(1, len(positions) + 1)):
        missing = sorted(set(range(1, max(positions) + 1)) - set(positions))
        yield f"the log has {len(positions)} events up to {positions[-1]}; missing or double: {missing[:9]}"
    for stream_id, stream in facts.streams.items():
        versions = [r.version for r in stream]
        if versions != list(range(1, len(versions) + 1)):
            yield f"{stream_id} has the versions {versions}"


async def one_workflow_each(facts: Facts, client: Client) -> Iterator[Broken]:
    """Every open process has one running workflow that waits for what its agenda says, and nothing else runs."""
    running = Counter([found.id async for found in client.list_workflows(RUNNING)])
    broken: list[Broken] = []
    for stream_id in filter(process_of, facts.streams):
        outlook, times = facts.outlook(stream_id), running.pop(stream_id, 0)
        if outlook.waits and times != 1:
            broken.append(f"{stream_id} is open and has {times} running workflows")
        elif not outlook.waits and times:
            broken.append(f"{stream_id} waits for nothing and has {times} running workflows")
        elif outlook.waits and not await waits_for(client, stream_id, (outlook.stage, outlook.next_at)):
            said = await _waiting(client, stream_id)
            broken.append(f"{stream_id} waits for {outlook.next_at} in {outlook.stage}; its workflow: {said}")
    broken += [f"a workflow runs for {stream_id}, which is not in the log" for stream_id in running]
    return iter(broken)


async def _waiting(client: Client, workflow_id: str) -> str:
    described = await client.get_workflow_handle(workflow_id).describe()
    if described.status is not WorkflowExecutionStatus.RUNNING:
        return str(described.status)
    shown: datetime | None = described.execution_time
    return f"begins at {shown}, {described.history_length} events of history, {described.typed_search_attributes}"
