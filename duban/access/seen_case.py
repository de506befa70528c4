"""Opening a case for somebody: the one way by which a face comes to what a case holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast
from uuid import uuid4

from domain.access import ConfidentialCaseSeen, access_stream
from domain.key_topic import TopicEvent, fold_topic, topic_stream
from domain.references import NoSuchCase
from domain.suggestion.suggestion import Suggestion, fold
from duban import casefile
from duban.access.permission import Sight, sees
from duban.access.standing import told
from duban.access.veil import veiled
from duban.access.viewer import Case, Viewer, case_of
from duban.casefile import AsOf, CaseFile, NotYetRecorded, cut, open_case
from duban.commands import new_events
from duban.event_log.model import Append, Appended, StreamWrite


class Log(casefile.Log, Protocol):
    """Where a case is read, and where a look at a confidential one is recorded."""

    async def append(self, append: Append) -> Appended: ...


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case as somebody sees it, and as it is for access."""

    file: CaseFile
    sight: Sight
    case: Case
    version: int  # of its stream, now


async def open_seen(
    log: Log, resolver: casefile.Resolver, viewer: Viewer, ref: str, as_of: AsOf, way: str, at: datetime
) -> SeenCase:
    """The case that bears a reference, as of a moment, as far as the viewer sees it.

    One that they may not see at all does not exist for them. What they may see of the past is decided by
    what holds now, and only of the present are they told more than they see: at which stage it truly is.
    A look at a confidential case is recorded, with the way by which it was taken.
    """
    now = await open_case(log, resolver, ref, AsOf(None, at))
    case = await facts_of(log, now.case)
    sight = sees(viewer, case)
    if not sight.case:
        raise NoSuchCase(ref=ref)
    seen = told(now, sight, case) if as_of.position is None else veiled(cut(now, ref, as_of), sight, case)
    if not seen.recorded:
        raise NotYetRecorded(ref=ref, as_of=as_of.position, first=now.recorded[0].position)
    if case.confidential:
        await _recorded(log, viewer, now.case, way, at)
    return SeenCase(seen, sight, case, now.case.version)


async def facts_of(log: casefile.Log, state: Suggestion) -> Case:
    """What access depends on, of a case as it stands and the topics that it stands under."""
    committees: list[str] = []
    for topic_id in state.key_topics:
        recorded = await log.read_stream(topic_stream(state.congress, topic_id))
        topic = fold_topic(cast(TopicEvent, r.body) for r in recorded)
        committees += [topic.committee] if topic.committee else []
    return case_of(state, committees)


async def case_for_acts(log: casefile.Log, resolver: casefile.Resolver, viewer: Viewer, ref: str) -> Case:
    """A case as access sees it, for somebody who means to act on it. Refuses one that they do not see."""
    recorded = await log.read_stream(await resolver.resolve(ref))
    case = await facts_of(log, fold(r.body for r in recorded))  # type: ignore[misc] # a case's events
    if not sees(viewer, case).case:
        raise NoSuchCase(ref=ref)
    return case


async def _recorded(log: Log, viewer: Viewer, state: Suggestion, way: str, at: datetime) -> None:
    command_id = uuid4()
    seen = ConfidentialCaseSeen(
        case_id=state.case_id, ref=state.ref, by=viewer.name, roles=tuple(sorted(viewer.roles)), way=way[:300],
        occurred_at=at,
    )  # fmt: skip
    stream = access_stream(state.congress, str(command_id))
    write = StreamWrite(stream, 0, new_events(command_id, [seen]))
    await log.append(
        Append(
            congress=state.congress,
            actor=viewer.name,
            correlation_id=command_id,
            causation_id=None,
            writes=(write,),
        )
    )
