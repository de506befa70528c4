"""Congresses: the tenant that a case belongs to, and the handling units it may assign to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import reduce
from typing import ClassVar, TypeAlias, assert_never

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.clock import day_of
from domain.jurisdictions import nearest
from domain.subjects import Scheme, Subject, ensure_list, shipped
from domain.vocabulary import Level, Line

NATIONAL = "npc"


class CongressOpened(Event):
    """A people's congress keeps its cases here."""

    type: ClassVar[str] = "congress.opened"
    congress: str
    place: str
    level: Level


class UnitAdded(Event):
    """Cases of this congress may be assigned to the unit."""

    type: ClassVar[str] = "congress.unit-added"
    unit: str


class TermEnded(Event):
    """A term of the congress is over; what was promised in it goes on in the next."""

    type: ClassVar[str] = "congress.term-ended"
    term: int
    successor: int


class SubjectsListed(Event):
    """The congress sorts its suggestions by this list of subjects; one that was classified before keeps its subject."""

    type: ClassVar[str] = "congress.subjects-listed"
    scheme: str
    subjects: tuple[Subject, ...]


CongressEvent: TypeAlias = CongressOpened | UnitAdded | TermEnded | SubjectsListed


class TermsOutOfOrder(Refusal):
    """Term {successor} cannot follow term {term}.

    The terms of a congress are numbered in their order.
    """


class UnknownCongress(Refusal):
    """No congress “{congress}” keeps its cases here.

    Open it with `duban congress open {congress} --level LEVEL`; `duban congress list` shows those that are open.
    """


class UnknownUnit(Refusal):
    """“{unit}” is not a handling unit of {congress}.

    Check the name with `duban unit list {congress}`, or add it with `duban unit add {congress} {unit}`.
    """


class UnknownUnitNearOthers(UnknownUnit):
    """“{unit}” is not a handling unit of {congress}. Did you mean {near}?

    Check the name with `duban unit list {congress}`, or add it with `duban unit add {congress} {unit}`.
    """


class OpenCongress(Value):
    """Open a congress; its slug is `npc` for the national one, else the place as printed."""

    congress: Line
    place: Line
    level: Level
    at: AwareDatetime


class AddUnits(Value):
    """Add handling units to a congress."""

    units: tuple[Line, ...]
    at: AwareDatetime


class ListSubjects(Value):
    """Set the list of subjects of a congress; with `add`, what is listed goes behind what there is."""

    subjects: tuple[Subject, ...]
    add: bool = False
    at: AwareDatetime


class EndTerm(Value):
    """End a term of the congress: the next one takes its open promises over."""

    term: int
    successor: int
    at: AwareDatetime


@dataclass(frozen=True)
class Congress:
    """A congress as its events tell it."""

    version: int = 0
    congress: str = ""
    place: str = ""
    level: Level | None = None
    units: tuple[str, ...] = ()
    ended_terms: tuple[int, ...] = ()
    listed: Scheme | None = None  # its own list of subjects

    @property
    def stream_id(self) -> str:
        return stream_of(self.congress)

    def open(self, command: OpenCongress) -> list[CongressOpened]:
        if self.version:
            return []  # opening twice is opening once
        return [CongressOpened(**command.model_dump(exclude={"at"}), occurred_at=command.at)]

    def add_units(self, command: AddUnits) -> list[UnitAdded]:
        new = [unit for unit in dict.fromkeys(command.units) if unit not in self.units]
        return [UnitAdded(unit=unit, occurred_at=command.at) for unit in new]

    @property
    def scheme(self) -> Scheme:
        """By what its suggestions are sorted: its own list, or the one shipped for it."""
        if self.listed is not None:
            return self.listed
        return shipped(nearest(self.level or Level.NATIONAL, self.place).jurisdiction)

    def list_subjects(self, command: ListSubjects) -> list[SubjectsListed]:
        present = self.scheme.subjects
        wanted = command.subjects
        if command.add:
            wanted = (*present, *(s for s in command.subjects if s not in present))
        ensure_list(wanted)
        if wanted == present:
            return []
        scheme = f"{self.congress}@{day_of(command.at)}"
        return [SubjectsListed(scheme=scheme, subjects=wanted, occurred_at=command.at)]

    def end_term(self, command: EndTerm) -> list[TermEnded]:
        if command.successor <= command.term:
            raise TermsOutOfOrder(term=command.term, successor=command.successor)
        if command.term in self.ended_terms:
            return []  # a term ends once
        return [TermEnded(**command.model_dump(exclude={"at"}), occurred_at=command.at)]

    def ensure_unit(self, unit: str, *, near: bool = True) -> None:
        """Refuses with `UnknownUnit`; with names like it, unless `near` says not to look for them."""
        if unit not in self.units:
            if near and (alike := get_close_matches(unit, self.units, n=3, cutoff=0.5)):
                raise UnknownUnitNearOthers(unit=unit, congress=self.congress, near=", ".join(alike))
            raise UnknownUnit(unit=unit, congress=self.congress)

    def evolve(self, event: CongressEvent) -> "Congress":
        match event:
            case CongressOpened():
                opened = replace(self, congress=event.congress, place=event.place, level=event.level)
            case UnitAdded():
                opened = replace(self, units=(*self.units, event.unit))
            case SubjectsListed():
                opened = replace(self, listed=Scheme(scheme=event.scheme, subjects=event.subjects))
            case TermEnded():
                opened = replace(self, ended_terms=(*self.ended_terms, event.term))
            case _:
                assert_never(event)
        return replace(opened, version=self.version + 1)


def stream_of(congress: str) -> str:
    return f"congress/{congress}"


def fold_congress(events: Iterable[CongressEvent]) -> Congress:
    """The congress as it stands after these events."""
    return reduce(Congress.evolve, events, Congress())
