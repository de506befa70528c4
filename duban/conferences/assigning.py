"""The assignment of a conference's cases: a portion at a time, each case once whatever is interrupted."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, cast
from uuid import NAMESPACE_URL, uuid5

from domain.base import Event, Recorded, Refusal
from domain.conference import AssignmentConference, ConferenceStatus
from domain.conference_acts import Fact, Proposal, RefusedCase, SettleCases
from domain.law import Law
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import fold
from duban.commands import ATTEMPTS, Actor, TooMuchContention, case_stream, new_events
from duban.conferences.sheet import assigned
from duban.conferences.stream import ConferenceStream, Log, Start
from duban.event_log.log import Append, Conflict, StreamWrite

ASSIGNMENT: Final = uuid5(NAMESPACE_URL, "duban:conference")


class Assigning:
    """One conference while it is assigned."""

    def __init__(self, log: Log, law: Law, now: Callable[[], datetime], stream: ConferenceStream) -> None:
        self._log = log
        self._law = law
        self._now = now
        self._stream = stream

    @property
    def position(self) -> int:
        """Of the event that settled the last portion, or of one after it."""
        return self._stream.position

    async def portion(self) -> AssignmentConference:
        """Assign the next cases of a running conference, and record what became of each.

        Whatever is interrupted is taken up again: a case knows the command that assigned it.
        Refuses with `NoSuchConference`.
        """
        conference = await self._stream.opened()
        portion, start = conference.next_portion(), self._stream.start
        if portion is None or conference.status is not ConferenceStatus.RUNNING:
            return conference
        assert start is not None  # it runs
        number, proposals = portion
        done, refused = await self._settle(conference, proposals, start)
        settled = SettleCases(portion=number, assigned=done, refused=refused, at=self._now())
        return await self._stream.decide(settled, Actor.of(start.actor))

    async def _settle(
        self, conference: AssignmentConference, proposals: Iterable[Proposal], start: Start
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
