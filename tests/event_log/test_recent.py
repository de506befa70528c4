from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.base import Event, Recorded
from duban.bootstrap import now
from duban.event_log.recent import Recent
from tests.event_log.given import Noted

KEPT = 7
MOMENT = now()
LOOKS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12), st.integers(0, 6)), max_size=40)


def at(position: int) -> Recorded[Event]:
    return Recorded(
        position=position, stream_id="a", version=position, congress="npc", event_id=UUID(int=position),
        type="test.noted", schema_version=1, body=Noted(occurred_at=None, text=""), actor="tester",
        correlation_id=UUID(int=1), causation_id=None, recorded_at=MOMENT,
    )  # fmt: skip


@given(looks=LOOKS)
def test_what_is_kept_is_what_the_log_holds_whoever_reads_what_and_when(looks: Any) -> None:
    kept = Recent(KEPT)
    log: list[Recorded[Event]] = []
    for after, limit, grown in looks:
        log += map(at, range(len(log) + 1, len(log) + grown + 1))
        truly = log[after : after + limit]
        found = kept.after(after, limit)
        assert found == truly[: len(found)]
        if not found:
            kept.keep(truly)


def test_the_second_follower_reads_what_the_first_has_read() -> None:
    kept = Recent()
    events = list(map(at, range(5, 9)))
    kept.keep(events)

    assert kept.after(4, 10) == events
    assert kept.after(6, 1) == [events[2]]
    assert kept.after(3, 10) == []  # the next one is not there
    assert kept.after(8, 10) == []

    kept.keep(list(map(at, range(8, 11))))
    assert [event.position for event in kept.after(6, 10)] == [7, 8, 9, 10]
    kept.keep(list(map(at, range(12, 14))))  # the one between is not known
    assert kept.after(9, 10) == []
    assert [event.position for event in kept.after(11, 10)] == [12, 13]
