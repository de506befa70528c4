"""What happens in a key topic's supervision, and what is commanded of it."""

from enum import StrEnum
from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal
from domain.suggestion.facts import Command
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
