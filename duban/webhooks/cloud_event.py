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
        ref, kept = await self._case_of(recorded)
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

    async def _case_of(self, recorded: Recorded[Event]) -> tuple[str | None, str | None]:
        """The reference that the case of an event had then, and why nothing more of it may leave now.

        A case that is registered gets another reference: an event that is told again is told in the same words.
        """
        if not recorded.stream_id.startswith((CASE, MOTION)):
            return None, None
        # a motion that became a suggestion bears the same id
        stream: list[Any] = await self._log.read_stream(CASE + recorded.stream_id.partition("/")[2])
        if not stream:
            return None, None
        then = fold(known.body for known in stream if known.position <= recorded.position)
        case = fold(known.body for known in stream)
        kept = "confidential" if case.confidentiality_asked else None
        return then.ref or None, kept or ("identity-protected" if case.identity_protected else None)


def test_event(webhook: str, now: str) -> bytes:
    """What `duban webhook test` sends."""
    return orjson.dumps(
        {"specversion": "1.0", "id": webhook, "source": "urn:duban", "type": TEST, "time": now,
         "datacontenttype": "application/json", "data": {}}
    )  # fmt: skip
