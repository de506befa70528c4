"""Motions (议案): movers, the Presidium's decision, the committee's review, and the edge to a suggestion."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from typing import Any, assert_never

from domain.motion_acts import (
    AskOpinion,
    AskReconsideration,
    ConcludeMotion,
    Convert,
    Dispose,
    Disposition,
    GiveMotionOpinion,
    HearMovers,
    LeaveMotion,
    MergeMotion,
    MotionCommand,
    MotionConcluded,
    MotionConverted,
    MotionDisposed,
    MotionEvent,
    MotionMerged,
    MotionMoved,
    MotionNotThere,
    MotionRegistered,
    MotionReported,
    Move,
    MoverLeft,
    MoversHeard,
    NoSuchMotion,
    OpinionAsked,
    OpinionGiven,
    Outcome,
    ReconsiderationAsked,
    RegisterMotion,
    ReportMotion,
    TooFewMovers,
)
from domain.references import reference_of
from domain.suggestion.facts import stated
from domain.vocabulary import Kind, Level

# Organisation Law arts. 16-17 and Local Organic Law art. 22: how many deputies move a motion.
MOVERS = {Level.NATIONAL: 30, Level.TOWNSHIP: 5}
LOCAL_MOVERS = 10
RECONSIDERATION_MOVERS = 10  # Shanghai's rules on motions: more than half of the movers, and ten at least
NEEDS_COMMITTEE = (Disposition.COMMITTEE_FIRST, Disposition.AFTER_SESSION)


def movers_needed(level: Level) -> int:
    return MOVERS.get(level, LOCAL_MOVERS)


class MotionStage(StrEnum):
    """Where a motion stands."""

    MOVED = "moved"
    REGISTERED = "registered"
    DECIDED = "decided"
    REPORTED = "reported"
    CONCLUDED = "concluded"
    CONVERTED = "converted"
    ENDED = "ended"


@dataclass(frozen=True)
class Motion:
    """A motion as its events tell it."""

    version: int = 0
    congress: str = ""
    motion_id: str = ""
    level: Level = Level.NATIONAL
    term: int | None = None
    session: int | None = None
    subject: str = ""
    grounds: str = ""
    plan: str = ""
    movers: tuple[str, ...] = ()
    delegation: str | None = None
    number: str | None = None
    ref: str = ""
    merged_into: str | None = None
    disposition: Disposition | None = None
    committee: str | None = None
    reconsidered: bool = False
    opinions_asked: tuple[str, ...] = ()
    opinions: tuple[str, ...] = ()
    outcome: Outcome | None = None
    stage: MotionStage = MotionStage.MOVED

    @property
    def stream_id(self) -> str:
        return motion_stream(self.congress, self.motion_id)

    def decide(self, command: MotionCommand) -> list[MotionEvent]:  # noqa: C901 one total match
        if isinstance(command, Move):
            return self._move(command)
        if not self.version:
            raise NoSuchMotion
        match command:
            case RegisterMotion():
                self._at(MotionStage.MOVED)
                ref = self._ref(command.number)
                return [stated(MotionRegistered, command, ref=ref)]
            case LeaveMotion():
                return self._leave(command)
            case MergeMotion():
                self._at(MotionStage.REGISTERED, MotionStage.DECIDED)
                return [stated(MotionMerged, command)]
            case Dispose():
                self._at(MotionStage.REGISTERED)
                if command.disposition in NEEDS_COMMITTEE and command.committee is None:
                    raise MotionNotThere(ref=self.ref, why="no committee is named")
                return [stated(MotionDisposed, command)]
            case AskReconsideration():
                return self._ask_again(command)
            case AskOpinion():
                self._reviewed()
                return [] if command.organ in self.opinions_asked else [stated(OpinionAsked, command)]
            case GiveMotionOpinion():
                if command.organ not in self.opinions_asked or command.organ in self.opinions:
                    raise MotionNotThere(ref=self.ref, why=f"no opinion of {command.organ} is waited for")
                return [stated(OpinionGiven, command)]
            case HearMovers():
                return [stated(MoversHeard, command, committee=self._reviewed())]
            case ReportMotion():
                return [stated(MotionReported, command, committee=self._reviewed())]
            case ConcludeMotion():
                self._at(MotionStage.REPORTED)
                return [stated(MotionConcluded, command)]
            case Convert():
                self._at(MotionStage.DECIDED)
                if self.disposition is not Disposition.TO_SUGGESTION:
                    raise MotionNotThere(ref=self.ref, why="the Presidium did not make it a suggestion")
                return [MotionConverted(suggestion=self.motion_id, occurred_at=command.at)]
            case _:
                assert_never(command)

    def evolve(self, event: MotionEvent) -> "Motion":
        motion = replace(self, **self._changed(event))
        return replace(motion, version=self.version + 1)

    def _changed(self, event: MotionEvent) -> dict[str, Any]:  # noqa: C901 one total match
        match event:
            case MotionMoved():
                known = event.model_dump(exclude={"occurred_at", "reconstructed", "draft_attached"})
                return {**known, "level": event.level, "ref": self._provisional(event)}
            case MotionRegistered():
                return {"number": event.number, "ref": event.ref, "stage": MotionStage.REGISTERED}
            case MoverLeft():
                left = tuple(name for name in self.movers if name != event.deputy)
                return {"movers": left, "stage": MotionStage.ENDED if event.ends else self.stage}
            case MotionMerged():
                return {"merged_into": event.into}
            case MotionDisposed():
                decided = {"disposition": event.disposition, "committee": event.committee}
                return {**decided, "stage": MotionStage.DECIDED}
            case ReconsiderationAsked():
                return {"reconsidered": True, "disposition": None, "stage": MotionStage.REGISTERED}
            case OpinionAsked():
                return {"opinions_asked": (*self.opinions_asked, event.organ)}
            case OpinionGiven():
                return {"opinions": (*self.opinions, event.organ)}
            case MoversHeard():
                return {}
            case MotionReported():
                return {"outcome": event.outcome, "stage": MotionStage.REPORTED}
            case MotionConcluded():
                return {"stage": MotionStage.CONCLUDED}
            case MotionConverted():
                return {"stage": MotionStage.CONVERTED}
            case _:
                assert_never(event)

    def _move(self, command: Move) -> list[MotionEvent]:
        if self.version:
            raise NoSuchMotion
        needed, found = movers_needed(command.level), len(set(command.movers))
        if command.delegation is None and found < needed:
            raise TooFewMovers(level=command.level.value, needed=needed, found=found)
        return [stated(MotionMoved, command)]

    def _leave(self, command: LeaveMotion) -> list[MotionEvent]:
        self._at(MotionStage.MOVED, MotionStage.REGISTERED, MotionStage.DECIDED)
        if command.deputy not in self.movers:
            raise MotionNotThere(ref=self.ref, why=f"{command.deputy} does not move it")
        ends = self.delegation is None and len(self.movers) - 1 < movers_needed(self.level)
        return [stated(MoverLeft, command, ends=ends)]

    def _ask_again(self, command: AskReconsideration) -> list[MotionEvent]:
        self._at(MotionStage.DECIDED)
        asking = len(set(command.by) & set(self.movers))
        if self.reconsidered or asking < RECONSIDERATION_MOVERS or asking * 2 <= len(self.movers):
            raise MotionNotThere(ref=self.ref, why="ten movers and more than half of them ask, and once")
        return [stated(ReconsiderationAsked, command)]

    def _reviewed(self) -> str:
        """The committee that reviews it now."""
        self._at(MotionStage.DECIDED)
        if self.committee is None:
            raise MotionNotThere(ref=self.ref, why="no committee reviews it")
        return self.committee

    def _at(self, *stages: MotionStage) -> None:
        if self.stage not in stages:
            raise MotionNotThere(ref=self.ref, why=f"it is {self.stage.value}")

    def _ref(self, number: str) -> str:
        parts: dict[str, Any] = {"congress": self.congress, "term": self.term, "session": self.session}
        return str(reference_of(**parts, kind=Kind.MOTION, number=number, case_id=self.motion_id))

    def _provisional(self, event: MotionMoved) -> str:
        parts = event.model_dump(include={"congress", "term", "session"})
        return str(reference_of(**parts, kind=Kind.MOTION, number=None, case_id=event.motion_id))


def motion_stream(congress: str, motion_id: str) -> str:
    return f"motion/{congress}/{motion_id}"


def fold_motion(events: Iterable[MotionEvent]) -> Motion:
    """The motion as it stands after these events."""
    return reduce(Motion.evolve, events, Motion())
