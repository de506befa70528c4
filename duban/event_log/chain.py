"""A run of stored rows against the chain: the first position that is not as it was recorded, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import asyncpg

from duban.event_log.hashing import GENESIS, chain_hash, event_hash, link, microseconds
from duban.event_log.model import StoredRow


class Kind(StrEnum):
    """What differs."""

    PAYLOAD = "payload"
    HASH = "hash"
    TIME = "time"
    ORDER = "order"
    MISSING = "missing"
    INSERTED = "inserted"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Difference:
    position: int
    kind: Kind
    reason: str


_PAYLOAD: Final = "the payload or another recorded field is not what its event hash says"
_EVENT_HASH: Final = "the stored event hash was changed; the event itself fits the chain"
_CHAIN_HASH: Final = "the stored chain hash was changed; the event and its successor fit the chain"
_TIME: Final = "the recorded time, or the event together with its hash, was changed"
_LAST: Final = "the last event's recorded time was changed, or the event was added past the chain"
_ORDER: Final = "the event is not the one that was recorded here"
_INSERTED: Final = "an event that was not recorded here pushes the following ones back"
_CLOSED: Final = "an event is missing here, and the following ones were moved up"
_NO_ROW: Final = "there is no event at this position"
_BELOW: Final = "there is an event below position 1"


def examine(rows: Sequence[asyncpg.Record], first: int, last: int) -> Difference | None:
    """Checks the rows of `first` to `last`; `rows` also holds, if there are any, those just before and after."""
    previous, start = GENESIS, 0
    recorded_at, moment = None, 0
    if first > 1:
        if not rows or rows[0][0] != first - 1:
            return Difference(first - 1, Kind.MISSING, _NO_ROW)
        previous, start = rows[0]["chain_hash"], 1
    elif rows and rows[0][0] < 1:
        return Difference(rows[0][0], Kind.INSERTED, _BELOW)
    for index, position in enumerate(range(first, last + 1), start):
        if index >= len(rows) or rows[index][0] != position:
            return Difference(position, Kind.MISSING, _NO_ROW)
        row = rows[index]
        digest = digest_of(row)
        if row[12] != recorded_at:  # events of one commit share their time
            recorded_at, moment = row[12], microseconds(row[12])
        chain = row[14]
        if digest != row[13] or chain != link(previous, digest, position, moment):
            following = StoredRow(*rows[index + 1]) if index + 1 < len(rows) else None
            return _explain(previous, StoredRow(*row), digest, following)
        previous = chain
    return None


def digest_of(row: asyncpg.Record) -> bytes:
    """The event hash of a row as it is stored now."""
    return event_hash(*row[1:12])


def _explain(previous: bytes, row: StoredRow, digest: bytes, following: StoredRow | None) -> Difference:
    position = row.position
    if digest != row.event_hash:
        if chain_hash(previous, digest, position, row.recorded_at) == row.chain_hash:
            return Difference(position, Kind.HASH, _EVENT_HASH)
        return Difference(position, Kind.PAYLOAD, _PAYLOAD)
    if following is None:
        return Difference(position, Kind.TIME, _LAST)

    def follows(chain: bytes, place: int) -> bool:
        return following.chain_hash == chain_hash(chain, following.event_hash, place, following.recorded_at)

    if follows(chain_hash(previous, digest, position, row.recorded_at), position + 1):
        return Difference(position, Kind.HASH, _CHAIN_HASH)
    if follows(row.chain_hash, position + 1):
        return Difference(position, Kind.TIME, _TIME)
    if follows(previous, position) or follows(row.chain_hash, position):
        return Difference(position, Kind.INSERTED, _INSERTED)
    if follows(row.chain_hash, position + 2):
        return Difference(position, Kind.MISSING, _CLOSED)
    return Difference(position, Kind.ORDER, _ORDER)
