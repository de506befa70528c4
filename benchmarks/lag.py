"""From an accepted command to its visible row: commands at a fixed rate, and `duban projector` beside them.

Every command is issued at the time planned for it and not when the one before it was answered, so a pause of the
log or of the projector counts for each of the commands that it kept waiting, not for one.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import quantiles
from time import perf_counter
from uuid import uuid4

from benchmarks.engine import DUBAN
from benchmarks.harness import Bench, Row, Sample, main
from domain.congress import AddUnits
from domain.suggestion.assignment import Assign, SubAssign
from domain.suggestion.intake import Submit
from domain.suggestion.objections import SignFor
from domain.suggestion.replies import Answer
from domain.suggestion.suggestion import SuggestionCommand
from domain.vocabulary import Level, Role
from duban.bootstrap import Services, now, prepare, services
from duban.commands import Actor
from projections.checkpoints import ENSURE, REACHED, identities
from projections.registry import PROJECTIONS

RATE = 200  # commands per second
LASTS = 60  # seconds
WARM = 5  # seconds that are not counted: plans and caches
GOAL = 150  # milliseconds, p99
TOGETHER = 2 * RATE  # cases whose lives go on step by step: a case has its next command two seconds later
LOOK_EVERY = 0.002  # seconds between looks at what is visible
WITHIN = 30.0  # seconds for the projector to begin, and to end
CONNECTIONS = 8
UNIT = "农业农村部"
ROWS = "select count(distinct case_id) from p_case_board_v2 where to_position is null"


@dataclass
class Lags:
    """When each position was planned, accepted and seen."""

    accepted: dict[int, tuple[float, float]] = field(default_factory=dict)  # position -> planned, accepted
    since_accepted: list[float] = field(default_factory=list)  # milliseconds
    since_planned: list[float] = field(default_factory=list)
    visible: int = 0

    def see(self, position: int, at: float) -> None:
        """Everything up to a position is visible."""
        self.visible = position
        for number in [n for n in self.accepted if n <= position]:
            planned, accepted = self.accepted.pop(number)
            self.since_accepted.append(max(0.0, at - accepted) * 1000)
            self.since_planned.append((at - planned) * 1000)


async def measure(bench: Bench) -> list[Row]:
    await prepare(bench.dsn)
    seconds = bench.amount(LASTS) + WARM
    async with services(bench.dsn, connections=CONNECTIONS) as ready, _projector(bench.dsn):
        await ready.pool.execute(ENSURE, *identities(PROJECTIONS))
        await ready.commands.add_units("npc", AddUnits(units=(UNIT,), at=now()), _by())
        await _visible(ready, await ready.log.head())
        lags, cases = await _season(ready, seconds * RATE)
        await _visible(ready, await ready.log.head())
        assert await ready.pool.fetchval(ROWS) == cases
    return [
        _row("accepted command to visible row", lags.since_accepted, GOAL),
        _row("the same from the time planned for the command", lags.since_planned, None),
    ]


async def _season(ready: Services, commands: int) -> tuple[Lags, int]:
    lags, cases = Lags(), 0
    async with _looking(ready, lags), asyncio.TaskGroup() as group:
        start = perf_counter()
        for number, (ref, command) in zip(range(commands), _lives(), strict=False):
            planned = start + number / RATE
            await asyncio.sleep(max(0.0, planned - perf_counter()))
            counted = number >= WARM * RATE
            group.create_task(_issue(ready, lags, ref, command, planned if counted else None))
            cases += isinstance(command, Submit)
    return lags, cases


async def _issue(
    ready: Services, lags: Lags, ref: str, command: Submit | SuggestionCommand, planned: float | None
) -> None:
    command = command.model_copy(update={"at": now() - timedelta(seconds=1)})
    if isinstance(command, Submit):
        done = await ready.commands.submit(command, _by())
    else:
        done = await ready.commands.handle(ref, _by(), command)
    if planned is not None:
        lags.accepted[done.positions[-1]] = (planned, perf_counter())


@asynccontextmanager
async def _looking(ready: Services, lags: Lags) -> AsyncIterator[None]:
    """Look all the while, and until everything that was accepted is visible."""
    looking = asyncio.create_task(_look(ready, lags))
    try:
        yield
        while lags.accepted:  # noqa: ASYNC110 the projector is elsewhere
            await asyncio.sleep(LOOK_EVERY)
    finally:
        looking.cancel()


async def _look(ready: Services, lags: Lags) -> None:
    """Note what is visible: every read model's rows and its checkpoint are one transaction."""
    names = identities(PROJECTIONS)
    async with ready.pool.acquire() as connection:
        while True:
            position = await connection.fetchval(REACHED, *names)
            lags.see(position, perf_counter())
            await asyncio.sleep(LOOK_EVERY)


def _lives() -> Iterator[tuple[str, SuggestionCommand]]:
    """The lives of cases, step by step, so many of them side by side."""
    at = now()
    first = 0
    while True:
        numbers = [f"{first + n:06}" for n in range(TOGETHER)]
        for number in numbers:
            yield f"npc/14-4/{number}", Submit(
                congress="npc", case_id=str(uuid4()), level=Level.NATIONAL, place="全国", term=14, session=4,
                number=number, title=f"关于第{number}号事项的建议", lead_deputy="黄代表", at=at,
            )  # fmt: skip
        for command in (
            Assign(to="国务院", at=at),
            SubAssign(unit=UNIT, role=Role.LEAD, at=at),
            SignFor(unit=UNIT, at=at),
            Answer(unit=UNIT, category="A", served_on="黄代表", at=at),
        ):
            yield from ((f"npc/14-4/{number}", command) for number in numbers)
        first += TOGETHER


@asynccontextmanager
async def _projector(dsn: str) -> AsyncIterator[None]:
    """The read side as it runs in production: a process of its own."""
    process = await asyncio.create_subprocess_exec(
        DUBAN, "projector", env=os.environ | {"DUBAN_POSTGRES_DSN": dsn}
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


def _by() -> Actor:
    return Actor.of("bench")


async def _visible(ready: Services, position: int) -> None:
    assert await ready.projector.wait_for(position, WITHIN)


def _row(name: str, milliseconds: list[float], goal: float | None) -> Row:
    cuts = quantiles(milliseconds, n=100)
    p50, p99 = cuts[49], cuts[98]
    goals = [(f"p99 at most {goal:g} ms", p99, p99 <= goal)] if goal is not None else []
    peers = {"p50": Sample([p50]), "worst": Sample([max(milliseconds)])}
    return Row(f"{name}, p99 at {RATE} commands/s", "ms", Sample([p99]), peers, goals)


if __name__ == "__main__":
    main(measure)
