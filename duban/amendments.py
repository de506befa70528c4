"""Amending the calendar: which dates of which cases move, shown before anything is recorded, then recorded."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import NAMESPACE_URL, uuid5

from domain.calendar_notices import CALENDAR_STREAM, AmendCalendar
from domain.law import Law
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.moves import DeadlineMoved, Recount
from domain.suggestion.suggestion import Suggestion, fold
from duban.commands import Actor, Commands
from duban.histories import Log, Pool, histories
from duban.law_book import LawBook

CASES = "case/"
RECOUNT = uuid5(NAMESPACE_URL, "duban:recount")

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Move:
    """One date that moves, or becomes certain."""

    ref: str
    stream_id: str
    rule: str
    about: str
    before: date
    after: date
    provisional: bool


class Amendments:
    """Previews and records what a notice, or a newly published calendar, does to the dates of all cases."""

    def __init__(self, log: Log, pool: Pool, commands: Commands, published: Law) -> None:
        self._log = log
        self._pool = pool
        self._commands = commands
        self._published = published

    async def under(self, command: AmendCalendar | None) -> Law:
        """The law after the notice, or as it stands. Refuses a notice that says nothing or contradicts itself."""
        notices = await LawBook(self._log, self._published).read()
        for event in notices.amend(command) if command else ():
            notices = notices.evolve(event)
        return Law(notices.applied_to(self._published.calendar))

    async def moves(self, law: Law, at: datetime, progress: Progress = lambda _: None) -> AsyncIterator[Move]:
        """Every date that would move under this law, case by case; nothing is recorded."""
        seen = 0
        up_to = await self._log.head()
        async for stream_id, recorded in histories(self._log, self._pool, CASES, up_to=up_to):
            seen += 1
            progress(seen)
            case = fold(cast(SuggestionEvent, r.body) for r in recorded)
            for moved in case.decide(Recount(because="preview", at=at), law):
                assert isinstance(moved, DeadlineMoved)
                yield _move(case, stream_id, moved)

    async def record(self, command: AmendCalendar, by: Actor) -> None:
        """Record the notice; recorded already, it changes nothing."""

        async def decide() -> None:
            notices = await LawBook(self._log, self._published).read()
            await self._commands.append(CALENDAR_STREAM, notices.version, notices.amend(command), by)

        await self._commands.retrying(CALENDAR_STREAM, decide)

    async def apply(
        self, moves: Sequence[Move], because: str, at: datetime, by: str, progress: Progress = lambda _: None
    ) -> int:
        """Record the moves, case by case; stopped and begun again, none is recorded twice. Returns how many."""
        await self._commands.renew_law()
        done = 0
        for number, stream_id in enumerate(dict.fromkeys(move.stream_id for move in moves), 1):
            actor = Actor(by, uuid5(RECOUNT, f"{because}#{stream_id}#{at.isoformat()}"))
            recorded = await self._commands.on_stream(stream_id, Recount(because=because, at=at), actor)
            done += len(recorded.positions)
            progress(number)
        return done


def _move(case: Suggestion, stream_id: str, moved: DeadlineMoved) -> Move:
    assert moved.due.deadline is not None
    return Move(
        ref=case.ref,
        stream_id=stream_id,
        rule=moved.rule,
        about=moved.about,
        before=moved.before,
        after=moved.due.deadline.due_on,
        provisional=moved.due.deadline.provisional,
    )
