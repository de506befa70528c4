"""What an append must satisfy before anything is sent to the database."""

import re
from collections.abc import Container
from typing import Final

from duban.event_log.model import Append, NewEvent, StreamWrite

PAYLOAD_LIMIT: Final = 1024 * 1024  # bytes; an event is a fact, not an attachment
STREAM_ID_LIMIT: Final = 200  # characters; also a check in the table
NAME_LIMIT: Final = 1000  # characters of a congress or an actor
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class BadAppend(ValueError):
    """An append that is wrong in itself, whatever the log holds."""


class NothingToAppend(BadAppend):
    """A command without writes, or a write without events."""


class BadStreamId(BadAppend):
    """A stream id is empty, over 200 characters, or holds control characters."""


class BadName(BadAppend):
    """A congress or an actor is over 1000 characters or holds control characters."""


class PayloadTooLarge(BadAppend):
    """An event's payload is over 1 MiB."""


class UnregisteredEventType(BadAppend):
    """An event type, or this version of its schema, that no class is registered for."""


class VersionSkips(BadAppend):
    """A version below 0, or two writes to one stream in a command where the second does not follow the first."""


class EventIdTwice(BadAppend):
    """The same event id twice in one command."""


def check(append: Append, known: Container[tuple[str, int]] | None) -> Append:
    """The append itself; raises a BadAppend if it is wrong in itself.

    `known` has the registered (type, schema version) pairs; None lets every type pass.
    """
    if not append.writes:
        raise NothingToAppend("the command has no writes")
    for name in (append.congress, append.actor):
        _check_name(name)
    for write in append.writes:
        _check_write(write, known)
    if len(append.writes) == 1 and len(append.writes[0].events) == 1:
        return append
    ids = [event.event_id for write in append.writes for event in write.events]
    if len(ids) != len(set(ids)):
        raise EventIdTwice("the command has the same event id twice")
    _check_succession(append.writes)
    return append


def _check_name(name: str) -> None:
    if len(name) > NAME_LIMIT or _CONTROL.search(name):
        raise BadName(
            f"a congress or an actor over {NAME_LIMIT} characters or with control characters: {name[:80]!r}"
        )


def _check_write(write: StreamWrite, known: Container[tuple[str, int]] | None) -> None:
    stream_id = write.stream_id
    if not 0 < len(stream_id) <= STREAM_ID_LIMIT:
        raise BadStreamId(f"a stream id has 1 to {STREAM_ID_LIMIT} characters, not {len(stream_id)}")
    if _CONTROL.search(stream_id):
        raise BadStreamId(f"the stream id {stream_id!r} has control characters")
    if write.expected_version < 0:
        raise VersionSkips(f"{stream_id}: version {write.expected_version} is below 0")
    if not write.events:
        raise NothingToAppend(f"{stream_id}: the write has no events")
    for event in write.events:
        _check_event(event, known)


def _check_event(event: NewEvent, known: Container[tuple[str, int]] | None) -> None:
    if len(event.payload) > PAYLOAD_LIMIT:
        raise PayloadTooLarge(
            f"{event.type}: {len(event.payload)} bytes are over the limit of {PAYLOAD_LIMIT}"
        )
    if known is not None and (event.type, event.schema_version) not in known:
        raise UnregisteredEventType(f"{event.type} version {event.schema_version} is not registered")


def _check_succession(writes: tuple[StreamWrite, ...]) -> None:
    versions: dict[str, int] = {}
    for write in writes:
        follows = versions.get(write.stream_id, write.expected_version)
        if write.expected_version != follows:
            raise VersionSkips(
                f"{write.stream_id}: a write at {write.expected_version} does not follow {follows}"
            )
        versions[write.stream_id] = follows + len(write.events)
