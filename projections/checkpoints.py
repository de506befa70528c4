"""Checkpoints: how far each projection is in the log, and whether it runs, was paused, or was stopped and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.base import Refusal
from projections.base import Connection, Projection
from projections.registry import PROJECTIONS

ENSURE = """
    insert into projection_checkpoint (projection, version, position)
    select name, version, 0 from unnest($1::text[], $2::integer[]) as p(name, version) on conflict do nothing
"""
ASKED = "(projection, version) in (select * from unnest($1::text[], $2::integer[]))"
RUNNING = f"select projection, position from projection_checkpoint where status = 'running' and {ASKED}"
REACHED = f"select min(position) from projection_checkpoint where status = 'running' and {ASKED}"
# Moves only from where the batch began, so two projectors can never both count it; and it is the first
# statement of the transaction, so that whoever replaces a table waits for it, or it for them.
MOVE = f"""
    update projection_checkpoint set position = $3, moved_at = now()
    where {ASKED} and position = $4 and status = 'running'
"""
STOP = f"""
    update projection_checkpoint set status = 'stopped', stopped_position = $3, cause = $4, stopped_at = now()
    where {ASKED}
"""
SET = """
    update projection_checkpoint set status = $3, stopped_position = null, cause = null,
        stopped_at = case when $3 = 'running' then null else now() end
    where projection = $1 and version = $2 and status = any($4)
"""
STATUS = f"""
    select projection, version, position, status, stopped_position, cause, stopped_at, moved_at
    from projection_checkpoint where {ASKED}
"""


class NoSuchProjection(Refusal):
    """There is no projection “{name}”.

    There are: {known}.
    """


class NotPausable(Refusal):
    """The projection {name} is {status}, so there is nothing to {what}.

    `duban projections status` shows where each of them stands.
    """


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a projection stands; `stopped_position` is the event that it could not take."""

    projection: str
    version: int
    position: int
    lag: int  # events of the log that it has not taken yet
    status: str
    stopped_position: int | None
    cause: str | None
    since: datetime | None  # stopped or paused
    moved_at: datetime | None


def named(names: Sequence[str], projections: Sequence[Projection] = PROJECTIONS) -> list[Projection]:
    """The projections with these names; all of them for none. Refuses a name that there is not."""
    known = {p.name: p for p in projections}
    for name in names:
        if name not in known:
            raise NoSuchProjection(name=name[:60], known=", ".join(known))
    return [known[name] for name in names] if names else list(projections)


def identities(projections: Sequence[Projection]) -> tuple[list[str], list[int]]:
    return [p.name for p in projections], [p.version for p in projections]


async def standings(
    connection: Connection, head: int, projections: Sequence[Projection] = PROJECTIONS
) -> list[Standing]:
    """Every projection of this program, in its own order; one that never ran stands at 0."""
    rows = {r["projection"]: r for r in await connection.fetch(STATUS, *identities(projections))}
    return [_standing(p, rows.get(p.name), head) for p in projections]


async def reached(connection: Connection, projections: Sequence[Projection] = PROJECTIONS) -> int:
    """The position that every running projection has reached."""
    position: int | None = await connection.fetchval(REACHED, *identities(projections))
    return position or 0


async def pause(connection: Connection, projection: Projection) -> None:
    await _set(connection, projection, "paused", ("running",), "pause")


async def resume(connection: Connection, projection: Projection) -> None:
    await _set(connection, projection, "running", ("paused",), "resume")


async def retry(connection: Connection, projection: Projection) -> None:
    """Let a projection try again the event that stopped it."""
    await _set(connection, projection, "running", ("stopped",), "retry")


async def _set(
    connection: Connection, projection: Projection, status: str, only: tuple[str, ...], what: str
) -> None:
    await connection.execute(ENSURE, *identities([projection]))
    changed = await connection.execute(SET, projection.name, projection.version, status, list(only))
    if changed != "UPDATE 1":
        (standing,) = await standings(connection, 0, [projection])
        raise NotPausable(name=projection.name, status=standing.status, what=what)


def _standing(projection: Projection, row: Any, head: int) -> Standing:
    position = row["position"] if row else 0
    return Standing(
        projection=projection.name,
        version=projection.version,
        position=position,
        lag=max(0, head - position),
        status=row["status"] if row else "running",
        stopped_position=row["stopped_position"] if row else None,
        cause=row["cause"] if row else None,
        since=row["stopped_at"] if row else None,
        moved_at=row["moved_at"] if row else None,
    )
