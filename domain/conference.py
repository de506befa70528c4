"""Assignment conferences (交办会): thousands of cases assigned as one act that can stop, go on and be told of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import reduce
from typing import Any, assert_never

from domain.conference_acts import (
    CasesAssigned,
    CasesProposed,
    CasesRefused,
    ConferenceCommand,
    ConferenceEvent,
    ConferenceFinished,
    ConferenceIsPaused,
    ConferenceNotPaused,
    ConferenceNotRunning,
    ConferencePaused,
    ConferencePrepared,
    ConferenceResumed,
    ConferenceRetried,
    ConferenceStarted,
    EmptySheet,
    NoSuchConference,
    NothingToRetry,
    PauseConference,
    PrepareConference,
    Proposal,
    RefusedCase,
    ResumeConference,
    RetryConference,
    SettleCases,
    StartConference,
)

PORTION = 250  # cases settled by one event: few enough to see progress, enough to keep the stream short
PORTION_SIZE = 200_000  # characters of names; an event holds at most 1 MiB


class ConferenceStatus(StrEnum):
    """Where a conference stands."""

    PREPARED = "prepared"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"


@dataclass(frozen=True)
class AssignmentConference:
    """A conference as its events tell it; what it knows of a case is only whether it was settled."""

    version: int = 0
    congress: str = ""
    conference_id: str = ""
    term: int = 0
    session: int = 0
    sheet: str = ""
    cases: int = 0
    portions: tuple[tuple[Proposal, ...], ...] = ()
    status: ConferenceStatus = ConferenceStatus.PREPARED
    started_at: datetime | None = None
    finished_at: datetime | None = None
    assigned: frozenset[str] = frozenset()  # case ids
    refused: tuple[RefusedCase, ...] = ()

    @property
    def stream_id(self) -> str:
        return conference_stream(self.congress, self.conference_id)

    @property
    def name(self) -> str:
        return f"{self.congress}/{self.conference_id}"

    @property
    def proposals(self) -> Iterator[Proposal]:
        return (proposal for portion in self.portions for proposal in portion)

    @property
    def pending(self) -> int:
        """Cases that are neither assigned nor refused yet."""
        return self.cases - len(self.assigned) - len(self.refused)

    def next_portion(self) -> tuple[int, list[Proposal]] | None:
        """The first portion with unsettled cases, and those; None when all are settled."""
        settled = self.assigned | {case.case_id for case in self.refused}
        for number, portion in enumerate(self.portions):
            if open_ones := [p for p in portion if p.case_id not in settled]:
                return number, open_ones
        return None

    def decide(self, command: ConferenceCommand) -> list[ConferenceEvent]:
        if self.version == 0 and not isinstance(command, PrepareConference):
            raise NoSuchConference(conference=self.name)
        match command:
            case PrepareConference():
                return self._prepare(command)
            case StartConference():
                return self._start(command)
            case PauseConference():
                return self._pause(command)
            case ResumeConference():
                if self.status is not ConferenceStatus.PAUSED:
                    raise ConferenceNotPaused(conference=self.name)
                return [ConferenceResumed(occurred_at=command.at)]
            case RetryConference():
                return self._retry(command)
            case SettleCases():
                return self._settle(command)
            case _:
                assert_never(command)

    def evolve(self, event: ConferenceEvent) -> "AssignmentConference":
        return replace(replace(self, **self._changed(event)), version=self.version + 1)

    def _prepare(self, command: PrepareConference) -> list[ConferenceEvent]:
        if self.version:
            return []  # the same sheet again
        if not command.proposals:
            raise EmptySheet
        portions = list(_portions(command.proposals))
        prepared = ConferencePrepared(
            **command.model_dump(exclude={"proposals", "at"}),
            cases=len(command.proposals),
            portions=len(portions),
            occurred_at=command.at,
        )
        proposed = (
            CasesProposed(portion=number, proposals=portion, occurred_at=command.at)
            for number, portion in enumerate(portions)
        )
        return [prepared, *proposed]

    def _start(self, command: StartConference) -> list[ConferenceEvent]:
        if self.status is ConferenceStatus.PAUSED:
            raise ConferenceIsPaused(conference=self.name)
        if self.status is not ConferenceStatus.PREPARED:
            return []  # starting twice assigns once
        return [ConferenceStarted(occurred_at=command.at)]

    def _pause(self, command: PauseConference) -> list[ConferenceEvent]:
        if self.status is ConferenceStatus.PAUSED:
            return []
        if self.status is not ConferenceStatus.RUNNING:
            raise ConferenceNotRunning(conference=self.name)
        return [ConferencePaused(reason=command.reason, occurred_at=command.at)]

    def _retry(self, command: RetryConference) -> list[ConferenceEvent]:
        if self.status is ConferenceStatus.PAUSED:
            raise ConferenceIsPaused(conference=self.name)
        if not self.refused:
            raise NothingToRetry(conference=self.name)
        return [ConferenceRetried(cases=len(self.refused), occurred_at=command.at)]

    def _settle(self, command: SettleCases) -> list[ConferenceEvent]:
        """What was settled already is left out, so that a repeated report says nothing new."""
        settled = self.assigned | {case.case_id for case in self.refused}
        assigned = tuple(case_id for case_id in command.assigned if case_id not in settled)
        refused = tuple(case for case in command.refused if case.case_id not in settled)
        events: list[ConferenceEvent] = []
        if assigned:
            events.append(CasesAssigned(portion=command.portion, case_ids=assigned, occurred_at=command.at))
        if refused:
            events.append(CasesRefused(portion=command.portion, refused=refused, occurred_at=command.at))
        if events and self.pending == len(assigned) + len(refused):
            events.append(
                ConferenceFinished(
                    assigned=len(self.assigned) + len(assigned),
                    refused=len(self.refused) + len(refused),
                    occurred_at=command.at,
                )
            )
        return events

    def _changed(self, event: ConferenceEvent) -> dict[str, Any]:
        match event:
            case ConferencePrepared():
                kept = {"congress", "conference_id", "term", "session", "sheet", "cases"}
                return event.model_dump(include=kept)
            case CasesProposed():
                return {"portions": (*self.portions, event.proposals)}
            case ConferenceStarted():
                return {"status": ConferenceStatus.RUNNING, "started_at": event.occurred_at}
            case CasesAssigned():
                return {"assigned": self.assigned.union(event.case_ids)}
            case CasesRefused():
                return {"refused": (*self.refused, *event.refused)}
            case ConferencePaused():
                return {"status": ConferenceStatus.PAUSED}
            case ConferenceResumed():
                return {"status": ConferenceStatus.RUNNING}
            case ConferenceRetried():
                return {"status": ConferenceStatus.RUNNING, "refused": (), "finished_at": None}
            case ConferenceFinished():
                return {"status": ConferenceStatus.FINISHED, "finished_at": event.occurred_at}
            case _:
                assert_never(event)


def conference_stream(congress: str, conference_id: str) -> str:
    return f"conference/{congress}/{conference_id}"


def fold_conference(events: Iterable[ConferenceEvent]) -> AssignmentConference:
    """The conference as it stands after these events."""
    return reduce(AssignmentConference.evolve, events, AssignmentConference())


def _portions(proposals: Iterable[Proposal]) -> Iterator[tuple[Proposal, ...]]:
    portion: list[Proposal] = []
    size = 0
    for proposal in proposals:
        weight = len(proposal.to) + sum(len(part.unit) for part in proposal.parts)
        if portion and (len(portion) == PORTION or size + weight > PORTION_SIZE):
            yield tuple(portion)
            portion, size = [], 0
        portion.append(proposal)
        size += weight
    yield tuple(portion)
