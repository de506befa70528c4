"""OCEL 2.0 straight from the log: cases, units, assignments, replies, commitments and topics as objects.

Every event carries its position as `sequence`, so that events of one instant keep their order, and its time
is when it happened; where the source gives no date it is when it was recorded, and says so.
"""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from domain.base import Event, Recorded
from domain.registry import EVENT_TYPES
from domain.suggestion.suggestion import Suggestion
from duban.exporting.plain_facts import attributes_of, plain_fact
from duban.exporting.tables import in_utc
from duban.exporting.target import whole
from duban.histories import History

SPINE = {
    "sequence": "integer",
    "stream_version": "integer",
    "actor": "string",
    "recorded_at": "time",
    "undated": "boolean",
}
OBJECTS: dict[str, dict[str, str]] = {
    "case": {
        "reference": "string", "title": "string", "kind": "string", "place": "string", "term": "integer",
        "session": "integer", "in_session": "boolean", "delegation": "string", "subject": "string",
        "stage": "string",
    },
    "unit": {"name": "string"},
    "assignment": {"role": "string"},
    "reply": {"ordinal": "integer", "document_no": "string", "category": "string", "outcome": "string"},
    "commitment": {"promise": "string", "due": "time"},
    "topic": {"title": "string"},
    "motion": {"subject": "string"},
}  # fmt: skip

PIECE = 1 << 16  # characters copied at a time
SHARED = frozenset({"unit"})  # every other object belongs to one stream

Json = dict[str, Any]


@dataclass(slots=True)
class Ocel:
    """Builds the log of some histories, one stream at a time; what is finished lies on disk."""

    objects: IO[str]
    events: IO[str]
    shared: set[str] = field(default_factory=set)  # objects that other streams name too
    things: int = 0
    written: int = 0

    def add(self, history: History) -> None:
        stream_id, recorded = history
        found = _Found(stream_id)
        for event in recorded:
            found.take(event)
        for thing in found.objects.values():
            if thing["id"] not in self.shared:
                self._write(self.objects, thing, first=self.things == 0)
                self.things += 1
            if thing["type"] in SHARED:
                self.shared.add(thing["id"])
        for event in recorded:
            self._write(self.events, _event(event, found), first=self.written == 0)
            self.written += 1

    def _write(self, file: IO[str], value: Json, *, first: bool) -> None:
        file.write("" if first else ",\n")
        file.write(json.dumps(value, ensure_ascii=False))  # to the file itself it writes sign by sign


async def write_ocel(histories: AsyncIterator[History], path: Path) -> int:
    """Write the histories as one OCEL 2.0 JSON file; returns the number of events."""
    with (
        whole(path) as part,
        TemporaryFile("w+", encoding="utf-8") as objects,
        TemporaryFile("w+", encoding="utf-8") as events,
    ):
        log = Ocel(objects, events)
        async for history in histories:
            log.add(history)
        with part.open("w", encoding="utf-8") as out:
            out.write('{"objectTypes": ' + json.dumps(object_types()))
            out.write(',\n"eventTypes": ' + json.dumps(event_types()))
            for name, file in (("objects", objects), ("events", events)):
                out.write(f',\n"{name}": [\n')
                file.seek(0)
                while piece := file.read(PIECE):
                    out.write(piece)
                out.write("\n]")
            out.write("}\n")
    return log.written


def object_types() -> list[Json]:
    return [{"name": name, "attributes": _typed(attributes)} for name, attributes in OBJECTS.items()]


def event_types() -> list[Json]:
    """The closed table of event types, each with the plain facts of its body."""
    return [
        {"name": name, "attributes": _typed(SPINE | attributes_of(event))}
        for name, event in EVENT_TYPES.items()
    ]


def _typed(attributes: dict[str, str]) -> list[Json]:
    return [{"name": name, "type": kind} for name, kind in attributes.items()]


def _event(recorded: Recorded[Event], found: "_Found") -> Json:
    body: Any = recorded.body
    spine = {
        "sequence": recorded.position,
        "stream_version": recorded.version,
        "actor": recorded.actor,
        "recorded_at": in_utc(recorded.recorded_at),
        "undated": body.occurred_at is None,
    }
    facts = {name: plain_fact(getattr(body, name)) for name in attributes_of(type(body))}
    return {
        "id": str(recorded.event_id),
        "type": recorded.type,
        "time": in_utc(_when(recorded)),
        "attributes": [
            {"name": name, "value": value} for name, value in (spine | facts).items() if value is not None
        ],
        "relationships": [
            {"objectId": object_id, "qualifier": qualifier}
            for object_id, qualifier in found.touched(recorded)
        ],
    }


