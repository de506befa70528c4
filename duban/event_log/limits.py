"""What an append must satisfy before anything is sent to the database."""

import re
from collections.abc import Container
from functools import lru_cache
from typing import Final

from duban.event_log.model import Append, StreamWrite

PAYLOAD_LIMIT: Final = 1024 * 1024  # bytes; an event is a fact, not an attachment
STREAM_ID_LIMIT: Final = 200  # characters; also a check in the table
NAME_LIMIT: Final = 1000  # characters of a congress, an actor, or a type of the library's
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class BadAppend(ValueError):
    """An append that is wrong in itself, whatever the log holds."""


class NothingToAppend(BadAppend):
    """A command without writes, or a write without events."""


class BadStreamId(BadAppend):
    """A stream id is empty, over 200 characters, or holds control characters."""


class BadName(BadAppend):
    """A congress, an actor or a type is empty, over 1000 characters, or holds control characters."""


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
    congress, actor, _, _, writes = append
    if not writes:
        raise NothingToAppend("the command has no writes")
    _check_name(congress)
    _check_name(actor)
    for write in writes:
        _check_write(write, known)
    if len(writes) == 1 and len(writes[0].events) == 1:
        return append
    ids = [event.event_id for write in writes for event in write.events]
    if len(ids) != len(set(ids)):
        raise EventIdTwice("the command has the same event id twice")
    _check_succession(writes)
    return append


def _has_control(text: str) -> bool:
    return (
        not text.isprintable() and _CONTROL.search(text) is not None
    )  # most are printable, which is told at once


@lru_cache(1024)  # the same few in every command
def _check_name(name: str) -> None:
    if not 0 < len(name) <= NAME_LIMIT or _has_control(name):
        raise BadName(
            f"a congress, an actor or a type has 1 to {NAME_LIMIT} characters and no control characters: {name[:80]!r}"
        )


def _check_write(write: StreamWrite, known: Container[tuple[str, int]] | None) -> None:
    stream_id, expected_version, events = write
    if not 0 < len(stream_id) <= STREAM_ID_LIMIT:
        raise BadStreamId(f"a stream id has 1 to {STREAM_ID_LIMIT} characters, not {len(stream_id)}")
    if _has_control(stream_id):
        raise BadStreamId(f"the stream id {stream_id!r} has control characters")
    if expected_version < 0:
        raise VersionSkips(f"{stream_id}: version {expected_version} is below 0")
    if not events:
        raise NothingToAppend(f"{stream_id}: the write has no events")
    for _, type, schema_version, payload in events:
        if len(payload) > PAYLOAD_LIMIT:
            raise PayloadTooLarge(f"{type}: {len(payload)} bytes are over the limit of {PAYLOAD_LIMIT}")
        if known is None:
            _check_name(type)
        elif (type, schema_version) not in known:
            raise UnregisteredEventType(f"{type} version {schema_version} is not registered")


def _check_succession(writes: tuple[StreamWrite, ...]) -> None:
    versions: dict[str, int] = {}
    for write in writes:
        follows = versions.get(write.stream_id, write.expected_version)
        if write.expected_version != follows:
            raise VersionSkips(
                f"{write.stream_id}: a write at {write.expected_version} does not follow {follows}"
            )
        versions[write.stream_id] = follows + len(write.events)
