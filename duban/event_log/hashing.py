"""Event and chain hashes: an injective, versioned encoding anyone can recompute (docs/reference/event-log.md)."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from struct import Struct
from typing import Final
from uuid import UUID

EVENT_TAG: Final = b"duban.event.1"
CHAIN_TAG: Final = b"duban.chain.1"
GENESIS: Final = bytes(32)  # the chain hash before position 1
SHARDS: Final = 64

# A field is its length as 4 bytes and then its bytes; an absent one has this length and no bytes.
ABSENT: Final = b"\xff\xff\xff\xff"
_START: Final[Callable[..., bytes]] = Struct(">13sIqIqIqI16sI16s").pack  # the tag, three numbers, two ids
_ID: Final[Callable[..., bytes]] = Struct(">I16s").pack
_LENGTH: Final[Callable[..., bytes]] = Struct(">I").pack
_LINK: Final[Callable[..., bytes]] = Struct(">13s32s32sqq").pack
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_PER_DAY: Final = 86_400
_MICROSECONDS: Final = 1_000_000


@lru_cache(4096)
def shard_of(stream_id: str) -> int:
    """The stream's shard, 0 to 63: the first byte of the SHA-256 of its name, modulo 64."""
    return sha256(stream_id.encode()).digest()[0] % SHARDS


def event_hash(
    stream_id: str,
    version: int,
    congress: str,
    shard: int,
    event_type: str,
    schema_version: int,
    event_id: UUID,
    payload: bytes,
    actor: str,
    correlation_id: UUID,
    causation_id: UUID | None,
) -> bytes:
    """SHA-256 over everything stored about an event except what the log adds: position, time and chain."""
    encoded = (
        _START(
            EVENT_TAG, 8, version, 8, shard, 8, schema_version, 16, event_id.bytes, 16, correlation_id.bytes
        ),
        ABSENT if causation_id is None else _ID(16, causation_id.bytes),
        _text(stream_id),
        _text(congress),
        _text(event_type),
        _text(actor),
        _LENGTH(len(payload)),
        payload,
    )
    return sha256(b"".join(encoded)).digest()


@lru_cache(1024)  # the same few come again and again
def _text(text: str) -> bytes:
    encoded = text.encode()
    return _LENGTH(len(encoded)) + encoded


def chain_hash(previous: bytes, event: bytes, position: int, recorded_at: datetime) -> bytes:
    """Binds an event to its place, its time and everything before it."""
    return link(previous, event, position, microseconds(recorded_at))


def link(previous: bytes, event: bytes, position: int, moment: int) -> bytes:
    """The chain hash for a time given in microseconds."""
    return sha256(_LINK(CHAIN_TAG, previous, event, position, moment)).digest()


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970-01-01 UTC, without the rounding of a float."""
    since = moment - _EPOCH
    return (since.days * _SECONDS_PER_DAY + since.seconds) * _MICROSECONDS + since.microseconds
