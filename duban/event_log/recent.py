"""The newest events that this process has read, decoded once for all that follow the log in it."""

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Final

from domain.base import Event, Recorded

KEPT: Final = 4000  # events; a follower that is further behind reads for itself


class Recent:
    """A run of the log without a gap that ends where the last reading ended. What is in the log never changes."""

    def __init__(self, kept: int = KEPT) -> None:
        self._events: deque[Recorded[Event]] = deque(maxlen=kept)

    def after(self, position: int, limit: int) -> list[Recorded[Event]]:
        """The events after a position, as far as they are kept; none where the next one is not."""
        if not self._events:
            return []
        skipped = position + 1 - self._events[0].position
        if not 0 <= skipped < len(self._events):
            return []
        return list(islice(self._events, skipped, skipped + limit))

    def keep(self, events: Sequence[Recorded[Event]]) -> None:
        """What was read at the end of the log. A reading that does not go on with the run begins another."""
        newest = self._events[-1].position if self._events else 0
        new = [event for event in events if event.position > newest]
        if new and new[0].position != newest + 1:
            self._events.clear()
        self._events.extend(new)
