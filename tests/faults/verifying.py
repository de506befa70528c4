"""Invariants that the engine can check itself, over everything: the projections' check and rebuild, and the audit."""

from collections.abc import Iterator
from random import Random
from typing import Any, cast

from duban.bootstrap import Services
from duban.event_log.verify import verify
from projections.base import Connection
from projections.checkpoints import standings
from projections.rebuild.checking import check
from projections.rebuild.rebuild import rebuild
from projections.registry import PROJECTIONS
from tests.faults.invariants import Broken
from tests.projections.test_projector import all_rows

EVERYTHING = 100_000  # streams drawn by chance: of a season's few thousand none is left out


async def projections_equal_a_fold(dsn: str, ready: Services) -> Iterator[Broken]:
    """What serves stands at the head, is what the log gives, and a rebuild puts the same rows in its place."""
    head = await ready.log.head()
    async with ready.pool.acquire() as held:
        connection = cast(Connection, held)
        standing = await standings(connection, head)
        if behind := [one for one in standing if (one.position, one.status) != (head, "running")]:
            return iter(
                f"{o.projection} stands at {o.position} of {head}: {o.status} {o.cause}" for o in behind
            )
        checked = await check(connection, ready.log, PROJECTIONS, Random(head), EVERYTHING)
    broken = [f"{found.projection} differs from the log: {found}" for found in checked.differences]
    live = await all_rows(ready.pool)
    rebuilt = await rebuild(dsn, ready.log, PROJECTIONS, workers=1, progress=_unseen)
    broken += [f"the rebuild differs in {found.projection}: {found}" for found in rebuilt.differences]
    for table, rows in (await all_rows(ready.pool)).items():
        broken += _changed(table, live[table], rows)
    return iter(broken)


def _changed(table: str, live: list[tuple[Any, ...]], rebuilt: list[tuple[Any, ...]]) -> Iterator[Broken]:
    if live != rebuilt:
        lost = [row for row in live if row not in rebuilt]
        new = [row for row in rebuilt if row not in live]
        yield f"{table}: the rebuild lost {len(lost)} rows and made {len(new)}, such as {(lost + new)[:1]}"


async def audit_verifies(dsn: str) -> Iterator[Broken]:
    """Every hash and the chain hold."""
    report = await verify(dsn, processes=1)
    return iter([] if report.difference is None else [f"the audit found at {report.difference}"])


def _unseen(stage: str, done: int, total: int) -> None:
    """Nobody watches."""
