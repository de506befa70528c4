"""Projections: read models folded from the log, whose rows say from which position to which they hold."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, cast

import asyncpg

from domain.base import Event, Recorded
from domain.key_topic import KeyTopic
from domain.suggestion.suggestion import Suggestion
from duban.event_log.following import Growth

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
Row = tuple[Any, ...]
Parts = Mapping[Row, Any]
# A plan made once for any values takes a unit for as rare as a congress, and a number of days for any share of the log.
PLAN_EACH = "set local plan_cache_mode = force_custom_plan"
PLAN_ONCE = "set local plan_cache_mode = force_generic_plan"
CASES = "case/"  # how the streams of cases begin


class Log(Protocol):
    """What projections ask of the event log."""

    async def tail(self, *, after: int, limit: int = 1000) -> list[Recorded[Event]]: ...

    def growth(self) -> AbstractContextManager[Growth]: ...

    async def read_streams(
        self, stream_ids: Sequence[str], *, up_to: int | None = None
    ) -> dict[str, list[Recorded[Event]]]: ...

    async def head(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Subject:
    """What a stream tells the life of: how its ids begin, the state before its first event, and its fold.

    `named_by`: the columns that say in a row whose it is, which together are the end of the stream's id.
    """

    prefix: str
    empty: Any
    evolve: Callable[[Any, Any], Any]
    named_by: tuple[str, ...]

    def owns(self, stream_id: str) -> bool:
        return stream_id.startswith(self.prefix)

    def name(self, stream_id: str) -> str:
        """What the rows of a stream are named by."""
        return "/".join(stream_id.split("/")[-len(self.named_by) :])

    @property
    def name_in_row(self) -> str:
        """The same, as an expression over a row."""
        return " || '/' || ".join(self.named_by)


OF_CASES = Subject(CASES, Suggestion(), Suggestion.evolve, ("case_id",))
OF_TOPICS = Subject("topic/", KeyTopic(), KeyTopic.evolve, ("congress", "topic_id"))


class Projection(ABC):
    """A read model: its name and version, its table, and the columns that tell its rows apart."""

    name: ClassVar[str]
    version: ClassVar[int]
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    columns: ClassVar[tuple[str, ...]]

    @property
    def stored(self) -> tuple[str, ...]:
        """The columns in the order in which rows are copied."""
        return (*self.key, *self.columns)


class StateProjection(Projection):
    """Rows that are a function of a stream's state after an event, and hold until a later event changes them.

    Rows are never guessed from the row before, so what is written live is what a rebuild writes.
    """

    subject: ClassVar[Subject] = OF_CASES
    depends: ClassVar[frozenset[str]]
    """The fields of the state that rows are made of; an event that changes none of them costs nothing."""

    @property
    def stored(self) -> tuple[str, ...]:
        return (*self.key, *self.columns, "from_position", "to_position")

    @abstractmethod
    def parts(self, state: Any) -> Parts:
        """What the rows of a state are made of, by key: equal parts make equal rows."""

    def row(self, part: Any) -> Row:
        """The columns of a row; a part that is cheap to make is the row itself."""
        return cast(Row, part)

    def rows(self, state: Any) -> dict[Row, Row]:
        """The rows that hold for a state, by key."""
        return {key: self.row(part) for key, part in self.parts(state).items()}


class EventProjection(Projection):
    """One row per event, which never changes; the key is its position."""

    key: ClassVar[tuple[str, ...]] = ("position",)

    @abstractmethod
    def row(self, recorded: Recorded[Event]) -> Row:
        """The columns of the event's row, its position first."""
