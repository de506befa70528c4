"""Folding a batch: the streams that it touches, read whole where they began earlier."""

from collections.abc import Sequence

from domain.base import Event, Recorded
from duban.event_log.streams import by_stream, from_their_first
from projections.base import Log, Projection, StateProjection
from projections.history import Fold


async def folded(
    log: Log, projections: Sequence[Projection], batch: Sequence[Recorded[Event]], after: int
) -> Fold:
    """What a batch writes into projections that stand at `after`."""
    subjects = {p.subject for p in projections if isinstance(p, StateProjection)}
    streams = by_stream(batch)
    owned = {name: new for name, new in streams.items() if any(subject.owns(name) for subject in subjects)}
    streams |= await from_their_first(log, owned, before=batch[0].position)
    fold = Fold(projections)
    for stream_id, events in streams.items():
        fold.take(stream_id, events, since=after)
    return fold
