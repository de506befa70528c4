"""The command side: load, decide, append; what is acknowledged here is in the log for good."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import NamedTuple, Protocol, TypeVar, cast
from uuid import UUID, uuid4, uuid5

from domain.base import Event, Recorded, Refusal
from domain.congress import (
    AddUnits,
    Congress,
    CongressEvent,
    EndTerm,
    ListSubjects,
    OpenCongress,
    UnknownCongress,
    fold_congress,
    stream_of,
)
from domain.law import Law
from domain.motion_acts import MotionRegistered
from domain.references import AlreadyNumbered, NoSuchCase, Reference, ReferenceClaimed
from domain.subjects import Scheme
from domain.suggestion.acceptance import ConvertedFromMotion, Merge, TakeIn
from domain.suggestion.classification import Classify
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.intake import Register, Registered, Submit, Submitted
from domain.suggestion.suggestion import Suggestion, SuggestionCommand, fold
from domain.vocabulary import Kind
from duban.event_log.codec import encode
from duban.event_log.log import Append, Appended, NewEvent, StreamWrite, VersionConflict
from duban.law_book import LawBook

ATTEMPTS = 20  # of a decision that lost its race; each one reads what won
CLOCK_SKEW = timedelta(minutes=5)  # between the machine that commands and the one that records


T = TypeVar("T")


class NotYetHappened(Refusal):
    """{at} lies in the future; what has not happened cannot be recorded.

    Check the date.
    """


class TooMuchContention(Refusal):
    """{stream} was changed {attempts} times while this was being decided.

    Nothing was recorded; try again.
    """


class StaleVersion(Refusal):
    """It has changed since it was read: it stands at version {version} now, not {expected}.

    Read it again, then decide again.
    """


class Log(Protocol):
    """What the command side asks of the event log."""

    async def append(self, append: Append) -> Appended: ...

    async def read_stream(
        self, stream_id: str, *, after_version: int = 0, up_to: int | None = None
    ) -> list[Recorded[Event]]: ...


class Unrecorded:
    """A log that is read and takes nothing: an append is answered as if it had been recorded, at position 0."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def append(self, append: Append) -> Appended:
        return Appended((0,) * append.size, repeated=False)

    async def read_stream(
        self, stream_id: str, *, after_version: int = 0, up_to: int | None = None
    ) -> list[Recorded[Event]]:
        return await self._log.read_stream(stream_id, after_version=after_version, up_to=up_to)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who commands, under which command id; a command sent twice under one id is done once.

    `expects` is the version at which they saw what they decide on; None where they do not say.
    """

    name: str
    command_id: UUID
    causation_id: UUID | None = None
    expects: int | None = None

    @classmethod
    def of(cls, name: str) -> "Actor":
        return cls(name=name, command_id=uuid4())

    def ensure_seen(self, version: int) -> None:
        """Refuses with `StaleVersion` where another version than the present one was seen."""
        if self.expects not in (None, version):
            raise StaleVersion(version=version, expected=self.expects)

    def then(self, part: str) -> "Actor":
        """The same command, as it concerns another stream."""
        return Actor(self.name, uuid5(self.command_id, part), self.causation_id)


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to: the case after it, and the log's positions it took."""

    case: Suggestion
    positions: tuple[int, ...]


class Decision(NamedTuple):
    """What was decided for a case, the case after it, and what it writes to other streams in the same commit."""

    events: Sequence[SuggestionEvent]
    case: Suggestion
    also: Sequence[StreamWrite] = ()


def case_stream(congress: str, case_id: str) -> str:
    return f"case/{congress}/{case_id}"


def new_events(command_id: UUID, events: Iterable[Event], start: int = 0) -> tuple[NewEvent, ...]:
    """Events as the log takes them; their ids follow from the command, so that a retry repeats them."""
    return tuple(
        NewEvent(
            event_id=uuid5(command_id, str(ordinal)),
            type=event.type,
            schema_version=event.schema_version,
            payload=encode(event),
        )
        for ordinal, event in enumerate(events, start)
    )


