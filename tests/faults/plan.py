"""The plan of a run: what is killed when, at random and at named points, and what befalls the connections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeVar

from tests.faults.wire import MESSAGE, When

T = TypeVar("T")

APPEND, CURSOR = "append_events", "update relay_cursor"
NOTICED = "^COMMIT.*update notice_cursor"  # a commit is followed by the statement before it


@dataclass(frozen=True, slots=True)
class Point:
    """A named point: a statement on the way from a role to a server, and who is killed there."""

    name: str
    victim: str
    role: str
    statement: str
    when: When
    server: str = "postgres"


POINTS = (
    Point("the workflows are started, the relay's cursor is not moved", "relay", "relay", CURSOR, When.BEFORE),
    Point("the relay's cursor is moved, and the relay does not know", "relay", "relay", CURSOR, When.AFTER),
    Point("a step is about to be recorded", "worker", "worker", APPEND, When.BEFORE),
    Point("a step is recorded, and its workflow does not know", "worker", "worker", APPEND, When.AFTER),
    Point("rows are written, not committed", "projector", "projector", "^COMMIT", When.BEFORE),
    Point("rows and checkpoint are committed, unknown to the projector", "projector", "projector", "^COMMIT",
          When.AFTER),
    Point("notices are written, not committed", "notifier", "notifier", NOTICED, When.BEFORE),
    Point("notices and cursor are committed, unknown to the notifier", "notifier", "notifier", NOTICED,
          When.AFTER),
    Point("a mail is fixed, not sent", "notifier", "notifier", "set sealed_at", When.AFTER),
    Point("a mail has left, and that is not noted", "notifier", "notifier", "set delivered_at", When.BEFORE),
    Point("a webhook was told, and that is not noted", "notifier", "notifier", "update webhook set position = .* tries",
          When.BEFORE),
    Point("a command over HTTP is recorded, not answered", "web", "web", APPEND, When.AFTER),
    Point("a command over HTTP is recorded, its answer not kept", "web", "web", "into api_answer", When.BEFORE),
    Point("the answer to a key is kept, not sent", "web", "web", "into api_answer", When.AFTER),
    Point("the database is appending for the API", "postgres", "web", APPEND, When.DURING),
    Point("the database is appending for people", "postgres", "people", APPEND, When.DURING),
    Point("the database is appending a step", "postgres", "worker", APPEND, When.DURING),
    Point("the database is committing rows", "postgres", "projector", "^COMMIT", When.DURING),
    Point("the database is moving the relay's cursor", "postgres", "relay", CURSOR, When.DURING),
    Point("the relay is starting workflows", "temporal", "relay", MESSAGE, When.DURING, "temporal"),
    Point("the worker is talking to Temporal", "temporal", "worker", MESSAGE, When.DURING, "temporal"),
)  # fmt: skip
TARGETS = tuple(dict.fromkeys(point.victim for point in POINTS))
LINKS = (
    *(("worker", "postgres"), ("worker", "temporal"), ("relay", "postgres"), ("relay", "temporal")),
    *(("projector", "postgres"), ("notifier", "postgres"), ("web", "postgres"), ("people", "postgres")),
    ("notifier", "webhook"),
)
MAIL = ("notifier", "smtp")  # cut, it is left alone for half a minute: for long runs
BLACKOUTS = 25  # kills until everything goes at once; a run with fewer is short
SHARE_AT_A_POINT, SHARE_TOGETHER, SHARE_OF_THE_SECOND = 0.6, 0.5, 0.3


class Weather(StrEnum):
    """What befalls a connection."""

    CUT = "cut"
    CUT_AT_AN_ANSWER = "cut at an answer"
    SLOW = "slow"
    STALLED = "stalled"


@dataclass(frozen=True, slots=True)
class Kill:
    """`kill -9` after a pause: at once, or at the next time that a point is reached, after so many others."""

    target: str
    after: float  # seconds
    point: Point | None = None
    skip: int = 0
    settled: bool = True  # wait until what was killed before is there again
    second: bool = False  # of two processes with the role, the one that is named second


@dataclass(frozen=True, slots=True)
class Storm:
    """Something befalls a connection."""

    weather: Weather
    process: str
    server: str
    after: float
    lasts: float


@dataclass(frozen=True, slots=True)
class Blackout:
    """Everything is killed at once."""

    after: float


Fault = Kill | Storm | Blackout


def plan(seed: int, kills: int) -> list[Fault]:
    """The faults of a run in their order; the same for the same seed and number."""
    chance = Random(f"faults of {seed}")
    targets = _decks(chance, TARGETS)
    points = {t: _decks(chance, [p for p in POINTS if p.victim == t]) for t in TARGETS}
    storms, links = (
        _decks(chance, tuple(Weather)),
        _decks(chance, LINKS if kills < BLACKOUTS else (*LINKS, MAIL)),
    )
    faults: list[Fault] = []
    for number in range(1, kills + 1):
        if number % 2 == 0:
            process, server = next(links)
            storm = Storm(next(storms), process, server, chance.uniform(0, 0.5), chance.uniform(0.5, 5))
            faults.append(storm)
        if number % BLACKOUTS == 0:
            faults.append(Blackout(chance.uniform(0, 2)))
            continue
        faults.append(_kill(chance, number, next(targets), points))
    return faults


def _kill(chance: Random, number: int, target: str, points: dict[str, Iterator[Point]]) -> Kill:
    at_a_point = number == 1 or chance.random() < SHARE_AT_A_POINT
    return Kill(
        target=target,
        after=chance.uniform(0, 1.5),
        point=next(points[target]) if at_a_point else None,
        skip=chance.randint(0, 3),
        settled=chance.random() >= SHARE_TOGETHER,
        second=chance.random() < SHARE_OF_THE_SECOND,
    )


def _decks(chance: Random, cards: Sequence[T]) -> Iterator[T]:
    """Every card once in some order, and then anew."""
    while True:
        yield from chance.sample(cards, len(cards))
