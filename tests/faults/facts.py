"""The facts after a run: the log as it stands, what people know of their orders, and what each clock shows."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.base import Event, Recorded
from duban.bootstrap import Services, now
from duban.processes import Outlook, outlook_of, process_of
from tests.faults.moving import Clocks
from tests.faults.people import Answer, People

STREAMS = "select stream_id from event_log where version = 1 order by stream_id"
AT_ONCE = 20  # questions to Temporal


@dataclass(frozen=True, slots=True)
class Facts:
    """What the invariants are checked on."""

    streams: Mapping[str, list[Recorded[Event]]]
    answers: Mapping[UUID, Answer]
    shown: Mapping[str, datetime]  # by each process's clock, what time it is
    moved: Mapping[str, timedelta]  # at most so far each clock was moved
    read_at: datetime

    @property
    def cases(self) -> dict[str, list[Recorded[Event]]]:
        return {name: stream for name, stream in self.streams.items() if name.startswith("case/")}

    @property
    def positions(self) -> list[int]:
        return sorted(r.position for stream in self.streams.values() for r in stream)

    def outlook(self, stream_id: str) -> Outlook:
        """What the process waits for, by its own clock."""
        return outlook_of(stream_id, self.streams[stream_id], self.shown[stream_id])


async def gathered(ready: Services, people: People, clocks: Clocks) -> Facts:
    """The log, and the clock of every process."""
    names: Sequence[str] = [row["stream_id"] for row in await ready.pool.fetch(STREAMS)]
    streams = await ready.log.read_streams(names)
    gate = asyncio.Semaphore(AT_ONCE)

    async def show(name: str) -> datetime:
        if name not in clocks.moved:
            return now()
        async with gate:
            return await clocks.show(name)

    processes = [name for name in names if process_of(name) is not None]
    shown = await asyncio.gather(*map(show, processes))
    return Facts(
        streams=streams,
        answers=dict(people.answers),
        shown=dict(zip(processes, shown, strict=True)),
        moved=dict(clocks.moved),
        read_at=now(),
    )
