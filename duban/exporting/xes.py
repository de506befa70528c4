"""XES (IEEE 1849) for older tools: one trace per case, its events in the order of the log."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import XMLGenerator

from domain.base import Event, Recorded
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import CONTROL_CHARACTERS
from duban.exporting.plain_facts import attributes_of, plain_fact
from duban.exporting.tables import in_utc
from duban.exporting.target import whole
from duban.histories import History

EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
)
TAGS = {"integer": "int", "boolean": "boolean", "float": "float", "time": "date", "string": "string"}


async def write_xes(histories: AsyncIterator[History], path: Path) -> int:
    """Write the histories of cases as one XES file; returns the number of events."""
    written = 0
    with whole(path) as part, part.open("wb") as file:
        xml = _Xes(file)
        async for _, recorded in histories:
            xml.trace(recorded)
            written += len(recorded)
        xml.end()
    return written


class _Xes:
    def __init__(self, file: Any) -> None:
        self._xml = XMLGenerator(file, "utf-8", short_empty_elements=True)
        self._xml.startDocument()
        self._open("log", {"xes.version": "1849-2016", "xmlns": "http://www.xes-standard.org/"})
        for name, prefix, uri in EXTENSIONS:
            self._empty("extension", {"name": name, "prefix": prefix, "uri": uri})
        self._open("global", {"scope": "trace"})
        self._fact("concept:name", "string", "unknown")
        self._close("global")
        self._open("global", {"scope": "event"})
        self._fact("concept:name", "string", "unknown")
        self._fact("time:timestamp", "time", datetime(1970, 1, 1, tzinfo=UTC))
        self._close("global")
        self._empty("classifier", {"name": "event type", "keys": "concept:name"})

    def trace(self, recorded: list[Recorded[Event]]) -> None:
        case = Suggestion()
        for event in recorded:
            case = case.evolve(event.body)  # type: ignore[arg-type] # streams of cases hold their events
        self._open("trace", {})
        self._fact("concept:name", "string", case.ref)
        self._fact("title", "string", case.title)
        self._fact("subject", "string", case.classification.name if case.classification else None)
        self._fact("stage", "string", case.stage.value)
        for event in recorded:
            self._event(event)
        self._close("trace")

    def _event(self, recorded: Recorded[Event]) -> None:
        body: Any = recorded.body
        self._open("event", {})
        self._fact("concept:name", "string", recorded.type)
        self._fact("lifecycle:transition", "string", "complete")
        self._fact("time:timestamp", "time", body.occurred_at or recorded.recorded_at)
        self._fact("org:resource", "string", recorded.actor)
        self._fact("org:group", "string", getattr(body, "unit", None))
        self._fact("sequence", "integer", recorded.position)
        self._fact("recorded_at", "time", recorded.recorded_at)
        for name, kind in attributes_of(type(body)).items():
            self._fact(name, kind, plain_fact(getattr(body, name)))
        self._close("event")

    def end(self) -> None:
        self._close("log")
        self._xml.endDocument()

    def _fact(self, key: str, kind: str, value: Any) -> None:
        if value is None:
            return  # absent is not empty: other tools choke on placeholders
        if isinstance(value, bool):
            value = str(value).lower()
        if isinstance(value, datetime):
            value = in_utc(value)
        self._empty(TAGS[kind], {"key": key, "value": CONTROL_CHARACTERS.sub("", str(value))})

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._xml.startElement(name, attributes)  # type: ignore[arg-type] # a mapping serves
        self._xml.characters("\n")

    def _close(self, name: str) -> None:
        self._xml.endElement(name)
        self._xml.characters("\n")

    def _empty(self, name: str, attributes: dict[str, str]) -> None:
        self._xml.startElement(name, attributes)  # type: ignore[arg-type]
        self._xml.endElement(name)
        self._xml.characters("\n")
