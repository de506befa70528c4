"""The streams that a batch of the feed goes on with: only what came before it is read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from domain.base import Event, Recorded

Streams = dict[str, list[Recorded[Event]]]


class Log(Protocol):
    """What is asked of the event log."""

    async def read_streams(self, stream_ids: Sequence[str], *, up_to: int | None = None) -> Streams: ...


def by_stream(batch: Iterable[Recorded[Event]]) -> Streams:
    """A batch, stream by stream."""
    streams: Streams = {}
    for recorded in batch:
        streams.setdefault(recorded.stream_id, []).append(recorded)
    return streams


async def from_their_first(log: Log, parts: Mapping[str, list[Recorded[Event]]], before: int) -> Streams:
    """Streams from their first event on, of which a batch that begins at a position gave these parts."""
    begun = [stream_id for stream_id, events in parts.items() if events[0].version > 1]
    earlier = await log.read_streams(begun, up_to=before - 1) if begun else {}
    return {stream_id: earlier.get(stream_id, []) + events for stream_id, events in parts.items()}
