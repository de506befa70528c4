"""The sheet of an assignment conference: every line checked against the log, every fault named at once."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, cast

from domain.base import Event, Recorded, Refusal
from domain.conference_acts import Part, Proposal
from domain.congress import Congress
from domain.law import Law
from domain.references import NoSuchCase, Reference, ReferenceClaimed, as_part
from domain.suggestion.assignment import AlreadyHasRole, Assign, LeadAlreadyNamed, SubAssign
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import Suggestion, SuggestionCommand, fold
from domain.vocabulary import CONTROL_CHARACTERS, Role
from duban.sheets import Line, Table, read_table

PAGE = 500  # streams read at a time
LONGEST_NAME = 300  # characters of a unit's name
MOST_UNITS = 60  # in one row; the widest published joint item has a dozen
NEAR_NAMES_FOR = 300  # unknown names; looking for near ones is slow, and a sheet with more has another fault

COLUMNS = {
    "number": ("number", "编号", "建议编号", "编 号", "案号", "no", "no.", "ref"),
    "lead": ("lead", "主办", "主办单位", "lead unit"),
    "separate": ("separate", "分别办理", "分别办理单位", "分办", "separate handling"),
    "co": ("co", "会办", "会办单位", "协办", "协办单位", "co-handling"),
    "reference": ("reference", "参阅", "参阅单位", "for reference"),
    "system": ("system", "系统", "承办系统", "交办系统", "system of organs"),
}
NEEDED = ("number", "lead")
ROLES = {
    "lead": Role.LEAD,
    "separate": Role.SEPARATE,
    "co": Role.CO_HANDLING,
    "reference": Role.REFERENCE,
}
BETWEEN_UNITS = re.compile(r"[;；、\n]+")
NUMBER_IN_WORDS = re.compile(r"第?\s*(?P<number>[^号]+?)\s*号")


class NumberMissing(Refusal):
    """The row names no case.

    Give the number under which the suggestion is registered.
    """


class NumberTwice(Refusal):
    """{ref} stands already in row {first}.

    A case is assigned once; put all its units into one row.
    """


class OfAnotherSession(Refusal):
    """{ref} does not belong to {session}.

    Prepare a conference of its own for it.
    """


class NobodyOwesAReply(Refusal):
    """The row names neither a lead unit nor a unit for separate handling.

    Somebody has to owe the reply.
    """


class NameTooLong(Refusal):
    """A name of more than {most} characters, or with control characters, is not that of a unit.

    Several units are parted by “；” or “、”.
    """


class TooManyUnits(Refusal):
    """The row names more than {most} units.

    Check how the units are parted.
    """


class Log(Protocol):
    """What the check asks of the event log."""

    async def read_streams(self, stream_ids: Sequence[str]) -> dict[str, list[Recorded[Event]]]: ...


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where; the column is called as in the file."""

    row: int
    column: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Checked:
    """Every line that is good and every fault; something is assigned only where there is no fault."""

    proposals: tuple[Proposal, ...]
    faults: tuple[Fault, ...]


def read_sheet(path: Path) -> Table:
    return read_table(path, COLUMNS, NEEDED)


