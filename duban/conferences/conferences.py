"""Assignment conferences on the log: people's commands."""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import cast

from domain.base import Event, Recorded
from domain.conference import AssignmentConference, conference_stream, fold_conference
from domain.conference_acts import (
    ConferenceCommand,
    ConferenceEvent,
    NoSuchConference,
    PrepareConference,
    Proposal,
)
from domain.law import Law
from duban.commands import (
    ATTEMPTS,
    CLOCK_SKEW,
    Actor,
    NotYetHappened,
    TooMuchContention,
    new_events,
)
from duban.conferences.assigning import Assigning, Log
from duban.event_log.log import Append, StreamWrite, VersionConflict

DIGEST_SHOWN = 8  # characters of the sheet's digest in a conference's id


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

    def assigning(self, name: str) -> Assigning:
        """What assigns its cases, portion after portion."""
        return Assigning(self._log, self._law, self._now, f"conference/{name}")

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
