"""What the pages are made from: the log, the resolver of references, and the projections' database."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from domain.base import Event, Recorded
from duban import casefile
from duban.event_log.model import Append, Appended

if TYPE_CHECKING:
    import asyncpg

    from duban.commands import Commands
    from duban.motions import Motions
    from duban.topics import Topics
    from projections.projector import Projector


class Log(casefile.Log, Protocol):
    """The event log as the pages read it; they record who looked at what is confidential."""

    async def append(self, append: Append) -> Appended: ...

    async def read_streams(
        self, stream_ids: Sequence[str], *, up_to: int | None = None
    ) -> dict[str, list[Recorded[Event]]]: ...

    async def read_all(self, *, after: int = 0, limit: int = 1000) -> list[Recorded[Event]]: ...


class Services(Protocol):
    """What the pages and the API are given."""

    @property
    def pool(self) -> "asyncpg.Pool[Any]": ...

    @property
    def log(self) -> Log: ...

    @property
    def commands(self) -> "Commands": ...

    @property
    def topics(self) -> "Topics": ...

    @property
    def motions(self) -> "Motions": ...

    @property
    def projector(self) -> "Projector": ...
