"""What a conference would do, before it is started: loads per unit, units left out, cases left out, twins."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, cast

import asyncpg

from domain.base import Event, Recorded
from domain.conference import AssignmentConference
from domain.congress import Congress
from domain.references import ReferenceClaimed
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import Suggestion, fold
from domain.vocabulary import Role

PAGE = 500  # streams read at a time
CONFERENCES = """
    select stream_id from event_log
    where event_type = 'conference.prepared' and ($1::text is null or congress = $1) order by position
"""
REFERENCES = """
    select stream_id from event_log
    where stream_id > $1 and starts_with(stream_id, $2) and version = 1 order by stream_id limit $3
"""


class Log(Protocol):
    """What a preview asks of the event log."""

    async def read_streams(self, stream_ids: list[str]) -> dict[str, list[Recorded[Event]]]: ...


@dataclass(frozen=True, slots=True)
class Load:
    """How many cases a unit is to get, by role."""

    unit: str
    by_role: dict[Role, int]

    @property
    def total(self) -> int:
        return sum(self.by_role.values())


@dataclass(frozen=True, slots=True)
class Preview:
    """Loads, heaviest first; who and what the sheet leaves out; cases of one title, which may be one matter."""

    loads: tuple[Load, ...]
    units_without_a_case: tuple[str, ...]
    not_on_the_sheet: tuple[str, ...]  # cases of the session that wait for assignment
    same_title: tuple[tuple[str, ...], ...]


async def preview(
    log: Log, pool: "asyncpg.Pool[Any]", conference: AssignmentConference, congress: Congress
) -> Preview:
    cases = [case async for case in _cases_of_the_session(log, pool, conference)]
    proposed = {proposal.case_id for proposal in conference.proposals}
    waiting = [c.ref for c in cases if c.case_id not in proposed and c.registered and _unassigned(c)]
    titles: defaultdict[str, list[str]] = defaultdict(list)
    for case in cases:
        if case.case_id in proposed and case.title:
            titles[case.title].append(case.ref)
    loads = _loads(conference)
    loaded = {load.unit for load in loads}
    return Preview(
        loads=loads,
        units_without_a_case=tuple(unit for unit in congress.units if unit not in loaded),
        not_on_the_sheet=tuple(waiting),
        same_title=tuple(tuple(refs) for refs in titles.values() if len(refs) > 1),
    )


async def names(pool: "asyncpg.Pool[Any]", congress: str | None = None) -> list[str]:
    """The conferences there are, oldest first."""
    rows = await pool.fetch(CONFERENCES, congress)
    return [row["stream_id"].partition("/")[2] for row in rows]


def _loads(conference: AssignmentConference) -> tuple[Load, ...]:
    counted: defaultdict[str, Counter[Role]] = defaultdict(Counter)
    for proposal in conference.proposals:
        for part in proposal.parts:
            counted[part.unit][part.role] += 1
    loads = (Load(unit=unit, by_role=dict(roles)) for unit, roles in counted.items())
    return tuple(sorted(loads, key=lambda load: (-load.total, load.unit)))


def _unassigned(case: Suggestion) -> bool:
    return case.assigned_to is None and not case.closed


async def _cases_of_the_session(log: Log, pool: "asyncpg.Pool[Any]", conference: AssignmentConference) -> Any:
    prefix = f"ref/{conference.congress}/{conference.term}-{conference.session}/"
    last, seen = prefix, set[str]()
    while rows := await pool.fetch(REFERENCES, last, prefix, PAGE):
        claims = await log.read_streams([row["stream_id"] for row in rows])
        # a case may have borne several references
        ids = [case_id for case_id in _case_ids(claims.values()) if case_id not in seen]
        seen.update(ids)
        streams = await log.read_streams([f"case/{conference.congress}/{case_id}" for case_id in ids])
        for recorded in streams.values():
            yield fold(cast(SuggestionEvent, r.body) for r in recorded)
        last = rows[-1]["stream_id"]


def _case_ids(claims: Iterable[list[Recorded[Event]]]) -> list[str]:
    claimed = (cast(ReferenceClaimed, recorded[0].body).case_id for recorded in claims if recorded)
    return list(dict.fromkeys(claimed))
