"""The law of the read models, for random lawful histories: rows are folds, whenever and however they are written."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.base import Event, Recorded, Refusal
from domain.suggestion.agenda import plan
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.steps import TakeStep
from domain.suggestion.suggestion import Suggestion, SuggestionCommand, fold
from projections.base import OF_CASES, Row, StateProjection
from projections.history import Fold
from projections.registry import PROJECTIONS
from tests.domain.any_command import MAKE, PLACES, UNITS
from tests.domain.cases import LAW, local, on, submit

STREAM = "case/npc/one"
OF_A_CASE = [p for p in PROJECTIONS if isinstance(p, StateProjection) and p.subject is OF_CASES]
AT = datetime(2026, 1, 1, tzinfo=UTC)
Table = dict[str, list[tuple[Row, Row, int, int | None]]]  # key, columns, from, to


def lived(chance: Random) -> list[Recorded[Event]]:
    """A history of some thirty commands that chance gives and the domain takes."""
    now, case = on("2024-03-05"), Suggestion()
    place = chance.choice(PLACES)
    first: dict[str, Any] = {
        "lead_deputy": "黄代表",
        "co_signers": chance.choice([(), ("马代表",)]),
        "number": None,
        "at": now,
    }
    commands: list[SuggestionCommand] = [submit(**first) if place == "全国" else local(place, **first)]
    events: list[Recorded[Event]] = []
    for _ in range(40):
        for command in commands:
            try:
                decided = case.decide(command, LAW)
            except Refusal:
                continue
            for event in decided:
                case = case.evolve(event)
                events.append(recorded(event, case.version, len(events) * 3 + chance.randint(1, 3)))
        now += timedelta(days=chance.choice((0, 1, 5, 20, 90)))
        make = chance.choice(MAKE)
        commands = [make(now, chance.choice(UNITS), chance.choice(UNITS))]
        commands += [
            TakeStep(key=step.key, as_of=now) for step in plan(case, now).due if chance.random() < 0.3
        ]
    return events


def recorded(event: Event, version: int, position: int) -> Recorded[Event]:
    of_it = UUID(int=position)
    return Recorded(position, STREAM, version, "npc", of_it, event.type, 1, event, "people", of_it, None, AT)


def write(table: Table, events: Sequence[Recorded[Event]], since: int) -> None:
    """What a batch does to the tables: `events` is the whole stream, `since` what was written before."""
    fold = Fold(OF_A_CASE)
    fold.take(STREAM, events, since)
    for projection in OF_A_CASE:
        rows, written = table.setdefault(projection.name, []), fold.written[projection.name]
        for position, *key in written.closes:
            ((index, row),) = [(i, r) for i, r in enumerate(rows) if r[0] == tuple(key) and r[3] is None]
            rows[index] = (*row[:3], position)
        width = len(projection.key)
        rows += [(r[:width], r[width:-2], r[-2], r[-1]) for r in written.inserts]


def as_of(table: Table, projection: StateProjection, position: int) -> dict[Row, Row]:
    held = [r for r in table[projection.name] if r[2] <= position and (r[3] is None or r[3] > position)]
    assert len({row[0] for row in held}) == len(held)
    return {row[0]: row[1] for row in held}


@given(seed=st.integers(0, 10**9))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_rows_as_of_any_position_are_the_fold_of_the_prefix_however_they_were_written(seed: int) -> None:
    chance = Random(seed)
    events = lived(chance)
    cuts = sorted({chance.randint(1, len(events)) for _ in range(4)} | {len(events)})

    rebuilt: Table = {}
    write(rebuilt, events, 0)
    live: Table = {}
    written = 0
    for cut in cuts:
        write(live, events[:cut], written)
        written = events[cut - 1].position

    for projection in OF_A_CASE:
        name = projection.name
        assert sorted(live[name], key=repr) == sorted(rebuilt[name], key=repr)
        for length in range(1, len(events) + 1):
            state = fold(cast(SuggestionEvent, r.body) for r in events[:length])
            assert as_of(rebuilt, projection, events[length - 1].position) == projection.rows(state), name
