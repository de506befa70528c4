"""Assignment conferences on the log: people's commands."""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime

from domain.conference import AssignmentConference, conference_stream
from domain.conference_acts import ConferenceCommand, NoSuchConference, PrepareConference, Proposal
from domain.law import Law
from duban.commands import CLOCK_SKEW, Actor, NotYetHappened
from duban.conferences.assigning import Assigning
from duban.conferences.stream import ConferenceStream, Log

DIGEST_SHOWN = 8  # characters of the sheet's digest in a conference's id


class Conferences:
    """A conference is named `congress/id`; its id holds the session and the digest of its sheet."""

    def __init__(self, log: Log, law: Law, now: Callable[[], datetime]) -> None:
        self._log = log
        self._law = law
        self._now = now

    async def conference(self, name: str) -> AssignmentConference:
        """Refuses with `NoSuchConference`."""
        return await self._stream(name).opened()

    async def as_logged(self, name: str) -> tuple[AssignmentConference, int]:
        """The conference, and the position of its last event."""
        stream = self._stream(name)
        return await stream.opened(), stream.position

    async def prepare(self, command: PrepareConference, by: Actor) -> AssignmentConference:
        """Record a sheet that was found good; the same sheet again changes nothing."""
        stream_id = conference_stream(command.congress, command.conference_id)
        return await ConferenceStream(self._log, stream_id).decide(command, by)

    async def handle(self, name: str, command: ConferenceCommand, by: Actor) -> AssignmentConference:
        if command.at > self._now() + CLOCK_SKEW:
            raise NotYetHappened(at=command.at.isoformat(timespec="minutes"))
        stream = self._stream(name)
        await stream.opened()
        return await stream.decide(command, by)

    def assigning(self, name: str) -> Assigning:
        """What assigns its cases, portion after portion."""
        return Assigning(self._log, self._law, self._now, self._stream(name))

    def _stream(self, name: str) -> ConferenceStream:
        if not _is_name(name):
            raise NoSuchConference(conference=name[:80])
        return ConferenceStream(self._log, f"conference/{name}")


def conference_id_of(term: int, session: int, proposals: Iterable[Proposal]) -> tuple[str, str]:
    """The id of the conference that assigns so, and the digest of what is proposed."""
    lines = [proposal.model_dump(mode="json", exclude={"row"}) for proposal in proposals]
    digest = hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()
    return f"{term}-{session}-{digest[:DIGEST_SHOWN]}", digest


def _is_name(name: str) -> bool:
    return name.count("/") == 1 and len(name) < 150 and name.isprintable()