class _Found:
    """The objects of one stream: as its events name them, and how they hang together."""

    def __init__(self, stream_id: str) -> None:
        self.stream_id = stream_id
        self.objects: dict[str, Json] = {}
        self._subject = stream_id.partition("/")[0]
        self._congress = stream_id.split("/")[1]
        self._case = Suggestion()

    def take(self, recorded: Recorded[Event]) -> None:
        body: Any = recorded.body
        at = in_utc(_when(recorded))
        if self._subject == "case":
            self._case = self._case.evolve(body)
            self._take_case(at)
        elif self._subject in OBJECTS:
            thing = self._object(self.stream_id, self._subject)
            for name in OBJECTS[self._subject].keys() & type(body).model_fields.keys():
                _set(thing, name, getattr(body, name), at)
        if (unit := _unit_of(body)) is not None:
            self._unit(unit, at)
        if self._subject == "topic" and (case_id := getattr(body, "case_id", None)):
            _relate(self._object(self.stream_id, "topic"), f"case/{self._congress}/{case_id}", "covers")

    def _take_case(self, at: str) -> None:
        case, thing = self._case, self._object(self.stream_id, "case")
        facts = {name: getattr(case, name, None) for name in OBJECTS["case"]} | {
            "reference": case.ref,
            "subject": case.classification.name if case.classification else None,
        }
        for name, value in facts.items():
            _set(thing, name, value, at)
        for part in case.assignments:
            self._part(self._assignment_id(part.unit), "assignment", part.unit, {"role": part.role}, at)
        for reply in case.replies:
            facts = {name: getattr(reply, name) for name in OBJECTS["reply"]}
            self._part(self._reply_id(reply.unit, reply.ordinal), "reply", reply.unit, facts, at)
        for commitment in case.commitments:
            due = [c.deadline.due_at for c in case.clocks if c.about == commitment.id and c.deadline]
            facts = {"promise": commitment.promise, "due": due[0] if due else None}
            self._part(self._commitment_id(commitment.id), "commitment", commitment.owner, facts, at)

    def _part(self, object_id: str, kind: str, unit: str, facts: Json, at: str) -> None:
        thing = self._object(object_id, kind)
        for name, value in facts.items():
            _set(thing, name, value, at)
        _relate(thing, self.stream_id, "part of")
        _relate(thing, self._unit(unit, at), "of")

    def _unit(self, name: str, at: str) -> str:
        thing = self._object(f"unit/{self._congress}/{name}", "unit")
        _set(thing, "name", name, at)
        return str(thing["id"])

    def _object(self, object_id: str, kind: str) -> Json:
        return self.objects.setdefault(
            object_id, {"id": object_id, "type": kind, "attributes": [], "relationships": []}
        )

    def touched(self, recorded: Recorded[Event]) -> Iterator[tuple[str, str]]:
        """The objects that an event concerns, with what they are to it."""
        body: Any = recorded.body
        unit = _unit_of(body)
        candidates = {self.stream_id: self._subject}
        if unit is not None:
            candidates[f"unit/{self._congress}/{unit}"] = "unit"
            candidates[self._assignment_id(unit)] = "assignment"
            candidates[self._reply_id(unit, getattr(body, "ordinal", 0))] = "reply"
        if (commitment := getattr(body, "commitment", None)) is not None:
            candidates[self._commitment_id(commitment)] = "commitment"
        yield from ((name, what) for name, what in candidates.items() if name in self.objects)

    def _assignment_id(self, unit: str) -> str:
        return f"{self.stream_id}/assignment/{unit}"

    def _reply_id(self, unit: str, ordinal: int) -> str:
        return f"{self.stream_id}/reply/{unit}/{ordinal}"

    def _commitment_id(self, name: str) -> str:
        return f"{self.stream_id}/commitment/{name}"


def _unit_of(body: Any) -> str | None:
    return getattr(body, "unit", None) or getattr(body, "owner", None)


def _set(thing: Json, name: str, value: Any, at: str) -> None:
    """The attribute's value from then on; an unchanged one is not said again, an absent one never."""
    value = plain_fact(value)
    if value is None:
        return
    before = [a["value"] for a in thing["attributes"] if a["name"] == name]
    if not before or before[-1] != value:
        thing["attributes"].append({"name": name, "time": at, "value": value})


def _relate(thing: Json, to: str, qualifier: str) -> None:
    relation = {"objectId": to, "qualifier": qualifier}
    if relation not in thing["relationships"]:
        thing["relationships"].append(relation)


def _when(recorded: Recorded[Event]) -> datetime:
    return recorded.body.occurred_at or recorded.recorded_at
