"""Histories: what the events of one stream write into every projection, in one fold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import is_not, itemgetter
from typing import Any, Final

from domain.base import Event, Recorded
from projections.base import EventProjection, Projection, Row, StateProjection, Subject

END: Final = itemgetter(-1)  # of a row that has ended


@dataclass(slots=True)
class Written:
    """What a projection has to write: rows to close, by position and key, and rows to add.

    Those that hold now come last, so that a rebuild puts them side by side: a board of the present reads
    a tenth of the table's pages. Those before them stand in the order in which they ended, so a past board is in few.
    """

    closes: list[Row] = field(default_factory=list)
    ended: list[Row] = field(default_factory=list)
    holding: list[Row] = field(default_factory=list)

    @property
    def inserts(self) -> list[Row]:
        return sorted(self.ended, key=END) + self.holding


class Fold:
    """Folds streams and gathers what each projection has to write.

    Each stream is folded once, however many projections there are, and rows are made only for those whose
    fields an event has changed.
    """

    def __init__(self, projections: Sequence[Projection]) -> None:
        self.written: dict[str, Written] = {p.name: Written() for p in projections}
        self._of_events = [
            (p.row, self.written[p.name].holding) for p in projections if isinstance(p, EventProjection)
        ]
        self._plans = _plans([p for p in projections if isinstance(p, StateProjection)])

    def take(self, stream_id: str, events: Sequence[Recorded[Event]], since: int = 0) -> None:
        """Fold a whole stream; what holds up to `since` is written already."""
        for row, rows in self._of_events:
            rows += [row(recorded) for recorded in events if recorded.position > since]
        for plan in self._plans:
            if plan.subject.owns(stream_id):
                self._walk(plan, events, since)

    def _walk(self, plan: "_Plan", events: Sequence[Recorded[Event]], since: int) -> None:
        state, evolve = plan.subject.empty, plan.subject.evolve
        start = 0
        while start < len(events) and events[start].position <= since:
            state = evolve(state, events[start].body)
            start += 1
        tracks = [_Track(projection, self.written[projection.name]) for projection in plan.projections]
        if start:
            for track in tracks:
                track.known(state)
        steps, touched_by = [track.step for track in tracks], plan.touched_by
        for recorded in events[start:]:
            before, state = state, evolve(state, recorded.body)
            for number in touched_by[_changed(before, state)]:
                steps[number](state, recorded.position)
        for track in tracks:
            track.end()


Names = tuple[str, ...]


class _Touched(dict[Names, tuple[int, ...]]):
    """Which projections, by number, an event concerns that replaced these fields: worked out once for each set."""

    def __init__(self, projections: Sequence[StateProjection]) -> None:
        super().__init__()
        self._depends = [projection.depends for projection in projections]

    def __missing__(self, changed: Names) -> tuple[int, ...]:
        touched = tuple(n for n, depends in enumerate(self._depends) if not depends.isdisjoint(changed))
        self[changed] = touched
        return touched


@dataclass(frozen=True, slots=True)
class _Plan:
    """The projections of one subject, and which of them each set of changed fields concerns."""

    subject: Subject
    projections: tuple[StateProjection, ...]
    touched_by: _Touched


def _plans(projections: Sequence[StateProjection]) -> list[_Plan]:
    plans = []
    for subject in dict.fromkeys(p.subject for p in projections):
        own = tuple(p for p in projections if p.subject is subject)
        plans.append(_Plan(subject, own, _Touched(own)))
    return plans


def _changed(before: Any, after: Any) -> Names:
    """The fields that an event replaced; what it left alone is the same object."""
    now = after.__dict__
    return tuple(compress(now, map(is_not, before.__dict__.values(), now.values())))


class _Track:
    """The rows of one projection along one stream."""

    __slots__ = ("_held", "_parts", "_row", "_written")

    def __init__(self, projection: StateProjection, written: Written) -> None:
        self._parts, self._row = projection.parts, projection.row
        self._written = written
        self._held: dict[Row, tuple[Any, int]] = {}  # key -> (part, the position it holds from)

    def known(self, state: Any) -> None:
        """These rows are written already."""
        self._held = {key: (part, 0) for key, part in self._parts(state).items()}

    def step(self, state: Any, position: int) -> None:
        now, held = self._parts(state), self._held
        for key, part in now.items():
            known = held.get(key)
            if known is None:
                held[key] = (part, position)
            elif known[0] != part:
                self._ended(key, known, position)
                held[key] = (part, position)
        if len(held) != len(now):
            for key in held.keys() - now.keys():
                self._ended(key, held.pop(key), position)

    def end(self) -> None:
        """What holds now has no end yet."""
        row = self._row
        self._written.holding += [
            (*key, *row(part), since, None) for key, (part, since) in self._held.items() if since
        ]

    def _ended(self, key: Row, known: tuple[Any, int], position: int) -> None:
        part, since = known
        if since:
            self._written.ended.append((*key, *self._row(part), since, position))
        else:
            self._written.closes.append((position, *key))