class SheetCheck:
    """One check of one sheet, for one session of one congress."""

    def __init__(self, log: Log, law: Law, congress: Congress, term: int, session: int, at: datetime) -> None:
        self._log = log
        self._law = law
        self._congress = congress
        self._term, self._session = term, session
        self._at = at
        self._faults: list[Fault] = []
        self._strange: dict[str, Refusal | None] = {}
        self._rows: dict[str, int] = {}

    async def run(self, table: Table, progress: Callable[[int], None] = lambda _: None) -> Checked:
        good: list[Proposal] = []
        for start in range(0, len(table.lines), PAGE):
            page = table.lines[start : start + PAGE]
            good += await self._page(page, table.printed)
            progress(start + len(page))
        faults = sorted(self._faults, key=lambda fault: fault.row)
        return Checked(proposals=tuple(good), faults=tuple(faults))

    async def _page(self, lines: Iterable[Line], printed: Mapping[str, str]) -> list[Proposal]:
        refs = {line.row: ref for line in lines if (ref := self._ref(line, printed)) is not None}
        cases = await self._cases(refs.values())
        good: list[Proposal] = []
        for line in lines:
            parts = list(self._parts(line, printed))
            if (ref := refs.get(line.row)) is None:
                continue
            if (case := cases.get(str(ref))) is None:
                self._fault(line, printed["number"], NoSuchCase(ref=str(ref)))
            elif parts and self._system_is_good(line, printed):
                proposal = self._proposal(line, case, parts)
                if self._allowed(case, proposal, printed, line):
                    good.append(proposal)
        return good

    def _proposal(self, line: Line, case: Suggestion, parts: list[Part]) -> Proposal:
        to = line.cells.get("system") or parts[0].unit
        return Proposal(ref=case.ref, case_id=case.case_id, to=to, parts=tuple(parts), row=line.row)

    def _ref(self, line: Line, printed: Mapping[str, str]) -> Reference | None:
        """The reference of the row's case; None when a fault says why there is none."""
        number = line.cells["number"]
        if (words := NUMBER_IN_WORDS.fullmatch(number)) is not None:
            number = words["number"]
        try:
            ref = self._parsed(number)
            if (first := self._rows.setdefault(str(ref), line.row)) != line.row:
                raise NumberTwice(ref=str(ref), first=first)
        except Refusal as refusal:
            self._fault(line, printed["number"], refusal)
            return None
        return ref

    def _parsed(self, number: str) -> Reference:
        if not number:
            raise NumberMissing
        here = Reference(
            congress=self._congress.congress, term=self._term, session=self._session, number=as_part(number)
        )
        if "/" not in number:
            return here
        ref = Reference.parse(number)
        if (ref.congress, ref.term, ref.session) != (here.congress, here.term, here.session):
            session = f"{here.congress}/{self._term}-{self._session}"
            raise OfAnotherSession(ref=str(ref), session=session)
        return ref

    def _parts(self, line: Line, printed: Mapping[str, str]) -> Iterator[Part]:
        named = {column: _units(line.cells.get(column, "")) for column in ROLES}
        if not named["lead"] and not named["separate"]:
            self._fault(line, printed["lead"], NobodyOwesAReply())
        if sum(map(len, named.values())) > MOST_UNITS:
            self._fault(line, printed["lead"], TooManyUnits(most=MOST_UNITS))
            return
        for column, units in named.items():
            for unit in units:
                if (strange := self._strangeness(unit)) is not None:
                    self._fault(line, printed[column], strange)
                else:
                    yield Part(unit=unit, role=ROLES[column])

    def _system_is_good(self, line: Line, printed: Mapping[str, str]) -> bool:
        system = line.cells.get("system", "")
        if bad := _bad_name(system):
            self._fault(line, printed["system"], NameTooLong(most=LONGEST_NAME))
        return not bad

    def _strangeness(self, unit: str) -> Refusal | None:
        if unit not in self._strange:
            self._strange[unit] = self._looked_up(unit)
        return self._strange[unit]

    def _looked_up(self, unit: str) -> Refusal | None:
        if _bad_name(unit):
            return NameTooLong(most=LONGEST_NAME)
        try:
            self._congress.ensure_unit(unit, near=len(self._strange) < NEAR_NAMES_FOR)
        except Refusal as unknown:
            return unknown
        return None

    def _allowed(self, case: Suggestion, proposal: Proposal, printed: Mapping[str, str], line: Line) -> bool:
        """Whether the rules would let this case be assigned so, at this moment."""
        try:
            assigned(case, proposal, self._at, self._law)
        except (AlreadyHasRole, LeadAlreadyNamed) as refusal:
            self._fault(line, printed["lead"], refusal)
        except Refusal as refusal:
            self._fault(line, printed["number"], refusal)
        else:
            return True
        return False

    def _fault(self, line: Line, column: str, refusal: Refusal) -> None:
        self._faults.append(Fault(row=line.row, column=column, refusal=refusal))

    async def _cases(self, refs: Iterable[Reference]) -> dict[str, Suggestion]:
        claims = await self._log.read_streams([ref.stream_id for ref in refs])
        ids = {
            name.removeprefix("ref/"): cast(ReferenceClaimed, recorded[0].body).case_id
            for name, recorded in claims.items()
            if recorded
        }
        slug = self._congress.congress
        streams = await self._log.read_streams([f"case/{slug}/{case_id}" for case_id in ids.values()])
        return {
            ref: fold(cast(SuggestionEvent, r.body) for r in streams[f"case/{slug}/{case_id}"])
            for ref, case_id in ids.items()
        }


def assigned(case: Suggestion, proposal: Proposal, at: datetime, law: Law) -> list[SuggestionEvent]:
    """The events that assign a case as proposed. Refuses as the case does."""
    first: list[SuggestionCommand] = [Assign(to=proposal.to, at=at)]
    rest = [SubAssign(unit=part.unit, role=part.role, at=at) for part in proposal.parts]
    events: list[SuggestionEvent] = []
    for command in [*first, *rest]:
        decided = case.decide(command, law)
        for event in decided:
            case = case.evolve(event)
        events += decided
    return events


def _units(cell: str) -> list[str]:
    return [name for part in BETWEEN_UNITS.split(cell) if (name := part.strip())]


def _bad_name(name: str) -> bool:
    return len(name) > LONGEST_NAME or CONTROL_CHARACTERS.search(name) is not None
