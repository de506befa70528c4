"""Back-off: how long to wait after each failed try, and when to give up."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

MINUTES: Final = (1, 2, 5, 10, 20, 40, 60, 120, 240, 240, 360, 360)
"""After the first try, the second, and so on; together a little more than a day."""
PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in MINUTES)


class Backoff:
    """A schedule of pauses; after the try that follows the last one it is over."""

    def __init__(self, pauses: Sequence[timedelta] = PAUSES) -> None:
        self._pauses = tuple(pauses)

    def after(self, tries: int) -> timedelta:
        """The pause after so many tries; the last one again where there is none left."""
        return self._pauses[min(tries, len(self._pauses)) - 1]

    def is_over(self, tries: int) -> bool:
        """Whether so many failed tries were the last."""
        return tries > len(self._pauses)
