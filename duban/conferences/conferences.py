"""Assignment conferences on the log: people's commands, and the assignment itself, a portion of cases at a time."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.base import Event, Recorded, Refusal
from domain.conference import AssignmentConference, ConferenceStatus, conference_stream, fold_conference
from domain.conference_acts import (
    ConferenceCommand,
    ConferenceEvent,
    ConferenceStarted,
    Fact,
    NoSuchConference,
    PrepareConference,
    Proposal,
    RefusedCase,
    SettleCases,
)
from domain.law import Law
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import fold
from duban.commands import (
    ATTEMPTS,
    CLOCK_SKEW,
    Actor,
    NotYetHappened,
    TooMuchContention,
    case_stream,
    new_events,
)
from duban.conferences.sheet import assigned
from duban.event_log.log import Append, Appended, Conflict, StreamWrite, VersionConflict

ASSIGNMENT = uuid5(NAMESPACE_URL, "duban:conference")
DIGEST_SHOWN = 8  # characters of the sheet's digest in a conference's id


class Log(Protocol):
    """What conferences ask of the event log."""

    async def append(self, append: Append) -> Appended: ...

    async def append_many(self, appends: Sequence[Append]) -> Sequence[Appended | Conflict]: ...

    async def read_stream(self, stream_id: str) -> list[Recorded[Event]]: ...

    async def read_streams(self, stream_ids: Sequence[str]) -> dict[str, list[Recorded[Event]]]: ...


@dataclass(frozen=True, slots=True)
class _Start:
    """Who had the cases assigned, as of when, and by which event."""

    actor: str
    at: datetime
    event_id: UUID


class Conferences:
    """A conference is named `congress/id`; its id holds the session and the digest of its sheet."""

    def __init__(self, log: Log, law: Law, now: Callable[[], datetime]) -> None:
        self._log = log
        self._law = law
        self._now = now

    async def conference(self, name: str) -> AssignmentConference:
        """Refuses with `NoSuchConference`."""
        return _fold(await self._recorded(name))

    async def as_logged(self, name: str) -> tuple[AssignmentConference, int]:
        """The conference, and the position of its last event."""
        recorded = await self._recorded(name)
        return _fold(recorded), recorded[-1].position

    async def prepare(self, command: PrepareConference, by: Actor) -> AssignmentConference:
        """Record a sheet that was found good; the same sheet again changes nothing."""
        return await self._decide(conference_stream(command.congress, command.conference_id), command, by)

    async def handle(self, name: str, command: ConferenceCommand, by: Actor) -> AssignmentConference:
        if command.at > self._now() + CLOCK_SKEW:
            raise NotYetHappened(at=command.at.isoformat(timespec="minutes"))
        await self._recorded(name)
        return await self._decide(f"conference/{name}", command, by)

    async def assign_portion(self, name: str) -> AssignmentConference:
        """Assign the next cases of a running conference, and record what became of each.

        Whatever is interrupted is taken up again: a case knows the command that assigned it.
        """
        recorded = await self._recorded(name)
        conference = _fold(recorded)
        portion = conference.next_portion()
        if portion is None or conference.status is not ConferenceStatus.RUNNING:
            return conference
        number, proposals = portion
        start = _start_of(recorded)
        done, refused = await self._settle(conference, proposals, start)
        command = SettleCases(portion=number, assigned=done, refused=refused, at=self._now())
        return await self._decide(f"conference/{name}", command, Actor.of(start.actor))

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

    async def _decide(self, stream_id: str, command: ConferenceCommand, by: Actor) -> AssignmentConference:
        for _ in range(ATTEMPTS):
            recorded = await self._log.read_stream(stream_id)
            conference = _fold(recorded)
            if any(r.correlation_id == by.command_id for r in recorded):
                return conference
            events = conference.decide(command)
            if not events:
                return conference
            append = Append(
                congress=stream_id.split("/")[1],
                actor=by.name,
                correlation_id=by.command_id,
                causation_id=by.causation_id,
                writes=(StreamWrite(stream_id, conference.version, new_events(by.command_id, events)),),
            )
            try:
                await self._log.append(append)
            except VersionConflict:
                continue
            for event in events:
                conference = conference.evolve(event)
            return conference
        raise TooMuchContention(stream=stream_id, attempts=ATTEMPTS)

    async def _recorded(self, name: str) -> list[Recorded[Event]]:
        recorded = await self._log.read_stream(f"conference/{name}") if _is_name(name) else []
        if not recorded:
            raise NoSuchConference(conference=name[:80])
        return recorded


def conference_id_of(term: int, session: int, proposals: Iterable[Proposal]) -> tuple[str, str]:
    """The id of the conference that assigns so, and the digest of what is proposed."""
    lines = [proposal.model_dump(mode="json", exclude={"row"}) for proposal in proposals]
    digest = hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()
    return f"{term}-{session}-{digest[:DIGEST_SHOWN]}", digest


def _is_name(name: str) -> bool:
    return name.count("/") == 1 and len(name) < 150 and name.isprintable()


def _fold(recorded: Iterable[Recorded[Event]]) -> AssignmentConference:
    return fold_conference(cast(ConferenceEvent, r.body) for r in recorded)


def _start_of(recorded: Iterable[Recorded[Event]]) -> _Start:
    started = next(r for r in recorded if isinstance(r.body, ConferenceStarted))
    assert started.body.occurred_at is not None
    return _Start(actor=started.actor, at=started.body.occurred_at, event_id=started.event_id)


def _refused(proposal: Proposal, refusal: Refusal) -> RefusedCase:
    return RefusedCase(
        ref=proposal.ref,
        case_id=proposal.case_id,
        refusal=type(refusal).__name__,
        reason=str(refusal),
        facts=tuple(Fact(name=name, value=str(value)) for name, value in refusal.facts.items()),
    )
