"""The case file: one case as it stands, or stood, folded from the log; as data for every face."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, cast

from domain.base import Event, Recorded, Refusal
from domain.clock import SHANGHAI
from domain.suggestion.agenda import awaited, plan
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.state import Clock
from domain.suggestion.suggestion import Suggestion, fold
from domain.vocabulary import Stage
from duban.case_data import facets_data, iso, unit

A_DAY = timedelta(days=1)


class BeyondTheLog(Refusal):
    """Position {position} is beyond the log, which ends at {head}.

    Give a position from 1 to {head}, or a time.
    """


class NotYetRecorded(Refusal):
    """{ref} was not recorded yet at {as_of}; its first event is position {first}.

    Ask for that position or a later one.
    """


class NotAMoment(Refusal):
    """“{text}” is neither a position of the log nor a time.

    Write a position such as 48211, a day such as 2024-07-02, or a time such as 2024-07-02T09:00+08:00.
    """


class Log(Protocol):
    """What a case file is read from."""

    async def read_stream(
        self, stream_id: str, *, after_version: int = 0, up_to: int | None = None
    ) -> list[Recorded[Event]]: ...

    async def head(self) -> int: ...

    async def position_at(self, recorded_until: datetime) -> int: ...


class Resolver(Protocol):
    """Finds the stream that a reference names."""

    async def resolve(self, ref: str) -> str: ...


@dataclass(frozen=True, slots=True)
class AsOf:
    """A moment to look at: the log up to a position, judged by the clock of `now`."""

    position: int | None  # None: the whole log
    now: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case truly stands: its stage, and what may be told of the state behind it."""

    stage: Stage
    case: Suggestion


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with the events it was folded from; where more was recorded than these, how it truly stands."""

    case: Suggestion
    recorded: tuple[Recorded[SuggestionEvent], ...]
    now: datetime
    stands: Standing | None = None

    @property
    def stage(self) -> Stage:
        return self.stands.stage if self.stands else self.case.stage

    @property
    def owing(self) -> tuple[str, ...]:
        """Units that still owe a reply."""
        return self.stands.case.owing if self.stands else self.case.owing

    @property
    def waits(self) -> tuple[str, ...]:
        """What only people can bring about."""
        if self.stands is None:
            return plan(self.case, self.now).waits
        promised = ("commitment",) if self.case.open_commitments else ()
        return (*awaited(self.stands.case), *promised)

    @property
    def position(self) -> int:
        """The position of the case's last event."""
        return self.recorded[-1].position


async def read_as_of(log: Log, text: str | None, now: datetime) -> AsOf:
    """What `--as-of` means: nothing, a position, a day (to its end) or a time. Refuses what is neither."""
    if text is None or not text.strip():
        return AsOf(position=None, now=now)
    text = text.strip()
    if re.fullmatch(r"\d{1,18}", text):
        position, head = int(text), await log.head()
        if not 1 <= position <= head:
            raise BeyondTheLog(position=position, head=head)
        return AsOf(position=position, now=now)
    moment = moment_of(text)
    return AsOf(position=await log.position_at(moment), now=min(moment, now))


def moment_of(text: str, *, end: bool = True) -> datetime:
    """A time, or a day's end or beginning in China. Refuses what is neither."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=SHANGHAI)
        if end and len(text) == len("2024-07-02"):
            moment += A_DAY - timedelta(microseconds=1)
        moment.astimezone(UTC)  # of the first and the last day that a calendar knows, another zone has none
    except (ValueError, OverflowError):
        raise NotAMoment(text=text[:60]) from None
    return moment


async def open_case(log: Log, resolver: Resolver, ref: str, as_of: AsOf) -> CaseFile:
    """The case that bears a reference, as of a moment. Refuses an unknown one, or one not yet recorded."""
    stream_id = await resolver.resolve(ref)
    recorded = tuple(cast("list[Recorded[SuggestionEvent]]", await log.read_stream(stream_id)))
    return cut(CaseFile(case=fold(r.body for r in recorded), recorded=recorded, now=as_of.now), ref, as_of)


def cut(whole: CaseFile, ref: str, as_of: AsOf) -> CaseFile:
    """A whole case file as of a moment. Refuses one before its first event."""
    if as_of.position is None:
        return replace(whole, now=as_of.now)
    known = tuple(r for r in whole.recorded if r.position <= as_of.position)
    if not known:
        raise NotYetRecorded(ref=ref, as_of=as_of.position, first=whole.recorded[0].position)
    now = min(as_of.now, _seen_at(whole.recorded, known, as_of))
    return CaseFile(case=fold(r.body for r in known), recorded=known, now=now)


def _seen_at(
    recorded: Sequence[Recorded[SuggestionEvent]], known: Sequence[Recorded[SuggestionEvent]], as_of: AsOf
) -> datetime:
    """By which clock a past state is judged: that of the moment itself, or of the last event then known."""
    return as_of.now if len(known) == len(recorded) else known[-1].recorded_at


def as_data(file: CaseFile) -> dict[str, Any]:
    """The case file as JSON-ready data: the contract of `case show --json`."""
    case, agenda = file.case, plan(file.case, file.now)
    return {
        "ref": case.ref,
        "version": case.version,
        "position": file.position,
        "stage": file.stage.value,
        "title": case.title,
        "congress": case.congress,
        "case_id": case.case_id,
        "kind": case.kind.value,
        "level": case.level.value if case.level else None,
        "place": case.place,
        "term": case.term,
        "session": case.session,
        "number": case.number,
        "jurisdiction": case.jurisdiction,
        "jurisdiction_reason": case.jurisdiction_reason,
        "rules": case.rules_id,
        "gaps": list(case.gaps),
        **facets_data(case),
        "owing": [unit(name) for name in file.owing],
        "waits": list(file.waits),
        "next_at": iso(agenda.next_at),
        "next_due": iso(next_due(case)),
        "clocks": [clock_data(clock, file.now) for clock in case.clocks],
        "events": [event_data(recorded) for recorded in file.recorded],
    }


def clock_data(clock: Clock, now: datetime) -> dict[str, Any]:
    """One clock, with the derivation of its date."""
    deadline = clock.deadline
    return {
        "rule": clock.rule,
        "about": unit(clock.about),
        "anchor": deadline.anchor.isoformat() if deadline else None,
        "due_on": deadline.due_on.isoformat() if deadline else None,
        "due_at": iso(deadline.due_at) if deadline else None,
        "status": clock.status(now).value,
        "ended_at": iso(clock.ended_at),
        "provisional": bool(deadline and deadline.provisional),
        "set_by_version": clock.cause,
        "derivation": deadline.derivation.model_dump(mode="json") if deadline else None,
    }


def event_data(recorded: Recorded[SuggestionEvent]) -> dict[str, Any]:
    """One event: where it stands in the log, its two times, and its body."""
    body = recorded.body.model_dump(mode="json")
    return {
        "position": recorded.position,
        "version": recorded.version,
        "type": recorded.type,
        "occurred_at": body.pop("occurred_at"),
        "recorded_at": iso(recorded.recorded_at),
        "actor": recorded.actor,
        "reconstructed": body.pop("reconstructed"),
        "data": body,
    }


def next_due(case: Suggestion) -> datetime | None:
    """The deadline that ends first among the running clocks."""
    return min((c.deadline.due_at for c in case.running_clocks if c.deadline), default=None)
