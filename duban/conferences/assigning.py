"""The assignment of a conference's cases: a portion at a time, each case once whatever is interrupted."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Final, Protocol, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.base import Event, Recorded, Refusal
from domain.conference import AssignmentConference, ConferenceStatus
from domain.conference_acts import (
    ConferenceEvent,
    ConferenceStarted,
    Fact,
    NoSuchConference,
    Proposal,
    RefusedCase,
    SettleCases,
)
from domain.law import Law
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import fold
from duban.commands import ATTEMPTS, Actor, TooMuchContention, case_stream, new_events
from duban.conferences.sheet import assigned
from duban.event_log.log import Append, Appended, Conflict, StreamWrite, VersionConflict

ASSIGNMENT: Final = uuid5(NAMESPACE_URL, "duban:conference")


class Log(Protocol):
    """What the assignment asks of the event log."""

    async def append(self, append: Append) -> Appended: ...

    async def append_many(self, appends: Sequence[Append]) -> Sequence[Appended | Conflict]: ...

    async def read_stream(self, stream_id: str, *, after_version: int = 0) -> list[Recorded[Event]]: ...

    async def read_streams(self, stream_ids: Sequence[str]) -> dict[str, list[Recorded[Event]]]: ...


@dataclass(frozen=True, slots=True)
class _Start:
    """Who had the cases assigned, as of when, and by which event."""

    actor: str
    at: datetime
    event_id: UUID


class Assigning:
    """One conference while it is assigned; of its stream only what is new is read before each portion."""

    def __init__(self, log: Log, law: Law, now: Callable[[], datetime], stream_id: str) -> None:
        self._log = log
        self._law = law
        self._now = now
        self._stream_id = stream_id
        self._conference = AssignmentConference()
        self._start: _Start | None = None
        self.position = 0  # of the last event that it recorded

    async def portion(self) -> AssignmentConference:
        """Assign the next cases of a running conference, and record what became of each.

        Whatever is interrupted is taken up again: a case knows the command that assigned it.
        Refuses with `NoSuchConference`.
        """
        conference = await self._catch_up()
        portion = conference.next_portion()
        if portion is None or conference.status is not ConferenceStatus.RUNNING:
            return conference
        number, proposals = portion
        assert self._start is not None  # it runs
        done, refused = await self._settle(conference, proposals, self._start)
        settled = SettleCases(portion=number, assigned=done, refused=refused, at=self._now())
        return await self._record(settled, Actor.of(self._start.actor))

    async def _catch_up(self) -> AssignmentConference:
        known = self._conference.version
        for recorded in await self._log.read_stream(self._stream_id, after_version=known):
            event = cast(ConferenceEvent, recorded.body)
            if isinstance(event, ConferenceStarted):
                assert event.occurred_at is not None
                self._start = _Start(recorded.actor, event.occurred_at, recorded.event_id)
            self._conference = self._conference.evolve(event)
        if not self._conference.version:
            raise NoSuchConference(conference=self._stream_id.partition("/")[2])
        return self._conference

    async def _record(self, settled: SettleCases, by: Actor) -> AssignmentConference:
        for _ in range(ATTEMPTS):
            conference = self._conference
            if not (events := conference.decide(settled)):
                return conference
            write = StreamWrite(self._stream_id, conference.version, new_events(by.command_id, events))
            append = Append(conference.congress, by.name, by.command_id, by.causation_id, (write,))
            try:
                appended = await self._log.append(append)
            except VersionConflict:
                await self._catch_up()
                continue
            self.position = appended.positions[-1]
            self._conference = reduce(AssignmentConference.evolve, events, conference)
            return self._conference
        raise TooMuchContention(stream=self._stream_id, attempts=ATTEMPTS)

    async def _settle(
        self, conference: AssignmentConference, proposals: Iterable[Proposal], start: _Start
    ) -> tuple[tuple[str, ...], tuple[RefusedCase, ...]]:
        """Which cases are assigned now, by this call or by one before it, and which are refused."""
        done: list[str] = []
        refused: list[RefusedCase] = []
        rest = {case_stream(conference.congress, p.case_id): p for p in proposals}
        for _ in range(ATTEMPTS):
            appends: dict[str, Append] = {}
            for stream_id, recorded in (await self._log.read_streams(list(rest))).items():
                proposal = rest[stream_id]
                command_id = uuid5(ASSIGNMENT, f"{conference.stream_id}#{proposal.case_id}")
                if any(r.correlation_id == command_id for r in recorded):
                    done.append(proposal.case_id)
                    continue
                try:
                    events = self._assigned(recorded, proposal, start.at)
                except Refusal as refusal:
                    refused.append(_refused(proposal, refusal))
                    continue
                write = StreamWrite(stream_id, len(recorded), new_events(command_id, events))
                appends[stream_id] = Append(
                    congress=conference.congress,
                    actor=start.actor,
                    correlation_id=command_id,
                    causation_id=start.event_id,
                    writes=(write,),
                )
            lost = await self._append(appends)
            done += [rest[stream_id].case_id for stream_id in appends.keys() - lost]
            if not lost:
                return tuple(done), tuple(refused)
            rest = {stream_id: rest[stream_id] for stream_id in lost}
        raise TooMuchContention(stream=next(iter(rest)), attempts=ATTEMPTS)

    def _assigned(
        self, recorded: Iterable[Recorded[Event]], proposal: Proposal, at: datetime
    ) -> list[SuggestionEvent]:
        case = fold(cast(SuggestionEvent, r.body) for r in recorded)
        return assigned(case, proposal, at, self._law)

    async def _append(self, appends: dict[str, Append]) -> set[str]:
        """All in one commit; returns the streams that somebody else changed meanwhile."""
        if not appends:
            return set()
        outcomes = await self._log.append_many(list(appends.values()))
        return {
            stream_id
            for stream_id, outcome in zip(appends, outcomes, strict=True)
            if isinstance(outcome, Conflict)
        }


def _refused(proposal: Proposal, refusal: Refusal) -> RefusedCase:
    return RefusedCase(
        ref=proposal.ref,
        case_id=proposal.case_id,
        refusal=type(refusal).__name__,
        reason=str(refusal),
        facts=tuple(Fact(name=name, value=str(value)) for name, value in refusal.facts.items()),
    )
