"""The processes that the log drives: which streams have a workflow, how it is started, and when it has ended."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from domain.base import Event, Recorded
from domain.conference import ConferenceStatus, fold_conference
from domain.suggestion.suggestion import fold
from workflows.case import CaseWorkflow
from workflows.conference import ConferenceWorkflow
from workflows.contracts import CaseRef, ConferenceRef

OWN_EVENTS = {"conference.cases-assigned", "conference.cases-refused", "conference.finished"}


@dataclass(frozen=True, slots=True)
class Process:
    """One kind of stream with a workflow per stream, whose id is the stream's."""

    run: Callable[..., Any]
    ref: Callable[[str, int], Any]  # the workflow's input, from the stream and its last position
    closed: Callable[[Iterable[Event]], bool]


def _case_ref(stream_id: str, position: int) -> CaseRef:
    _, congress, case_id = stream_id.split("/")
    return CaseRef(congress=congress, case_id=case_id, seen=position)


def _conference_ref(stream_id: str, position: int) -> ConferenceRef:
    return ConferenceRef(name=stream_id.partition("/")[2], seen=position)


def _conference_is_over(events: Iterable[Any]) -> bool:
    return fold_conference(events).status is ConferenceStatus.FINISHED


PROCESSES: Mapping[str, Process] = {
    "case": Process(CaseWorkflow.run, _case_ref, lambda events: fold(cast(Any, events)).closed),
    "conference": Process(ConferenceWorkflow.run, _conference_ref, _conference_is_over),
}


def process_of(stream_id: str) -> Process | None:
    """The process of a stream; None for those that nothing waits for."""
    return PROCESSES.get(stream_id.partition("/")[0])


def is_news(recorded: Recorded[Event]) -> bool:
    """Whether the stream's workflow has to be told: it looks anew by itself after what it brought about."""
    taken_by_it = getattr(recorded.body, "step", None) is not None
    return not taken_by_it and recorded.type not in OWN_EVENTS


def is_closed(stream_id: str, recorded: Iterable[Recorded[Event]]) -> bool:
    process = process_of(stream_id)
    return process is None or process.closed(r.body for r in recorded)
