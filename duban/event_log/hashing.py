"""Event and chain hashes: an injective, versioned encoding anyone can recompute (docs/reference/event-log.md)."""

from collections.abc import Callable
from datetime import UTC, datetime
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
_NUMBERS: Final[Callable[..., bytes]] = Struct(">IqIqIq").pack  # version, shard, schema_version
_IDS: Final[Callable[..., bytes]] = Struct(">I16sI16s").pack  # event_id, correlation_id
_ID: Final[Callable[..., bytes]] = Struct(">I16s").pack
_LENGTH: Final[Callable[..., bytes]] = Struct(">I").pack
_LINK: Final[Callable[..., bytes]] = Struct(">13s32s32sqq").pack
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_PER_DAY: Final = 86_400
_MICROSECONDS: Final = 1_000_000


def shard_of(stream_id: str) -> int:
    """The stream's shard, 0 to 63: the first byte of the SHA-256 of its name, modulo 64."""
    return sha256(stream_id.encode()).digest()[0] % SHARDS


def event_hash(
    *,
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
    stream, tenant, name, who = stream_id.encode(), congress.encode(), event_type.encode(), actor.encode()
    encoded = b"".join(
        (
            EVENT_TAG,
            _NUMBERS(8, version, 8, shard, 8, schema_version),
            _IDS(16, event_id.bytes, 16, correlation_id.bytes),
            ABSENT if causation_id is None else _ID(16, causation_id.bytes),
            _LENGTH(len(stream)),
            stream,
            _LENGTH(len(tenant)),
            tenant,
            _LENGTH(len(name)),
            name,
            _LENGTH(len(who)),
            who,
            _LENGTH(len(payload)),
            payload,
        )
    )
    return sha256(encoded).digest()


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
