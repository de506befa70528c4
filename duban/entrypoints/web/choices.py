"""Choices: what the board offers each reader to filter by; counted over every case they see, so kept a while."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Any, Final

from domain.vocabulary import Kind, Level, Stage
from duban.access.viewer import Viewer
from projections import board
from projections.base import Connection

KEPT_FOR: Final = 60.0  # seconds
READERS: Final = 500  # whose choices are kept


class Choices:
    """The choices of each reader, as they were at most a minute ago."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[Viewer, tuple[float, dict[str, Any]]] = OrderedDict()

    async def of(self, viewer: Viewer, connection: Connection) -> dict[str, Any]:
        """Read on the viewer's own connection, so nobody is offered what they do not see."""
        known = self._kept.get(viewer)
        if known is not None and self._clock() - known[0] < KEPT_FOR:
            return known[1]
        read = await _read(connection)
        self._kept[viewer] = (self._clock(), read)
        self._kept.move_to_end(viewer)
        if len(self._kept) > READERS:
            self._kept.popitem(last=False)
        return read


async def _read(connection: Connection) -> dict[str, Any]:
    return {
        "congresses": await board.values_of(connection, "congress"),
        "units": await board.units(connection),
        "subjects": await board.values_of(connection, "subject"),
        "stages": list(Stage),
        "levels": list(Level),
        "kinds": list(Kind),
    }
