"""Reading as of a moment: one snapshot of the read models, its clock, and the position it was read at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

import asyncpg

from domain.base import Event, Recorded, Refusal
from duban.casefile import AsOf, read_as_of
from projections.base import Connection
from projections.projector import Projector, reached

UP_TO_DATE_WITHIN = 5.0  # seconds that a reader waits for the projections to reach what was just recorded


class BeforeTheLog(Refusal):
    """Nothing was recorded yet at {text}; the log begins on {first}.

    Ask for that moment or a later one.
    """


class NotProjectedYet(Refusal):
    """The read models have reached position {reached} of the log, and {asked} is asked for.

    Try again in a moment; `duban projections status` shows how far each of them is.
    """


class Log(Protocol):
    """What a moment is found in."""

    async def read_stream(
        self, stream_id: str, *, after_version: int = 0, up_to: int | None = None
    ) -> list[Recorded[Event]]: ...

    async def read_all(self, *, after: int = 0, limit: int = 1000) -> list[Recorded[Event]]: ...

    async def head(self) -> int: ...

    async def position_at(self, recorded_until: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A snapshot to put queries to, all of them with the same `as_of` and `now`."""

    connection: Connection
    as_of: int | None  # None: the present
    now: datetime
    position: int  # of the log, that the answers are true at

    def data(self) -> dict[str, Any]:
        """What every answer says about itself."""
        return {"position": self.position, "judged_at": self.now}


async def moment_of(log: Log, text: str | None, now: datetime) -> AsOf:
    """What `--as-of` means for read models: a position is judged by the clock of the last instant it was the head.

    Refuses a moment before the first event, and a position beyond the last.
    """
    moment = await read_as_of(log, text, now)
    if moment.position is None:
        return moment
    if moment.position == 0:
        first = await log.read_all(limit=1)
        raise BeforeTheLog(text=text, first=first[0].recorded_at.isoformat() if first else "?")
    if moment.now != now:
        return moment
    following = await log.read_all(after=moment.position, limit=1)
    return AsOf(moment.position, min(now, following[0].recorded_at)) if following else moment


@asynccontextmanager
async def reading(
    pool: "asyncpg.Pool[Any]", log: Log, projector: Projector, text: str | None, now: datetime
) -> AsyncIterator[Reading]:
    """One snapshot as of a moment, once the projections have reached what was just recorded."""
    moment = await moment_of(log, text, now)
    asked = await log.head() if moment.position is None else moment.position
    await projector.wait_for(asked, UP_TO_DATE_WITHIN)
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        position = await reached(cast(Connection, connection), projector.projections)
        if moment.position is not None and moment.position > position:
            raise NotProjectedYet(reached=position, asked=moment.position)
        yield Reading(cast(Connection, connection), moment.position, moment.now, moment.position or position)