class Commands:
    """One method per kind of command; every refusal of the domain passes through unchanged."""

    def __init__(self, log: Log, law: Law, now: Callable[[], datetime]) -> None:
        self._log = log
        self._law = law
        self._laws = LawBook(log, law)
        self._now = now

    def rehearsal(self) -> "Commands":
        """The same commands under the same law: they decide on what the log holds, and record nothing."""
        return Commands(Unrecorded(self._log), self._law, self._now)

    async def submit(self, command: Submit, by: Actor) -> Done:
        """Open a case. Its reference is claimed in the same append, so no other case can bear it."""
        self.ensure_happened(command)
        await self.congress(command.congress)  # refuses an unknown one
        return await self._decide(case_stream(command.congress, command.case_id), (command,), by)

    async def handle(self, ref: str, by: Actor, *commands: SuggestionCommand) -> Done:
        """Put commands to the case with this reference, one after the other: all are done, or none."""
        self.ensure_happened(*commands)
        stream_id = await self.resolve(ref)
        return await self._decide(stream_id, commands, by)

    async def merge(self, ref: str, command: Merge, by: Actor) -> Done:
        """Have a case handled together with another; both record it in one commit, and keep their clocks."""
        self.ensure_happened(command)
        stream_id, host_id = await self.resolve(ref), await self.resolve(command.into)

        async def decided(case: Suggestion, law: Law) -> Decision:
            host = await self.case(host_id)
            merged = case.decide(command.model_copy(update={"into": host.ref}), law)
            took_in = host.decide(TakeIn(other=case.ref, at=command.at), law)
            other = new_events(by.then(host_id).command_id, took_in)
            also = [StreamWrite(host_id, host.version, other)] if took_in else []
            return Decision(merged, reduce(Suggestion.evolve, merged, case), also)

        return await self.deciding(stream_id, by, decided)

    async def renew_law(self) -> None:
        """Take notice now of what amends the calendar, rather than within seconds."""
        await self._laws.read()

    async def on_stream(self, stream_id: str, command: SuggestionCommand, by: Actor) -> Done:
        """Put a command to a case that is known by its stream, as clocks and passes over many cases do.

        A step of the agenda that was taken already, or is no longer due, changes nothing.
        """
        return await self._decide(stream_id, (command,), by)

    async def resolve(self, ref: str) -> str:
        """The stream of the case that bears this reference. Refuses with `NoSuchCase`."""
        reference = Reference.parse(ref)
        motion = reference.model_copy(update={"number": f"{Kind.MOTION.value}-{reference.number}"})
        for candidate in (reference, motion):
            for recorded in await self._log.read_stream(candidate.stream_id):
                claimed = cast(ReferenceClaimed, recorded.body)
                return case_stream(recorded.congress, claimed.case_id)
        raise NoSuchCase(ref=ref)

    def ensure_happened(self, *commands: object) -> None:
        """Refuses what is said to happen later than now."""
        for command in commands:
            at: datetime | None = getattr(command, "at", None)
            if at is not None and at > self._now() + CLOCK_SKEW:
                raise NotYetHappened(at=at.isoformat(timespec="minutes"))

    async def law(self) -> Law:
        """The law by which commands are decided now."""
        return await self._laws.current()

    async def recorded(self, stream_id: str) -> list[Recorded[Event]]:
        """A stream as the log holds it."""
        return await self._log.read_stream(stream_id)

    async def case(self, stream_id: str) -> Suggestion:
        recorded = await self._log.read_stream(stream_id)
        return fold(cast(SuggestionEvent, r.body) for r in recorded)

    async def congress(self, slug: str) -> Congress:
        recorded = await self._log.read_stream(stream_of(slug))
        if not recorded:
            raise UnknownCongress(congress=slug)
        return fold_congress(cast(CongressEvent, r.body) for r in recorded)

    async def open_congress(self, command: OpenCongress, by: Actor) -> None:
        """Open a congress; opening one that is open changes nothing."""

        async def decide() -> None:
            recorded = await self._log.read_stream(stream_of(command.congress))
            congress = fold_congress(cast(CongressEvent, r.body) for r in recorded)
            await self.append(stream_of(command.congress), congress.version, congress.open(command), by)

        await self.retrying(stream_of(command.congress), decide)

    async def add_units(self, slug: str, command: AddUnits, by: Actor) -> list[str]:
        """Add handling units to a congress; returns those that were new."""

        async def decide() -> list[str]:
            congress = await self.congress(slug)
            events = congress.add_units(command)
            await self.append(congress.stream_id, congress.version, events, by)
            return [event.unit for event in events]

        return await self.retrying(stream_of(slug), decide)

    async def list_subjects(self, slug: str, command: ListSubjects, by: Actor) -> Scheme:
        """Set the list of subjects of a congress; returns the one that holds then."""
        self.ensure_happened(command)

        async def decide() -> Scheme:
            congress = await self.congress(slug)
            events = congress.list_subjects(command)
            await self.append(congress.stream_id, congress.version, events, by)
            return reduce(Congress.evolve, events, congress).scheme

        return await self.retrying(stream_of(slug), decide)

    async def end_term(self, slug: str, command: EndTerm, by: Actor) -> None:
        """End a term of a congress; one that is over stays so."""
        self.ensure_happened(command)

        async def decide() -> None:
            congress = await self.congress(slug)
            await self.append(congress.stream_id, congress.version, congress.end_term(command), by)

        await self.retrying(stream_of(slug), decide)

    async def _decide(self, stream_id: str, commands: Sequence[SuggestionCommand], by: Actor) -> Done:
        async def decided(case: Suggestion, law: Law) -> Decision:
            await self._ensure_units(case, commands)
            events = list[SuggestionEvent]()
            for command in await self._with_scheme(case, commands):
                new = case.decide(command, law)
                case = reduce(Suggestion.evolve, new, case)
                events += new
            return Decision(events, case)

        return await self.deciding(stream_id, by, decided)

    async def deciding(
        self, stream_id: str, by: Actor, decide: Callable[[Suggestion, Law], Awaitable[Decision]]
    ) -> Done:
        """Load a case, decide, and append what was decided with the writes to other streams, all or nothing.

        The same command sent again is answered with what it came to. Refuses a version that was not seen.
        """
        law = await self._laws.current()

        async def attempt() -> Done:
            recorded = await self._log.read_stream(stream_id)
            case = fold(cast(SuggestionEvent, r.body) for r in recorded)
            if done := tuple(r.position for r in recorded if r.correlation_id == by.command_id):
                return Done(case=case, positions=done)
            by.ensure_seen(case.version)
            events, after, also = await decide(case, law)
            positions = await self.append(stream_id, case.version, events, by, also=also)
            return Done(case=after, positions=positions)

        return await self.retrying(stream_id, attempt)

    async def append(
        self,
        stream_id: str,
        version: int,
        events: Sequence[Event],
        by: Actor,
        *,
        also: Sequence[StreamWrite] = (),
    ) -> tuple[int, ...]:
        """Record what was decided for a stream, with the references it claims and writes to other streams.

        All is recorded or nothing.
        """
        if not events:
            return ()
        congress, subject = stream_id.split("/")[1], stream_id.split("/")[-1]
        own = StreamWrite(stream_id, version, new_events(by.command_id, events))
        claims = claims_of(events, subject, by.command_id)
        append = Append(
            congress=congress,
            actor=by.name,
            correlation_id=by.command_id,
            causation_id=by.causation_id,
            writes=(own, *claims, *also),
        )
        try:
            return (await self._log.append(append)).positions[: len(events)]
        except VersionConflict as conflict:
            lost = conflict.conflict.stream_id
            if lost.startswith("ref/"):
                raise AlreadyNumbered(ref=lost.removeprefix("ref/")) from conflict
            raise

    async def retrying(self, stream_id: str, decide: Callable[[], Awaitable[T]]) -> T:
        """Decide; again, on what won, where another command was faster. Refuses with `TooMuchContention`."""
        for _ in range(ATTEMPTS):
            try:
                return await decide()
            except VersionConflict:
                continue
        raise TooMuchContention(stream=stream_id, attempts=ATTEMPTS)

    async def _ensure_units(self, case: Suggestion, commands: Iterable[SuggestionCommand]) -> None:
        """A unit must be known to the congress, unless the case names it already."""
        named = {unit for command in commands if (unit := getattr(command, "unit", None)) is not None}
        if strange := [unit for unit in named if case.role_of(unit) is None]:
            congress = await self.congress(case.congress)
            for unit in strange:
                congress.ensure_unit(unit)

    async def _with_scheme(
        self, case: Suggestion, commands: Sequence[SuggestionCommand]
    ) -> Sequence[SuggestionCommand]:
        """Commands that name a subject, with the list that their congress sorts by."""
        if not any(_names_subject(command) for command in commands):
            return commands
        slugs = (case.congress, *(c.congress for c in commands if isinstance(c, Submit)))
        scheme = (await self.congress(next(slug for slug in slugs if slug))).scheme
        return [c.model_copy(update={"scheme": scheme}) if _names_subject(c) else c for c in commands]


def _names_subject(command: SuggestionCommand) -> bool:
    return isinstance(command, Submit | Register | Classify) and command.subject is not None


def claims_of(events: Iterable[Event], case_id: str, command_id: UUID) -> tuple[StreamWrite, ...]:
    """The references that these events give a case, each a stream of its own that can begin only once."""
    claims: dict[str, StreamWrite] = {}
    for event in events:
        if isinstance(event, Submitted | Registered | ConvertedFromMotion | MotionRegistered):
            claim = ReferenceClaimed(ref=event.ref, case_id=case_id, occurred_at=event.occurred_at)
            stream_id = f"ref/{event.ref}"
            written = new_events(uuid5(command_id, event.ref), [claim])
            claims[stream_id] = StreamWrite(stream_id, 0, written)
    return tuple(claims.values())
