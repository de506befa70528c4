"""The list of conferences: each with where it stands, without folding the thousands of cases of those that are over."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, cast

from domain.base import Event, Recorded
from domain.conference import ConferenceStatus, fold_conference
from domain.conference_acts import ConferenceEvent

# The last event that says where each stands; what it assigned meanwhile is folded only while it is under way.
_LISTED: Final = """
    with prepared as (
        select stream_id, congress, payload, recorded_at, position from event_log
        where event_type = 'conference.prepared' and ($1::text is null or congress = $1)
            and ($2::bigint is null or position < $2)
        order by position desc limit $3)
    select p.stream_id, p.congress, p.payload as prepared, p.recorded_at, p.position, last.event_type, last.payload,
        (select min(s.recorded_at) from event_log s
            where s.stream_id = p.stream_id and s.event_type = 'conference.started') as started_at
    from prepared p left join lateral (
        select l.event_type, l.payload from event_log l
        where l.stream_id = p.stream_id and l.event_type in ('conference.started', 'conference.paused',
            'conference.resumed', 'conference.retried', 'conference.finished')
        order by l.version desc limit 1) last on true
    order by p.position desc
"""
_STATUS: Final = {
    None: ConferenceStatus.PREPARED,
    "conference.paused": ConferenceStatus.PAUSED,
    "conference.finished": ConferenceStatus.FINISHED,
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A conference in a list; its position is where the log has it prepared."""

    position: int
    name: str
    congress: str
    term: int
    session: int
    sheet: str
    status: ConferenceStatus
    cases: int
    assigned: int
    refused: int
    prepared_at: datetime
    started_at: datetime | None

    @property
    def pending(self) -> int:
        return self.cases - self.assigned - self.refused


class Log(Protocol):
    """Where a conference that is under way is read."""

    async def read_stream(self, stream_id: str) -> list[Recorded[Event]]: ...


class Pool(Protocol):
    """Where the log is listed."""

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]: ...


async def conferences(
    pool: Pool, log: Log, congress: str | None, *, before: int | None, limit: int
) -> list[Listed]:
    """The conferences of one congress or of all, the newest first; of those prepared before a position."""
    return [await _listed(row, log) for row in await pool.fetch(_LISTED, congress, before, limit)]


async def _listed(row: Any, log: Log) -> Listed:
    prepared, status = json.loads(row["prepared"]), _STATUS.get(row["event_type"], ConferenceStatus.RUNNING)
    assigned, refused = await _settled(row, status, log)
    return Listed(
        position=row["position"],
        name=f"{row['congress']}/{prepared['conference_id']}",
        congress=row["congress"],
        term=prepared["term"],
        session=prepared["session"],
        sheet=prepared["sheet"],
        status=status,
        cases=prepared["cases"],
        assigned=assigned,
        refused=refused,
        prepared_at=row["recorded_at"],
        started_at=row["started_at"],
    )


async def _settled(row: Any, status: ConferenceStatus, log: Log) -> tuple[int, int]:
    if status is ConferenceStatus.PREPARED:
        return 0, 0
    if status is ConferenceStatus.FINISHED:
        finished = json.loads(row["payload"])
        return finished["assigned"], finished["refused"]
    recorded = await log.read_stream(row["stream_id"])
    conference = fold_conference(cast(ConferenceEvent, r.body) for r in recorded)
    return len(conference.assigned), len(conference.refused)
