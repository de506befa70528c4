"""What every benchmark shares: a private PostgreSQL, rounds in turn, medians with their spread."""

import argparse
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from os import getloadavg
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import asyncpg

from duban.migrations import migrate
from duban.runtime import loop
from duban.runtime.postgres import EmbeddedPostgres

ROUNDS = 5  # of each contender, in turn, so that a disturbance of the machine meets all of them
QUICK_ROUNDS = 2
PORTION = 0.1  # of the usual amount of work in a quick run


@dataclass(frozen=True, slots=True)
class Sample:
    """Results of the rounds: events or commands per second, unless the row's unit says otherwise."""

    values: list[float]

    @property
    def median(self) -> float:
        return median(self.values)

    def __str__(self) -> str:
        return f"{self.median:,.0f} ({min(self.values):,.0f} to {max(self.values):,.0f})"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: ours, the peers, and the goal as a ratio to one of them or as a limit."""

    name: str
    unit: str
    ours: Sample
    peers: dict[str, Sample] = field(default_factory=dict)
    goals: list[tuple[str, float, bool]] = field(default_factory=list)  # text, measured, met
    load: float = 0.0  # processes that wanted a core at the end of it, the bench's own included


@dataclass(frozen=True, slots=True)
class Bench:
    dsn: str
    quick: bool
    long: bool = False

    @property
    def rounds(self) -> int:
        return QUICK_ROUNDS if self.quick else ROUNDS

    def amount(self, usual: int) -> int:
        return max(int(usual * PORTION), 1) if self.quick else usual


Contender = Callable[[], Awaitable[float]]


async def in_turn(rounds: int, contenders: Mapping[str, Contender]) -> dict[str, Sample]:
    """Each contender once per round; the first, unmeasured round warms caches and plans."""
    values: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, contender in contenders.items():
            value = await contender()
            if number:
                values[name].append(value)
    return {name: Sample(results) for name, results in values.items()}


def at_least(sample: Sample, factor: float, peer: Sample, name: str) -> tuple[str, float, bool]:
    """The ratio is the median of the rounds': what ran one after the other met the same disturbance."""
    ratio = median(ours / theirs for ours, theirs in zip(sample.values, peer.values, strict=True))
    return f"at least {factor:g} x {name}", ratio, ratio >= factor


async def rate(count: int, work: Awaitable[object]) -> float:
    start = perf_counter()
    await work
    return count / (perf_counter() - start)


@asynccontextmanager
async def private_postgres() -> AsyncIterator[str]:
    """A migrated database on a server of its own, with the durability of a real one."""
    with TemporaryDirectory(prefix="duban-bench-") as home:
        server = EmbeddedPostgres(Path(home))
        dsn = await server.start()
        try:
            connection = await asyncpg.connect(dsn)
            await migrate(connection)
            await connection.close()
            yield dsn
        finally:
            await server.stop()


def main(measure: Callable[[Bench], Awaitable[list[Row]]]) -> None:
    """Runs one benchmark: prints its rows, or with --json one line for benchmarks.run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, two rounds")
    parser.add_argument(
        "--long", action="store_true", help="what takes most of an hour besides, where there is such"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    async def measured() -> list[Row]:
        async with private_postgres() as dsn:
            return await measure(Bench(dsn, options.quick, options.long))

    rows = [replace(row, load=round(getloadavg()[0], 1)) for row in loop.run(measured())]
    if options.json:
        sys.stdout.write(json.dumps([asdict(row) for row in rows]) + "\n")
        return
    for row in rows:
        print(table_line(row))


def table_line(row: Row) -> str:
    peers = "; ".join(f"{name} {sample}" for name, sample in row.peers.items())
    goals = "; ".join(f"{text}: {value:.2f} {'met' if met else 'MISSED'}" for text, value, met in row.goals)
    return f"| {row.name} | {row.unit} | {row.ours} | {peers} | {goals} | {row.load:g} |"
