import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from domain.base import Event
from duban.event_log.codec import CODEC as REGISTERED
from duban.event_log.codec import Codec, MalformedEvent, UnknownEvent
from tests.event_log.given import CODEC, Noted

GOLDEN = Path(__file__).parents[1] / "golden" / "event_log" / "upcast.json"
SAMPLES = sorted((GOLDEN.parents[1] / "events").glob("*.json"))


class Moved(Event):
    """Version 1 had one `place`; version 2 `from_place` and `to_place`; version 3 named the unit of distance."""

    type: ClassVar[str] = "test.moved"
    schema_version: ClassVar[int] = 3
    from_place: str | None
    to_place: str
    metres: int


def to_version_2(body: dict[str, Any]) -> dict[str, Any]:
    return {**{k: v for k, v in body.items() if k != "place"}, "from_place": None, "to_place": body["place"]}


def to_version_3(body: dict[str, Any]) -> dict[str, Any]:
    return {**{k: v for k, v in body.items() if k != "km"}, "metres": body["km"] * 1000}


MOVED = Codec({"test.moved": Moved}, {("test.moved", 1): to_version_2, ("test.moved", 2): to_version_3})


def test_encoding_is_canonical() -> None:
    assert CODEC.encode(Noted(occurred_at=None, text="督办", number=1)) == (
        '{"number":1,"occurred_at":null,"reconstructed":null,"text":"督办"}'.encode()
    )


@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_released_version_is_read_as_the_newest(version: int) -> None:
    golden = json.loads(GOLDEN.read_text("utf-8"))

    event = MOVED.decode("test.moved", version, golden["stored"][str(version)].encode())

    assert MOVED.encode(event).decode() == golden["newest"]


@pytest.mark.parametrize(
    ("name", "version", "reason"),
    [
        ("test.unheard-of", 1, "unknown type"),
        ("test.moved", 4, "newer than this program"),
        ("test.moved", 0, "no upcaster from version 0"),
    ],
)
def test_an_unknown_type_or_version_names_its_position(name: str, version: int, reason: str) -> None:
    with pytest.raises(UnknownEvent, match=f"{name} version {version} at position 4711 .*{reason}"):
        MOVED.decode(name, version, b"{}", 4711)


@pytest.mark.parametrize("payload", [b"", b"[]", b'{"secret":"name of a deputy"}', b'{"text":"\xff"}'])
def test_a_malformed_payload_names_its_position_and_does_not_quote_it(payload: bytes) -> None:
    with pytest.raises(MalformedEvent, match=r"test\.noted version 1 at position 7") as refused:
        CODEC.decode("test.noted", 1, payload, 7)

    assert "deputy" not in str(refused.value)


def test_a_page_of_every_event_there_is_reads_as_each_by_itself() -> None:
    types, numbers = zip(*(sample.stem.rsplit(".v", 1) for sample in SAMPLES), strict=True)
    versions = [int(number) for number in numbers]
    payloads = [sample.read_bytes() for sample in SAMPLES]

    page = list(REGISTERED.decode_each(types, versions, payloads, range(len(types))))

    assert page == list(map(REGISTERED.decode, types, versions, payloads))
    assert tuple(event.type for event in page) == types


def test_an_old_event_in_a_page_is_upcast() -> None:
    golden = json.loads(GOLDEN.read_text("utf-8"))
    payloads = [golden["stored"][version].encode() for version in ("3", "1", "2")]

    page = MOVED.decode_each(["test.moved"] * 3, [3, 1, 2], payloads, [7, 8, 9])

    assert {MOVED.encode(event).decode() for event in page} == {golden["newest"]}
