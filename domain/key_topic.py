"""Key topics (重点督办): one topic over many cases, supervised by a committee, from its choice to its report."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any, TypeAlias, assert_never

from domain.base import Event
from domain.key_topic_acts import (
    Activity,
    ActivityHeld,
    AddCase,
    CaseAdded,
    CaseRemoved,
    ChooseTopic,
    CloseTopic,
    CommitteeNamed,
    HoldActivity,
    MakePlan,
    NameCommittee,
    PlanMade,
    RemoveCase,
    ReportTopic,
    TopicChosen,
    TopicClosed,
    TopicNotThere,
    TopicReminded,
    TopicReported,
)
from domain.suggestion.facts import stated

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
