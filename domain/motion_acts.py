"""What can be done with a motion (议案) and what that records: commands, events and refusals."""

from enum import StrEnum
from typing import ClassVar, TypeAlias

from domain.base import Event, Refusal
from domain.suggestion.facts import Command
from domain.vocabulary import Level, Line, Prose


class Disposition(StrEnum):
    """What the Presidium decides."""

    ON_AGENDA = "on-agenda"
    COMMITTEE_FIRST = "committee-first"  # a committee reviews it before it is put on the agenda
    AFTER_SESSION = "after-session"  # a committee reviews it after the session
    TO_SUGGESTION = "to-suggestion"


class Outcome(StrEnum):
    """What became of a motion."""

    LAW_PASSED = "law-passed"
    UNDER_REVIEW = "under-review"
    LEGISLATIVE_PLAN = "legislative-plan"
    ANNUAL_PLAN = "annual-plan"
    FOR_REFERENCE = "for-reference"


class MotionMoved(Event):
    """Movers have handed in a motion: its subject, grounds and plan."""

    type: ClassVar[str] = "motion.moved"
    congress: str
    motion_id: str
    level: Level
    term: int | None
    session: int | None
    movers: tuple[str, ...]  # deputies, the lead first
    delegation: str | None  # a delegation that moves it as such
    subject: str
    grounds: str
    plan: str
    draft_attached: bool


class MotionRegistered(Event):
    """The motion bears a number among the motions of its session."""

    type: ClassVar[str] = "motion.registered"
    number: str
    ref: str


class MoverLeft(Event):
    """A mover took his name off; too few left end the motion."""

    type: ClassVar[str] = "motion.mover-left"
    deputy: str
    ends: bool


class MotionMerged(Event):
    """The motion is reviewed together with another; it keeps its number and its movers."""

    type: ClassVar[str] = "motion.merged"
    into: str


class MotionDisposed(Event):
    """The Presidium has decided what becomes of the motion, and told the movers in writing."""

    type: ClassVar[str] = "motion.disposed"
    disposition: Disposition
    committee: str | None
    decided_by: str
    reason: str | None


class ReconsiderationAsked(Event):
    """Movers have asked the Presidium to reconsider (复议)."""

    type: ClassVar[str] = "motion.reconsideration-asked"
    by: tuple[str, ...]


class OpinionAsked(Event):
    """The committee has asked an organ for its opinion."""

    type: ClassVar[str] = "motion.opinion-asked"
    organ: str


class OpinionGiven(Event):
    """An organ has given the committee its opinion."""

    type: ClassVar[str] = "motion.opinion-given"
    organ: str
    document_no: str | None
    supports: bool | None


class MoversHeard(Event):
    """The committee has spoken with the movers."""

    type: ClassVar[str] = "motion.movers-heard"
    committee: str
    movers: tuple[str, ...]


class MotionReported(Event):
    """The committee has reported the result of its review."""

    type: ClassVar[str] = "motion.reported"
    committee: str
    outcome: Outcome
    report: str


class MotionConcluded(Event):
    """The Standing Committee has adopted the report; it is printed for the next session."""

    type: ClassVar[str] = "motion.concluded"
    by: str


class MotionConverted(Event):
    """The motion is a suggestion from now on: the same matter under the same identity, another path."""

    type: ClassVar[str] = "motion.converted"
    suggestion: str  # the case, by its id, which is the motion's


MotionEvent: TypeAlias = (
    MotionMoved
    | MotionRegistered
    | MoverLeft
    | MotionMerged
    | MotionDisposed
    | ReconsiderationAsked
    | OpinionAsked
    | OpinionGiven
    | MoversHeard
    | MotionReported
    | MotionConcluded
    | MotionConverted
)


class TooFewMovers(Refusal):
    """A motion at the {level} level needs {needed} deputies or a delegation; it has {found}.

    Hand it in as a suggestion: one deputy is enough.
    """


class NoSuchMotion(Refusal):
    """There is no such motion, or it is there already.

    `duban motion list` shows the motions that exist.
    """


class MotionNotThere(Refusal):
    """The motion {ref} cannot take this step: {why}.

    `duban motion show {ref}` tells where it stands.
    """


class Move(Command):
    """Hand in a motion."""

    congress: Line
    motion_id: str
    level: Level
    term: int | None = None
    session: int | None = None
    movers: tuple[Line, ...] = ()
    delegation: Line | None = None
    subject: Line
    grounds: Prose
    plan: Prose
    draft_attached: bool = False


class RegisterMotion(Command):
    """Give the motion its number."""

    number: Line


class LeaveMotion(Command):
    """Take a mover's name off."""

    deputy: Line


class MergeMotion(Command):
    """Review the motion together with another."""

    into: Line


class Dispose(Command):
    """Decide what becomes of the motion."""

    disposition: Disposition
    committee: Line | None = None
    decided_by: Line = "主席团"
    reason: Prose | None = None


class AskReconsideration(Command):
    """Ask the Presidium to reconsider."""

    by: tuple[Line, ...]


class AskOpinion(Command):
    """Ask an organ for its opinion."""

    organ: Line


class GiveMotionOpinion(Command):
    """Give the committee an opinion."""

    organ: Line
    document_no: Line | None = None
    supports: bool | None = None


class HearMovers(Command):
    """Record that the committee spoke with the movers."""

    movers: tuple[Line, ...]


class ReportMotion(Command):
    """Report the result of the committee's review."""

    outcome: Outcome
    report: Prose


class ConcludeMotion(Command):
    """Adopt the report."""

    by: Line


class Convert(Command):
    """Go on with the motion as a suggestion."""


MotionCommand: TypeAlias = (
    Move
    | RegisterMotion
    | LeaveMotion
    | MergeMotion
    | Dispose
    | AskReconsideration
    | AskOpinion
    | GiveMotionOpinion
    | HearMovers
    | ReportMotion
    | ConcludeMotion
    | Convert
)
