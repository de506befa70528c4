"""Key topics (重点督办): one topic over many cases, supervised by a committee, from its choice to its report."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import reduce
from typing import Any, ClassVar, TypeAlias, assert_never

from pydantic import AwareDatetime

from domain.base import Event, Refusal
from domain.suggestion.facts import Command, stated
from domain.vocabulary import Line, Prose


class Activity(StrEnum):
    """What a committee does for a topic."""

    SYMPOSIUM = "symposium"  # 座谈会
    FIELD_RESEARCH = "field-research"  # 调研
    INSPECTION = "inspection"  # 视察


class TopicChosen(Event):
    """The topic was approved as one of the year's key topics."""

    type: ClassVar[str] = "topic.chosen"
    congress: str
    topic_id: str
    title: str
    year: int
    approved_by: str
    reason: str | None


class CaseAdded(Event):
    """A suggestion belongs to the topic."""

    type: ClassVar[str] = "topic.case-added"
    ref: str
    case_id: str


class CaseRemoved(Event):
    """A suggestion does not belong to the topic any more."""

    type: ClassVar[str] = "topic.case-removed"
    ref: str
    case_id: str
    reason: str | None


class CommitteeNamed(Event):
    """A committee supervises the topic; units lead and take part in its handling."""

    type: ClassVar[str] = "topic.committee-named"
    committee: str
    lead_units: tuple[str, ...]
    taking_part: tuple[str, ...]


class PlanMade(Event):
    """The committee has its plan of supervision (督办工作方案)."""

    type: ClassVar[str] = "topic.plan-made"
    plan: str


class ActivityHeld(Event):
    """The committee held a symposium, went into the field or inspected."""

    type: ClassVar[str] = "topic.activity-held"
    activity: Activity
    place: str | None
    deputies: tuple[str, ...]
    finding: str


class TopicReported(Event):
    """The committee has reported to the chairpersons."""

    type: ClassVar[str] = "topic.reported"
    to: str
    report: str


class TopicReminded(Event):
    """The committee was reminded of what it owes the topic."""

    type: ClassVar[str] = "topic.reminded"
    duty: str  # plan, symposium, field-research or report
    due_at: AwareDatetime
    to: str | None
    step: str


class TopicClosed(Event):
    """The topic's supervision is at its end."""

    type: ClassVar[str] = "topic.closed"
    remark: str | None


TopicEvent: TypeAlias = (
    TopicChosen
    | CaseAdded
    | CaseRemoved
    | CommitteeNamed
    | PlanMade
    | ActivityHeld
    | TopicReported
    | TopicReminded
    | TopicClosed
)


class TopicNotThere(Refusal):
    """The key topic {title} cannot take this step: {why}.

    `duban topic list` tells where it stands.
    """


class ChooseTopic(Command):
    """Approve a key topic."""

    congress: Line
    topic_id: str
    title: Line
    year: int
    approved_by: Line
    reason: Prose | None = None


class AddCase(Command):
    """Put a suggestion under the topic."""

    ref: Line
    case_id: str


class RemoveCase(Command):
    """Take a suggestion out of the topic."""

    ref: Line
    case_id: str
    reason: Prose | None = None


class NameCommittee(Command):
    """Name the committee and the units."""

    committee: Line
    lead_units: tuple[Line, ...] = ()
    taking_part: tuple[Line, ...] = ()


class MakePlan(Command):
    """Record the plan of supervision."""

    plan: Prose


class HoldActivity(Command):
    """Record a symposium, research in the field or an inspection."""

    activity: Activity
    place: Line | None = None
    deputies: tuple[Line, ...] = ()
    finding: Prose


class ReportTopic(Command):
    """Report to the chairpersons."""

    to: Line
    report: Prose


class CloseTopic(Command):
    """End the topic's supervision."""

    remark: Prose | None = None


TopicCommand: TypeAlias = (
    ChooseTopic | AddCase | RemoveCase | NameCommittee | MakePlan | HoldActivity | ReportTopic | CloseTopic
)


