"""The processes that the log drives: which streams have a workflow, from when on, and what it waits for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import takewhile
from typing import Any, NamedTuple

from domain import topic_agenda
from domain.base import Event, Recorded
from domain.conference import AssignmentConference, ConferenceStatus
from domain.key_topic import KeyTopic
from domain.suggestion.agenda import plan
from domain.suggestion.suggestion import Suggestion
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


class Call(NamedTuple):
    """What a workflow has to be told."""

    outlook: Outlook
    first: bool  # its first clock has started with this, so that there is none to be told yet


@dataclass(frozen=True, slots=True)
class Process:
    """One kind of stream with a workflow per stream, whose id is the stream's."""

    run: Callable[..., Any]
    ref: Callable[[str, int], Any]  # the workflow's input, from the stream and its last position
    empty: Any  # the state before the first event
    outlook: Callable[[Any, datetime], Outlook]

    def fold(self, events: Iterable[Recorded[Event]], state: Any = None) -> Any:
        """The state after these events, from a state on."""
        bodies = (recorded.body for recorded in events)
        return reduce(type(self.empty).evolve, bodies, self.empty if state is None else state)


def _case_ref(stream_id: str, position: int) -> CaseRef:
    _, congress, case_id = stream_id.split("/")
    return CaseRef(congress=congress, case_id=case_id, seen=position)


def _case_outlook(case: Suggestion, as_of: datetime) -> Outlook:
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


def _conference_outlook(conference: AssignmentConference, as_of: datetime) -> Outlook:
    return Outlook(
        begun=conference.started_at is not None,
        stage=conference.status.value,
        closed=conference.status is ConferenceStatus.FINISHED,
        due=conference.status is ConferenceStatus.RUNNING,
    )


def _topic_ref(stream_id: str, position: int) -> TopicRef:
    return TopicRef(name=stream_id.partition("/")[2], seen=position)


def _topic_outlook(topic: KeyTopic, as_of: datetime) -> Outlook:
    agenda = topic_agenda.plan(topic, as_of)
    return Outlook(
        begun=topic.committee_named is not None or topic.plan_made is not None,
        stage=agenda.stage,
        closed=agenda.closed,
        due=bool(agenda.due),
        next_at=agenda.next_at,
    )


PROCESSES: Mapping[str, Process] = {
    "case": Process(CaseWorkflow.run, _case_ref, Suggestion(), _case_outlook),
    "conference": Process(
        ConferenceWorkflow.run, _conference_ref, AssignmentConference(), _conference_outlook
    ),
    "topic": Process(TopicWorkflow.run, _topic_ref, KeyTopic(), _topic_outlook),
}


def process_of(stream_id: str) -> Process | None:
    """The process of a stream; None for those that nothing waits for."""
    return PROCESSES.get(stream_id.partition("/")[0])


def the_process_of(stream_id: str) -> Process:
    """The process of a stream that has one: only such are looked at, and woken."""
    process = process_of(stream_id)
    assert process is not None
    return process


def outlook_of(stream_id: str, recorded: Iterable[Recorded[Event]], as_of: datetime) -> Outlook:
    process = the_process_of(stream_id)
    return process.outlook(process.fold(recorded), as_of)


def is_news(recorded: Recorded[Event]) -> bool:
    """Whether somebody else than the stream's workflow did it; after what it does itself it looks anew."""
    taken_by_it = getattr(recorded.body, "step", None) is not None
    return not taken_by_it and recorded.type not in OWN_EVENTS


def wakes(stream_id: str, recorded: Sequence[Recorded[Event]], after: int, as_of: datetime) -> Call | None:
    """What a workflow has to be told; None where nothing changed that it waits for.

    `recorded` is the stream up to a position, `after` the position up to which its workflow knows it.
    """
    process = the_process_of(stream_id)
    known = list(takewhile(lambda r: r.position <= after, recorded))
    state = process.fold(known)
    before = process.outlook(state, as_of)
    now = process.outlook(process.fold(recorded[len(known) :], state), as_of)
    if not now.begun or (now == before and not now.due):
        return None
    return Call(now, first=not before.begun)
