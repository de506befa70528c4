"""Commands as the arrays that `append_events` takes, and its answer as outcomes."""

from collections.abc import Sequence
from typing import Any, Final

import asyncpg

from duban.event_log.hashing import event_hash, shard_of
from duban.event_log.model import Append, Appended, Conflict, Outcome, StreamWrite

APPEND: Final = f"select * from append_events({', '.join(f'${n}' for n in range(1, 19))})"


class Batch:
    """What one call of `append_events` carries; see the function for what each array means."""

    def __init__(self, appends: Sequence[Append]) -> None:
        self._appends = appends
        self._streams: dict[str, int] = {}
        self._writes: list[tuple[int, int, int, int]] = []
        self._written: list[StreamWrite] = []
        self._events: list[tuple[Any, ...]] = []
        for number, append in enumerate(appends, start=1):
            for write in append.writes:
                self._add(number, append, write)

    def _add(self, number: int, append: Append, write: StreamWrite) -> None:
        stream_id, before = write.stream_id, write.expected_version
        slot = self._streams.setdefault(stream_id, len(self._streams) + 1)
        self._writes.append((number, slot, before, len(write.events)))
        self._written.append(write)
        shard = shard_of(stream_id)
        congress, actor = append.congress, append.actor
        correlation_id, causation_id = append.correlation_id, append.causation_id
        for version, event in enumerate(write.events, start=before + 1):
            digest = event_hash(
                stream_id=stream_id,
                version=version,
                congress=congress,
                shard=shard,
                event_type=event.type,
                schema_version=event.schema_version,
                event_id=event.event_id,
                payload=event.payload,
                actor=actor,
                correlation_id=correlation_id,
                causation_id=causation_id,
            )
            self._events.append(
                (
                    stream_id,
                    version,
                    congress,
                    shard,
                    event.type,
                    event.schema_version,
                    event.event_id,
                    event.payload,
                    actor,
                    correlation_id,
                    causation_id,
                    digest,
                )
            )

    def arguments(self) -> tuple[object, ...]:
        return (
            len(self._appends),
            list(self._streams),
            *zip(*self._writes, strict=True),
            *zip(*self._events, strict=True),
        )

    def outcomes(self, answer: asyncpg.Record) -> list[Outcome]:
        positions, repeated = answer["positions"], answer["repeated"]
        clashes, actual = answer["conflict_write"], answer["conflict_actual"]
        outcomes: list[Outcome] = []
        event = 0
        for number, append in enumerate(self._appends):
            beyond = event + sum(len(write.events) for write in append.writes)
            if (clash := clashes[number]) is None:
                outcomes.append(Appended(tuple(positions[event:beyond]), repeated[number]))
            else:
                write = self._written[clash - 1]
                outcomes.append(Conflict(write.stream_id, write.expected_version, actual[number]))
            event = beyond
        return outcomes
