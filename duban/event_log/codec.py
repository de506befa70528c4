"""Events to canonical JSON bytes and back: the closed table of types, and upcasting of old versions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import call
from typing import Any, Final

import orjson
from pydantic import ValidationError

from domain.base import Event
from domain.registry import EVENT_TYPES

Body = dict[str, Any]
Upcaster = Callable[[Body], Body]

# (type, version it reads) -> a pure function to the next version; stored bytes are never rewritten.
UPCASTERS: Final[Mapping[tuple[str, int], Upcaster]] = {}


NONE: Final[Mapping[str, Callable[[bytes], Event]]] = {}


class UnreadableEvent(Exception):
    """An event of the log that this program cannot read."""

    def __init__(self, event_type: str, schema_version: int, position: int | None, reason: str) -> None:
        self.event_type, self.schema_version, self.position = event_type, schema_version, position
        at = "" if position is None else f" at position {position}"
        super().__init__(f"{event_type} version {schema_version}{at} {reason}")


class UnknownEvent(UnreadableEvent):
    """A type, or a version of its schema, that this program does not know; a newer one may have written it."""


class MalformedEvent(UnreadableEvent):
    """A payload that is not what its type and version say."""


class Codec:
    """One closed table of event types; names in stored rows never import anything."""

    def __init__(
        self, types: Mapping[str, type[Event]], upcasters: Mapping[tuple[str, int], Upcaster] | None = None
    ) -> None:
        self._types = types
        self._upcasters = upcasters or {}
        self.current: Mapping[tuple[str, int], type[Event]] = {
            (name, event.schema_version): event for name, event in types.items()
        }
        """The (type, version) pairs that may be appended."""
        self._read: dict[int, dict[str, Callable[[bytes], Event]]] = {}
        for (name, version), event in self.current.items():
            self._read.setdefault(version, {})[name] = event.__pydantic_validator__.validate_json

    def encode(self, event: Event) -> bytes:
        """Canonical JSON: sorted keys, no blanks, UTF-8."""
        return orjson.dumps(event.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)

    def decode(self, type: str, schema_version: int, payload: bytes, position: int | None = None) -> Event:
        """The event; old versions are upcast. `position` is for the message only."""
        read = self._read.get(schema_version, NONE).get(type)
        try:
            if read is not None:
                return read(payload)
            return self._upcast(type, schema_version, payload, position)
        except ValidationError as error:
            # Pydantic's own text would quote the payload, which can hold personal data.
            places = ", ".join(
                sorted({".".join(map(str, detail["loc"])) or "body" for detail in error.errors()})
            )
            raise MalformedEvent(
                type, schema_version, position, f"does not fit its schema: {places}"
            ) from None

    def decode_each(
        self,
        types: Sequence[str],
        schema_versions: Sequence[int],
        payloads: Sequence[bytes],
        positions: Sequence[int],
    ) -> Iterator[Event]:
        """The events one after the other, each decoded when it is asked for."""
        readers = [read for read in self._readers(types, schema_versions) if read]
        if len(readers) < len(types):  # one is old or unknown
            yield from map(self.decode, types, schema_versions, payloads, positions)
            return
        try:
            yield from map(call, readers, payloads)
        except ValidationError:  # one is malformed; each by itself tells which
            for _ in map(self.decode, types, schema_versions, payloads, positions):
                pass
            raise

    def _readers(
        self, types: Sequence[str], schema_versions: Sequence[int]
    ) -> Iterator[Callable[[bytes], Event] | None]:
        if len(set(schema_versions)) == 1:  # one look-up an event instead of two
            return map(self._read.get(schema_versions[0], NONE).get, types)
        return (self._read.get(v, NONE).get(name) for name, v in zip(types, schema_versions, strict=True))

    def _upcast(self, name: str, version: int, payload: bytes, position: int | None) -> Event:
        event = self._types.get(name)
        if event is None:
            raise UnknownEvent(name, version, position, "is of an unknown type")
        try:
            body: Body = orjson.loads(payload)
        except orjson.JSONDecodeError:
            raise MalformedEvent(name, version, position, "is not JSON") from None
        for step in range(version, event.schema_version):
            upcaster = self._upcasters.get((name, step))
            if upcaster is None:
                raise UnknownEvent(
                    name, version, position, f"cannot be read: no upcaster from version {step}"
                )
            body = upcaster(body)
        if version > event.schema_version:
            newest = event.schema_version
            raise UnknownEvent(name, version, position, f"is newer than this program, which knows {newest}")
        return event.model_validate_json(orjson.dumps(body))


CODEC: Final = Codec(EVENT_TYPES, UPCASTERS)
encode = CODEC.encode
decode = CODEC.decode
