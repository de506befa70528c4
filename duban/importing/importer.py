"""Import: published records of cases become their events; bad rows are named, good rows go in.

Every place is a congress of its own. A row is known by its number where that is unique, else by its
whole content, so the same file can be imported again and changes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Protocol, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.base import Event, Recorded
from domain.congress import (
    AddUnits,
    Congress,
    CongressEvent,
    ListSubjects,
    OpenCongress,
    fold_congress,
    stream_of,
)
from domain.law import Law
from domain.references import Reference, ReferenceClaimed, reference_of
from domain.subjects import Scheme, Subject, plain
from domain.suggestion.history import SourceRecord, reconstruct
from domain.suggestion.intake import Submitted
from duban.commands import case_stream, claims_of, new_events
from duban.event_log.log import Append, Appended, Conflict, StreamWrite
from duban.importing.rows import BadRow, Row, identity

IMPORTED = uuid5(NAMESPACE_URL, "duban:imported-case")
BATCH = 200  # cases per commit


@dataclass
class Report:
    """What an import came to."""

    read: int = 0
    imported: int = 0
    unchanged: int = 0
    events: int = 0
    bad: list[BadRow] = field(default_factory=list)


class Log(Protocol):
    """What an import asks of the event log."""

    async def append_many(self, appends: Sequence[Append]) -> Sequence[Appended | Conflict]: ...

    async def read_streams(
        self, stream_ids: Sequence[str], *, up_to: int | None = None
    ) -> dict[str, list[Recorded[Event]]]: ...


class Importer:
    """Puts records into the log, in batches of whole cases."""

    def __init__(self, log: Log, law: Law, now: Callable[[], datetime]) -> None:
        self._log = log
        self._law = law
        self._now = now

    async def run(
        self,
        rows: Iterable[Row | BadRow],
        *,
        actor: str,
        run: UUID,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Report:
        """Import every good row. Run twice at once or again, each case still goes in once."""
        report = Report()
        good: list[Row] = []
        for row in rows:
            report.read += 1
            good.append(row) if isinstance(row, Row) else report.bad.append(row)
        await self._open_congresses(good, actor, run)
        for start in range(0, len(good), BATCH):
            await self._import(good[start : start + BATCH], report, actor, run)
            progress(min(start + BATCH, len(good)))
        report.bad.sort(key=lambda bad: bad.line)
        return report

    async def _open_congresses(self, rows: list[Row], actor: str, run: UUID) -> None:
        """Every place is a congress, and every unit named in its rows may handle its cases."""
        wanted: dict[str, list[SourceRecord]] = {}
        for row in rows:
            wanted.setdefault(row.record.congress, []).append(row.record)
        conflicts = True
        while conflicts:
            self._schemes: dict[str, Scheme] = {}
            known = await self._log.read_streams([stream_of(slug) for slug in wanted])
            appends = [
                a
                for slug, records in wanted.items()
                if (a := self._opening(slug, records, known, actor, run))
            ]
            outcomes = await self._log.append_many(appends) if appends else []
            conflicts = any(isinstance(outcome, Conflict) for outcome in outcomes)

    def _opening(
        self,
        slug: str,
        records: list[SourceRecord],
        known: dict[str, list[Recorded[Event]]],
        actor: str,
        run: UUID,
    ) -> Append | None:
        recorded = known.get(stream_of(slug), [])
        congress = fold_congress(cast(CongressEvent, r.body) for r in recorded)
        now, first = self._now(), records[0]
        units = tuple(dict.fromkeys(unit for record in records for unit in record.units))
        events: list[CongressEvent] = [
            *congress.open(OpenCongress(congress=slug, place=first.place, level=first.level, at=now)),
            *congress.add_units(AddUnits.model_construct(units=units, at=now)),
        ]
        congress = reduce(Congress.evolve, events, congress)
        events += (listed := _listed(congress, records, now))
        self._schemes[slug] = reduce(Congress.evolve, listed, congress).scheme
        if not events:
            return None
        version = len(recorded)
        command = uuid5(run, f"{slug}:{version}")
        write = StreamWrite(stream_of(slug), version, new_events(command, events))
        return Append(congress=slug, actor=actor, correlation_id=run, causation_id=None, writes=(write,))

    async def _import(self, rows: list[Row], report: Report, actor: str, run: UUID) -> None:
        cases = {self._case_id(row.record): row for row in rows}
        streams = [case_stream(row.record.congress, case_id) for case_id, row in cases.items()]
        known = await self._log.read_streams(streams)
        refs = await self._references(cases)
        appends: list[tuple[Row, Append]] = []
        for (case_id, row), stream_id in zip(cases.items(), streams, strict=True):
            if recorded := known.get(stream_id):
                self._compare(row, cast(Submitted, recorded[0].body), report)
                continue
            appends.append((row, self._append(row.record, case_id, refs[case_id], stream_id, actor, run)))
        outcomes = await self._log.append_many([append for _, append in appends]) if appends else []
        for (row, _), outcome in zip(appends, outcomes, strict=True):
            if isinstance(outcome, Conflict):
                report.bad.append(
                    BadRow(row.line, "number", f"{outcome.stream_id} was taken by somebody else meanwhile")
                )
            else:
                report.imported += 1
                report.events += len(outcome.positions)

    def _compare(self, row: Row, submitted: Submitted, report: Report) -> None:
        if submitted.digest == row.record.digest:
            report.unchanged += 1
            return
        why = f"{submitted.ref} is recorded already, with other facts; correct a case by commands, not by import"
        report.bad.append(BadRow(row.line, "number", why))

    def _append(
        self, record: SourceRecord, case_id: str, ref: str, stream_id: str, actor: str, run: UUID
    ) -> Append:
        events = reconstruct(
            record, case_id, ref, self._law, self._now().date(), self._schemes[record.congress]
        )
        command = uuid5(IMPORTED, case_id)
        own = StreamWrite(stream_id, 0, new_events(command, events))
        claims = claims_of(events, case_id, command)
        return Append(
            congress=record.congress,
            actor=actor,
            correlation_id=run,
            causation_id=None,
            writes=(own, *claims),
        )

    async def _references(self, cases: dict[str, Row]) -> dict[str, str]:
        """A reference for each case. Where a term or session is unknown two cases may bear one number;
        the later one then carries the end of its id as well."""
        plain = {case_id: self._reference(row.record, case_id) for case_id, row in cases.items()}
        claimed = await self._log.read_streams([ref.stream_id for ref in plain.values()])
        owners = {stream: cast(ReferenceClaimed, r[0].body).case_id for stream, r in claimed.items() if r}
        refs: dict[str, str] = {}
        for case_id, ref in plain.items():
            owner = owners.setdefault(ref.stream_id, case_id)
            unique = (
                ref
                if owner == case_id
                else ref.model_copy(update={"number": f"{ref.number}~{case_id[-12:]}"})
            )
            refs[case_id] = str(unique)
        return refs

    def _reference(self, record: SourceRecord, case_id: str) -> Reference:
        return reference_of(
            congress=record.congress,
            term=record.term,
            session=record.session,
            kind=record.kind,
            number=record.number,
            case_id=case_id,
        )

    def _case_id(self, record: SourceRecord) -> str:
        return str(uuid5(IMPORTED, repr(identity(record))))


def _listed(congress: Congress, records: list[SourceRecord], now: datetime) -> list[CongressEvent]:
    """Subjects that the rows print and the congress's list does not know are added to it."""
    new = {
        plain(record.subject): Subject(code=record.subject, name=record.subject, aspect=record.aspect)
        for record in records
        if record.subject is not None and congress.scheme.find(record.subject) is None
    }
    if not new:
        return []
    return list(congress.list_subjects(ListSubjects(subjects=tuple(new.values()), add=True, at=now)))