@dataclass(frozen=True)
class KeyTopic:
    """A key topic as its events tell it."""

    version: int = 0
    congress: str = ""
    topic_id: str = ""
    title: str = ""
    year: int = 0
    approved_by: str = ""
    committee: str | None = None
    lead_units: tuple[str, ...] = ()
    taking_part: tuple[str, ...] = ()
    plan: str | None = None
    cases: tuple[tuple[str, str], ...] = ()  # (case id, reference when it was added)
    activities: tuple[Activity, ...] = ()
    reported_to: tuple[str, ...] = ()
    committee_named: tuple[int, datetime] | None = None  # version and time of the event
    plan_made: tuple[int, datetime] | None = None
    steps_taken: frozenset[str] = frozenset()
    closed: bool = False

    @property
    def stage(self) -> str:
        if self.closed:
            return "closed"
        if self.reported_to:
            return "reported"
        return "planned" if self.plan is not None else "chosen"

    def anchor(self, event: str) -> tuple[int, datetime] | None:
        """Version and time of what a term is counted from; None while it has not happened, or has no date."""
        return self.committee_named if event == "committee-named" else self.plan_made

    def has_done(self, duty: str) -> bool:
        """Whether the committee has done what it owes under this name."""
        if duty == "plan":
            return self.plan is not None
        return bool(self.reported_to) if duty == "report" else duty in self.activities

    @property
    def stream_id(self) -> str:
        return topic_stream(self.congress, self.topic_id)

    @property
    def case_ids(self) -> tuple[str, ...]:
        return tuple(case_id for case_id, _ in self.cases)

    def decide(self, command: TopicCommand) -> list[TopicEvent]:
        self._ensure_open_to(command)
        match command:
            case ChooseTopic():
                return [stated(TopicChosen, command)]
            case AddCase():
                return [] if command.case_id in self.case_ids else [stated(CaseAdded, command)]
            case RemoveCase():
                return [stated(CaseRemoved, command)] if command.case_id in self.case_ids else []
            case NameCommittee():
                return [stated(CommitteeNamed, command)]
            case MakePlan():
                self._ensure(self.committee is not None, "no committee is named")
                return [stated(PlanMade, command)]
            case HoldActivity():
                self._ensure(self.plan is not None, "it has no plan of supervision")
                return [stated(ActivityHeld, command)]
            case ReportTopic():
                self._ensure(bool(self.activities), "nothing was done that could be reported")
                return [stated(TopicReported, command)]
            case CloseTopic():
                self._ensure(bool(self.reported_to), "it was not reported to the chairpersons")
                return [stated(TopicClosed, command)]
            case _:
                assert_never(command)

    def evolve(self, event: TopicEvent) -> "KeyTopic":
        return replace(replace(self, **self._changed(event)), version=self.version + 1)

    def _changed(self, event: TopicEvent) -> dict[str, Any]:
        match event:
            case TopicChosen():
                return event.model_dump(exclude={"occurred_at", "reconstructed", "reason"})
            case CaseAdded():
                return {"cases": (*self.cases, (event.case_id, event.ref))}
            case CaseRemoved():
                return {"cases": tuple(c for c in self.cases if c[0] != event.case_id)}
            case CommitteeNamed():
                named = event.model_dump(exclude={"occurred_at", "reconstructed"})
                return {**named, "committee_named": self.committee_named or self._this(event)}
            case PlanMade():
                return {"plan": event.plan, "plan_made": self.plan_made or self._this(event)}
            case ActivityHeld():
                return {"activities": (*self.activities, event.activity)}
            case TopicReported():
                return {"reported_to": (*self.reported_to, event.to)}
            case TopicReminded():
                return {"steps_taken": self.steps_taken | {event.step}}
            case TopicClosed():
                return {"closed": True}
            case _:
                assert_never(event)

    def _this(self, event: Event) -> tuple[int, datetime] | None:
        return None if event.occurred_at is None else (self.version + 1, event.occurred_at)

    def _ensure_open_to(self, command: TopicCommand) -> None:
        chosen = self.version > 0
        self._ensure(chosen != isinstance(command, ChooseTopic), "it is not chosen, or is there already")
        self._ensure(not self.closed, "it is closed")

    def _ensure(self, holds: bool, why: str) -> None:
        if not holds:
            raise TopicNotThere(title=self.title or "?", why=why)


def topic_stream(congress: str, topic_id: str) -> str:
    return f"topic/{congress}/{topic_id}"


def fold_topic(events: Iterable[TopicEvent]) -> KeyTopic:
    """The topic as it stands after these events."""
    return reduce(KeyTopic.evolve, events, KeyTopic())
