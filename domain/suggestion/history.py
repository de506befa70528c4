"""Histories from elsewhere: the events that a published record of a case stands for.

A record names few dates. A step that it implies but does not state is reconstructed and says so; what
nobody knows stays a gap. Nothing is guessed, and nothing that the record states is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from domain import subjects, vocabulary
from domain.base import Value
from domain.clock import SHANGHAI
from domain.jurisdictions import nearest
from domain.law import Law
from domain.rules import canonical_outcome, rules_by_id
from domain.subjects import Scheme, Subject
from domain.suggestion import assignment, classification, feedback, intake, promises, replies
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import UNKNOWN_UNIT, Kind, Level, Role, Satisfaction

PRINTED_SATISFACTION = {
    "满意": Satisfaction.SATISFIED,
    "很满意": Satisfaction.SATISFIED,
    "非常满意": Satisfaction.SATISFIED,
    "基本满意": Satisfaction.BASICALLY,
    "不满意": Satisfaction.NOT_SATISFIED,
}

NUMBERED = "The source prints a number, so the suggestion was registered; it does not say when."
SORTED = "The source prints the subject; it does not say who classified it, or when."
HANDED_IN = "The source lists the suggestion, so it was submitted; it does not say when."
HANDLED = (
    "The source names a unit or an answer, so the case was assigned; it does not say when or to whom. "
    "It is held to the rules in force at the answer, or today where that has no date either."
)
ASSIGNED_TO = "The source gives the day of assignment, but not the system of organs."
ROLE_PRINTED = "The source names the unit and its part; the day is that of the assignment."
ROLE_ASSUMED = "The source names one unit and no mode of handling; it is taken as the lead."
UNIT_UNKNOWN = "The source shows that somebody answers, but not which unit."
PUBLISHED = (
    "The source gives no date of the answer; it bears at the latest the day on which it was published."
)
UNDATED = "The source shows that an answer was given, but not when."
SERVED = "An answer is given to those who made the suggestion; the day is taken from the answer."
PROMISED = "The promise is part of the answer; the day is taken from the answer."
RATED = "The source prints how the deputies rated the answer; it does not say when."


class Mode(StrEnum):
    """How units share a case, as the source prints it."""

    LEAD_CO = "lead+co"
    SEPARATE = "separate"
    SINGLE = "single"
    UNKNOWN = "unknown"


class SourceRecord(Value):
    """What a public source says of one case; None where it says nothing."""

    congress: str
    level: Level
    place: str
    term: int | None = None
    session: int | None = None
    kind: Kind
    number: str | None = None
    title: str | None = None
    lead_unit: str | None = None
    co_units: tuple[str, ...] = ()
    mode: Mode = Mode.UNKNOWN
    assigned_on: date | None = None
    document_no: str | None = None
    replied_on: date | None = None
    published_on: date | None = None
    category: str | None = None
    commitment: str | None = None
    satisfaction: str | None = None
    source: str | None = None
    subject: str | None = None
    aspect: str | None = None
    digest: str  # of the record as printed

    @property
    def gaps(self) -> tuple[str, ...]:
        """What the source does not say, by field, and where it contradicts itself."""
        wanted = ("term", "session", "number", "title", "lead_unit", "assigned_on", "replied_on", "category")
        missing = [name for name in wanted if getattr(self, name) is None and name != self._not_expected]
        if self.replied_on and self.published_on and self.published_on < self.replied_on:
            missing.append("published-before-answer")
        if self.replied_on and self.assigned_on and self.replied_on < self.assigned_on:
            missing.append("answered-before-assignment")
        return tuple(missing)

    @property
    def _not_expected(self) -> str | None:
        return "lead_unit" if self.mode is Mode.SEPARATE else None

    @property
    def answered(self) -> bool:
        return any(
            (
                self.document_no,
                self.replied_on,
                self.published_on,
                self.category,
                self.commitment,
                self.satisfaction,
            )
        )

    @property
    def handled(self) -> bool:
        return bool(self.lead_unit or self.co_units or self.assigned_on or self.answered)

    @property
    def units(self) -> tuple[str, ...]:
        """Every handling unit named, the lead first."""
        return tuple(dict.fromkeys(u for u in (self.lead_unit, *self.co_units) if u))


def reconstruct(
    record: SourceRecord, case_id: str, ref: str, law: Law, today: date, scheme: Scheme | None = None
) -> list[SuggestionEvent]:
    """The events that the record stands for, in the order of the law; its subject is looked up in the list given."""
    history = _History(record, case_id, ref, law, today, scheme)
    case = Suggestion()
    events: list[SuggestionEvent] = []
    for step in (history.submission, history.assignment, history.parts, history.answer):
        for event in step(case):
            events.append(event)
            case = case.evolve(event)
    return events


@dataclass(frozen=True)
class _History:
    record: SourceRecord
    case_id: str
    ref: str
    law: Law
    today: date
    scheme: Scheme | None

    def submission(self, case: Suggestion) -> Iterator[SuggestionEvent]:
        record = self.record
        law = nearest(record.level, record.place)
        yield intake.Submitted(
            **record.model_dump(
                include={"congress", "kind", "level", "place", "term", "session", "title", "source"}
            ),
            case_id=self.case_id,
            ref=self.ref,
            jurisdiction=law.jurisdiction,
            jurisdiction_reason=law.reason,
            gaps=record.gaps,
            digest=record.digest,
            occurred_at=None,
            reconstructed=HANDED_IN,
        )
        if record.number is not None:
            yield intake.Registered(
                number=record.number, ref=self.ref, occurred_at=None, reconstructed=NUMBERED
            )
        if record.subject is not None:
            yield self._classified(record.subject)

    def _classified(self, printed: str) -> classification.Classified:
        """What the list does not know stands as it is printed."""
        known = self.scheme.find(printed) if self.scheme is not None else None
        subject = known or Subject(code=printed, name=printed, aspect=self.record.aspect)
        return classification.Classified(
            scheme=self.scheme.scheme if self.scheme and known else subjects.PRINTED,
            **subject.model_dump(),
            before=None,
            by=vocabulary.CONGRESS,
            reason=None,
            occurred_at=None,
            reconstructed=SORTED,
        )

    def assignment(self, case: Suggestion) -> Iterator[SuggestionEvent]:
        if not self.record.handled:
            return
        on = self.record.assigned_on
        known = on or self.record.replied_on or self.record.published_on or self.today
        rules_id = self.law.in_force(case.jurisdiction, known).rules_id
        answer = self.law.due_by(rules_id, "answer", start_of(on), anchor_event=assignment.Assigned.type)
        assert answer is not None  # every jurisdiction has a term to answer
        yield assignment.Assigned(
            to=UNKNOWN_UNIT,
            rules_id=rules_id,
            answer=answer,
            occurred_at=start_of(on),
            reconstructed=ASSIGNED_TO if on else HANDLED,
        )

    def parts(self, case: Suggestion) -> Iterator[SuggestionEvent]:
        if not self.record.handled:
            return
        for unit, role, why in self._parts():
            due = case.due_of(role, case.assigned_at, self.law)
            yield assignment.SubAssigned(
                unit=unit, role=role, due=due, occurred_at=case.assigned_at, reconstructed=why
            )

    def _parts(self) -> Iterator[tuple[str, Role, str]]:
        record = self.record
        if record.mode is Mode.SEPARATE:
            yield from ((unit, Role.SEPARATE, ROLE_PRINTED) for unit in record.units)
            return
        why = ROLE_ASSUMED if record.mode is Mode.UNKNOWN else ROLE_PRINTED
        if record.lead_unit is not None:
            yield record.lead_unit, Role.LEAD, why
        elif record.answered:
            yield UNKNOWN_UNIT, Role.LEAD, UNIT_UNKNOWN
        for unit in record.units:
            if unit != record.lead_unit:
                yield unit, Role.CO_HANDLING, ROLE_PRINTED

    def answer(self, case: Suggestion) -> Iterator[SuggestionEvent]:
        record = self.record
        if not record.answered:
            return
        unit = record.lead_unit or UNKNOWN_UNIT
        at, why = self._answered_at()
        yield replies.Answered(
            unit=unit,
            ordinal=1,
            document_no=record.document_no,
            category=self._category(case),
            occurred_at=at,
            reconstructed=why,
        )
        served = case.served(unit, 1, "deputies", at, self.law)
        yield served.model_copy(update={"reconstructed": SERVED})
        yield from self._rating(unit)
        yield from self._promise(case, unit, at)

    def _answered_at(self) -> tuple[datetime | None, str | None]:
        if self.record.replied_on is not None:
            return start_of(self.record.replied_on), None
        if self.record.published_on is not None:
            return start_of(self.record.published_on), PUBLISHED
        return None, UNDATED

    def _category(self, case: Suggestion) -> replies.OutcomeCategory | None:
        if self.record.category is None or case.rules_id is None:
            return None
        code, canonical = canonical_outcome(rules_by_id(case.rules_id), self.record.category)
        return replies.OutcomeCategory(scheme=case.rules_id, code=code, canonical=canonical)

    def _rating(self, unit: str) -> Iterator[SuggestionEvent]:
        printed = self.record.satisfaction
        if printed is None:
            return
        yield feedback.FeedbackGiven(
            unit=unit,
            ordinal=1,
            attitude=None,
            result=PRINTED_SATISFACTION.get(printed),
            printed=printed,
            by="deputies",
            channel="unknown",
            occurred_at=None,
            reconstructed=RATED,
        )

    def _promise(self, case: Suggestion, unit: str, at: datetime | None) -> Iterator[SuggestionEvent]:
        promise = self.record.commitment
        if promise is None:
            return
        yield promises.CommitmentMade(
            commitment="c1",
            owner=unit,
            promise=promise,
            due=case.promise_due(at, None),
            follow_up=case.next_follow_up(at, self.law, promises.CommitmentMade.type),
            occurred_at=at,
            reconstructed=PROMISED,
        )


def start_of(day: date | None) -> datetime | None:
    """A day without a time, as the instant at which it begins in China."""
    return None if day is None else datetime.combine(day, time(), SHANGHAI)
