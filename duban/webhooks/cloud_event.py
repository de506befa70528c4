"""What a webhook is sent: one event of the log as a CloudEvent; of a confidential case, only that there was one."""

from typing import Any, Final, Protocol
from urllib.parse import quote

import orjson

from domain.base import Event, Recorded
from domain.suggestion.suggestion import fold

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
TEST: Final = "duban.webhook-test"
CASE, MOTION = "case/", "motion/"
DIGITS: Final = 20  # of a position written so that texts sort as numbers do


class Log(Protocol):
    """Where a case is looked up, before anything of it leaves."""

    async def read_stream(
        self, stream_id: str, *, after_version: int = 0, up_to: int | None = None
    ) -> list[Recorded[Event]]: ...


class CloudEvents:
    """Makes them; what may leave is decided by what holds when it leaves."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def of(self, recorded: Recorded[Event]) -> bytes:
        """The structured JSON form of CloudEvents 1.0; its id is that of the event, whenever it is sent."""
        ref, kept = await self._case_of(recorded.stream_id)
        known = {"position": recorded.position, "congress": recorded.congress, "ref": ref}
        told = {
            "stream": recorded.stream_id, "version": recorded.version, "actor": recorded.actor,
            "schema_version": recorded.schema_version, "correlation_id": str(recorded.correlation_id),
            "event": recorded.body.model_dump(mode="json"),
        }  # fmt: skip
        return orjson.dumps(
            {
                "specversion": "1.0",
                "id": str(recorded.event_id),
                "source": f"urn:duban:{quote(recorded.congress, safe='')}",
                "type": recorded.type,
                "subject": ref or recorded.stream_id,
                "time": recorded.recorded_at.isoformat().replace("+00:00", "Z"),
                "datacontenttype": "application/json",
                "sequence": f"{recorded.position:0{DIGITS}d}",
                "data": known | ({"withheld": kept} if kept else told),
            }
        )

    async def _case_of(self, stream_id: str) -> tuple[str | None, str | None]:
        """The reference of the case that a stream is of, and why nothing more of it may leave."""
        if not stream_id.startswith((CASE, MOTION)):
            return None, None
        case_stream = (
            CASE + stream_id.partition("/")[2]
        )  # a motion that became a suggestion bears the same id
        stream = await self._log.read_stream(case_stream)
        if not stream:
            return None, None
        case: Any = fold(recorded.body for recorded in stream)  # type: ignore[misc] # a case's events
        if case.confidentiality_asked:
            return case.ref, "confidential"
        return case.ref, "identity-protected" if case.identity_protected else None


def test_event(webhook: str, now: str) -> bytes:
    """What `duban webhook test` sends."""
    return orjson.dumps(
        {"specversion": "1.0", "id": webhook, "source": "urn:duban", "type": TEST, "time": now,
         "datacontenttype": "application/json", "data": {}}
    )  # fmt: skip
