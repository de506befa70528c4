"""The processes that the log drives: which streams have a workflow, from when on, and what it waits for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from domain import topic_agenda
from domain.base import Event, Recorded
from domain.conference import ConferenceStatus, fold_conference
from domain.key_topic import fold_topic
from domain.suggestion.agenda import plan
from domain.suggestion.suggestion import fold
from workflows.case import CaseWorkflow
from workflows.conference import ConferenceWorkflow
from workflows.contracts import CaseRef, ConferenceRef, TopicRef
from workflows.topic import TopicWorkflow

OWN_EVENTS = {"conference.cases-assigned", "conference.cases-refused", "conference.finished"}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a process waits for. `begun`: its first clock has started, so that it has a workflow."""

    begun: bool
    stage: str
    closed: bool
    due: bool = False
    next_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether there has to be a workflow."""
        return self.begun and not self.closed


@dataclass(frozen=True, slots=True)
class Process:
    """One kind of stream with a workflow per stream, whose id is the stream's."""

    run: Callable[..., Any]
    ref: Callable[[str, int], Any]  # the workflow's input, from the stream and its last position
    outlook: Callable[[Iterable[Event], datetime], Outlook]


def _case_ref(stream_id: str, position: int) -> CaseRef:
    _, congress, case_id = stream_id.split("/")
    return CaseRef(congress=congress, case_id=case_id, seen=position)


def _case_outlook(events: Iterable[Event], as_of: datetime) -> Outlook:
    case = fold(cast(Any, events))
    agenda = plan(case, as_of)
    return Outlook(
        begun=bool(case.clocks or case.commitments),
        stage=agenda.stage.value,
        closed=agenda.closed,
        due=bool(agenda.due),
        next_at=agenda.next_at,
    )


def _conference_ref(stream_id: str, position: int) -> ConferenceRef:
    return ConferenceRef(name=stream_id.partition("/")[2], seen=position)


def _conference_outlook(events: Iterable[Event], as_of: datetime) -> Outlook:
    conference = fold_conference(cast(Any, events))
    return Outlook(
        begun=conference.started_at is not None,
        stage=conference.status.value,
        closed=conference.status is ConferenceStatus.FINISHED,
        due=conference.status is ConferenceStatus.RUNNING,
    )


def _topic_ref(stream_id: str, position: int) -> TopicRef:
    return TopicRef(name=stream_id.partition("/")[2], seen=position)


def _topic_outlook(events: Iterable[Event], as_of: datetime) -> Outlook:
    topic = fold_topic(cast(Any, events))
    agenda = topic_agenda.plan(topic, as_of)
    return Outlook(
        begun=topic.committee_named is not None or topic.plan_made is not None,
        stage=agenda.stage,
        closed=agenda.closed,
        due=bool(agenda.due),
        next_at=agenda.next_at,
    )


PROCESSES: Mapping[str, Process] = {
    "case": Process(CaseWorkflow.run, _case_ref, _case_outlook),
    "conference": Process(ConferenceWorkflow.run, _conference_ref, _conference_outlook),
    "topic": Process(TopicWorkflow.run, _topic_ref, _topic_outlook),
}


def process_of(stream_id: str) -> Process | None:
    """The process of a stream; None for those that nothing waits for."""
    return PROCESSES.get(stream_id.partition("/")[0])


def outlook_of(stream_id: str, recorded: Iterable[Recorded[Event]], as_of: datetime) -> Outlook:
    process = process_of(stream_id)
    assert process is not None  # only streams of processes are looked at
    return process.outlook((r.body for r in recorded), as_of)


def is_news(recorded: Recorded[Event]) -> bool:
    """Whether somebody else than the stream's workflow did it; after what it does itself it looks anew."""
    taken_by_it = getattr(recorded.body, "step", None) is not None
    return not taken_by_it and recorded.type not in OWN_EVENTS


def wakes(stream_id: str, recorded: Sequence[Recorded[Event]], after: int, as_of: datetime) -> Outlook | None:
    """The outlook that a workflow has to be told of; None where nothing changed that it waits for.

    `recorded` is the stream up to a position, `after` the position up to which its workflow knows it.
    """
    now = outlook_of(stream_id, recorded, as_of)
    if not now.begun:
        return None
    before = outlook_of(stream_id, [r for r in recorded if r.position <= after], as_of)
    return now if now.due or now != before else None
