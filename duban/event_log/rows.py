"""A command as rows of the log, hashed; the same for the function that appends and for bulk import."""

from collections.abc import Iterator
from uuid import UUID

from duban.event_log.hashing import event_hash, shard_of
from duban.event_log.model import Append

# stream_id, version, congress, shard, event_type, schema_version, event_id, payload, actor, correlation_id,
# causation_id, event_hash: the table's columns, in its order, without those that the log adds
NewRow = tuple[str, int, str, int, str, int, UUID, bytes, str, UUID, UUID | None, bytes]


def rows_of(append: Append) -> Iterator[NewRow]:
    """One row per event."""
    congress, actor, correlation_id, causation_id, writes = append
    for stream_id, expected_version, events in writes:
        shard = shard_of(stream_id)
        for version, (event_id, type, schema_version, payload) in enumerate(events, expected_version + 1):
            row = (
                stream_id,
                version,
                congress,
                shard,
                type,
                schema_version,
                event_id,
                payload,
                actor,
                correlation_id,
                causation_id,
            )
            yield (*row, event_hash(*row))
