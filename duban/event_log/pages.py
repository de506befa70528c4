"""Pages of the log: many events fetched as one row, each field joined over all of them, and unpacked in C.

A thousand records of asyncpg cost more than checking a thousand events, and joined columns cost the database little.
"""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from itertools import repeat, starmap
from struct import Struct, unpack
from typing import Final

from asyncpg.pgproto.pgproto import UUID  # what asyncpg makes of one; several times as fast as uuid.UUID

from domain.base import Event, Recorded
from duban.event_log.codec import Codec

_ID: Final = Struct("16s")
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)  # of PostgreSQL's binary times
_recorded: Final = partial(tuple.__new__, Recorded)  # from its fields, without a call of Python

# Texts are joined by a line feed: it is in no stream id, congress or actor, and in no canonical JSON.
_JOINED: Final = r"""
    string_agg(int8send(position), '' {order}),
    string_agg(stream_id, E'\n' {order}),
    string_agg(int8send(version), '' {order}),
    string_agg(congress, E'\n' {order}),
    string_agg(uuid_send(event_id), '' {order}),
    string_agg(event_type, E'\n' {order}),
    string_agg(int4send(schema_version), '' {order}),
    string_agg(payload, E'\n' {order}),
    string_agg(actor, E'\n' {order}),
    string_agg(uuid_send(correlation_id), '' {order}),
    string_agg(case when causation_id is null then '\x00'::bytea else '\x01' end, '' {order}),
    string_agg(uuid_send(causation_id), '' {order}),
    string_agg(timestamptz_send(recorded_at), '' {order})"""


def page_of(rows: str, order: str) -> str:
    """The query for a page of rows that come in that order; saying so again costs no sort."""
    return f"select {_JOINED.format(order=f'order by {order}')} from ({rows}) rows having count(*) > 0"


def pages_of(rows: str, order: str, size: int) -> str:
    """The query for all of those rows, in that order, as pages of a size; a cursor holds one of them at a time."""
    numbered = f"select *, (row_number() over (order by {order}) - 1) / {size:d} as page from ({rows}) every"
    return f"select {_JOINED.format(order=f'order by {order}')} from ({numbered}) rows group by page order by page"


def event_by_event(rows: str) -> str:
    """The query for the same rows as pages of one event, by position."""
    return f"select {_JOINED.format(order='')} from ({rows}) rows group by position order by position"


@dataclass(frozen=True)
class Page:
    """Some events as they are stored, light to hand to another process; `recorded` makes events of them."""

    positions: bytes  # 8 bytes each, as versions and times
    stream_ids: str
    versions: bytes
    congresses: str
    event_ids: bytes
    types: str
    schema_versions: bytes
    payloads: bytes
    actors: str
    correlation_ids: bytes
    caused: bytes  # a byte each: whether it has a causation id
    causation_ids: bytes | None  # of those that have one
    moments: bytes  # microseconds since 2000

    def __len__(self) -> int:
        return len(self.caused)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The positions."""
        return unpack(f">{len(self)}q", self.positions)

    @property
    def separable(self) -> bool:
        """Whether the texts come apart as they were joined: somebody else's rows may hold line feeds."""
        return all(len(parts) == len(self) for parts in self._texts) and len(self._payloads) == len(self)

    @cached_property
    def _texts(self) -> tuple[list[str], ...]:
        """Stream ids, congresses, types and actors."""
        joined = (self.stream_ids, self.congresses, self.types, self.actors)
        return tuple([text] if len(self) == 1 else text.split("\n") for text in joined)

    @cached_property
    def _payloads(self) -> list[bytes]:
        return [self.payloads] if len(self) == 1 else self.payloads.split(b"\n")

    def each(self, codec: Codec) -> Iterator[Recorded[Event]]:
        """The events, each checked against its schema when it is asked for.

        Raises UnreadableEvent, which names the position.
        """
        count, positions = len(self), self.numbers
        stream_ids, congresses, types, actors = self._texts
        schema_versions = unpack(f">{count}i", self.schema_versions)
        columns = (
            positions,
            stream_ids,
            unpack(f">{count}q", self.versions),
            congresses,
            _uuids(self.event_ids),
            types,
            schema_versions,
            codec.decode_each(types, schema_versions, self._payloads, positions),
            actors,
            _uuids(self.correlation_ids),
            self._causes(),
            _times(unpack(f">{count}q", self.moments)),
        )
        return map(_recorded, zip(*columns, strict=True))

    def recorded(self, codec: Codec) -> list[Recorded[Event]]:
        """All of the events at once."""
        with _no_garbage_collection():
            return list(self.each(codec))

    def _causes(self) -> Iterable[UUID | None]:
        if self.causation_ids is None:
            return repeat(None, len(self))
        ids = _uuids(self.causation_ids)
        return [next(ids) if has else None for has in self.caused]


def _uuids(joined: bytes) -> Iterator[UUID]:
    return starmap(UUID, _ID.iter_unpack(joined))


def _times(moments: Sequence[int]) -> Iterator[datetime]:
    """Events of one commit share their time."""
    times = {moment: _EPOCH + timedelta(microseconds=moment) for moment in set(moments)}
    return map(times.__getitem__, moments)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """While a page is made, all that it makes is alive: looking for garbage among it took a fifth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
