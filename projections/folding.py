"""Folding a batch: the streams that it touches, read whole where they began earlier."""

from collections.abc import Sequence

from domain.base import Event, Recorded
from projections.base import Log, Projection, StateProjection
from projections.history import Fold


async def folded(
    log: Log, projections: Sequence[Projection], batch: Sequence[Recorded[Event]], after: int
) -> Fold:
    """What a batch writes into projections that stand at `after`."""
    new: dict[str, list[Recorded[Event]]] = {}
    for recorded in batch:
        new.setdefault(recorded.stream_id, []).append(recorded)
    subjects = {p.subject for p in projections if isinstance(p, StateProjection)}
    older = [
        stream_id
        for stream_id, events in new.items()
        if events[0].version > 1 and any(subject.owns(stream_id) for subject in subjects)
    ]
    if older:
        new |= await log.read_streams(older, up_to=batch[-1].position)
    fold = Fold(projections)
    for stream_id, events in new.items():
        fold.take(stream_id, events, since=after)
    return fold
