"""The law as it stands: the official calendar under the notices that the log holds."""

from time import monotonic
from typing import Protocol, cast

from domain.base import Event, Recorded
from domain.calendar_notices import CALENDAR_STREAM, CalendarAmended, CalendarNotices, fold_calendar
from domain.law import Law

FRESH = 5.0  # seconds for which the notices read are taken as the latest


class Log(Protocol):
    """Where the notices are read."""

    async def read_stream(self, stream_id: str) -> list[Recorded[Event]]: ...


class LawBook:
    """Knows the law of the moment; a notice recorded elsewhere is known here within seconds."""

    def __init__(self, log: Log, published: Law) -> None:
        self._log = log
        self._published = published
        self._current = published
        self._read_at: float | None = None

    async def current(self) -> Law:
        if self._read_at is None or monotonic() - self._read_at > FRESH:
            await self.read()
        return self._current

    async def read(self) -> CalendarNotices:
        """Read the notices now."""
        recorded = await self._log.read_stream(CALENDAR_STREAM)
        notices = fold_calendar(cast(CalendarAmended, r.body) for r in recorded)
        self._current = Law(notices.applied_to(self._published.calendar))
        self._read_at = monotonic()
        return notices
