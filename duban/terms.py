"""The change of term: a congress ends a term, and every promise still open goes on in the next."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from domain.congress import EndTerm
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.fulfilment import CarryOver
from domain.suggestion.suggestion import fold
from duban.commands import Actor, Commands
from duban.histories import Log, Pool, histories


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """How many promises of how many cases went over."""

    cases: int
    promises: int


class Terms:
    """Ends terms. Stopped half way and begun again, nothing is carried over twice."""

    def __init__(self, log: Log, pool: Pool, commands: Commands) -> None:
        self._log = log
        self._pool = pool
        self._commands = commands

    async def end(
        self, congress: str, command: EndTerm, by: Actor, progress: Callable[[int], None] = lambda _: None
    ) -> CarriedOver:
        """End a term, and carry over what the cases of it, or of an earlier one, have promised."""
        await self._commands.end_term(congress, command, by)
        cases = promises = 0
        up_to = await self._log.head()
        found = histories(self._log, self._pool, f"case/{congress}/", up_to=up_to)
        seen = 0
        async for stream_id, recorded in found:
            seen += 1
            progress(seen)
            case = fold(cast(SuggestionEvent, r.body) for r in recorded)
            if (case.term or 0) > command.term or not case.open_commitments:
                continue
            carry = CarryOver(into=str(command.successor), at=command.at)
            done = await self._commands.on_stream(stream_id, carry, by.then(stream_id))
            cases, promises = cases + bool(done.positions), promises + len(done.positions)
        return CarriedOver(cases, promises)
