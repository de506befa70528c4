from typing import cast

from duban.access.viewer import PUBLIC, Role, Viewer
from duban.entrypoints.web import choices
from duban.entrypoints.web.choices import KEPT_FOR, Choices
from projections.base import Connection


class Answering:
    """A connection that gives one congress and one unit, and counts what it is asked."""

    def __init__(self, unit: str) -> None:
        self.unit, self.asked = unit, 0

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        self.asked += 1
        return [{"value": "npc", "unit": self.unit, "cases": 1}]


async def test_each_reader_is_offered_what_their_own_connection_showed_for_a_minute() -> None:
    now = 0.0
    kept = Choices(lambda: now)
    mine, theirs = Answering("农业农村部"), Answering("财政部")
    handler = Viewer("handler", frozenset({Role.UNIT_HANDLER}), "npc", unit="农业农村部")

    async def offered(viewer: Viewer, connection: Answering) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = (await kept.of(viewer, cast(Connection, connection)))["units"]
        return found

    assert await offered(PUBLIC, theirs) == [("财政部", 1)]
    assert await offered(handler, mine) == [("农业农村部", 1)]
    asked = mine.asked
    assert await offered(handler, mine) == [("农业农村部", 1)]
    assert mine.asked == asked

    now += KEPT_FOR
    mine.unit = "水利部"
    assert await offered(handler, mine) == [("水利部", 1)]


async def test_the_choices_of_the_latest_readers_alone_are_kept() -> None:
    kept, connection = Choices(lambda: 0.0), Answering("财政部")
    for number in range(choices.READERS + 1):
        await kept.of(Viewer(str(number)), cast(Connection, connection))

    asked = connection.asked
    await kept.of(Viewer(str(choices.READERS)), cast(Connection, connection))
    assert connection.asked == asked
    await kept.of(Viewer("0"), cast(Connection, connection))
    assert connection.asked > asked
