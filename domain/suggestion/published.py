"""Published: what the public is told of a case; of what is withheld, that it is and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from domain.clock import day_of
from domain.suggestion.records import Commitment, Publication, Rating, Reply
from domain.suggestion.state import CaseState
from domain.vocabulary import UNKNOWN_UNIT, Extent, Part, Satisfaction, Stage


@dataclass(frozen=True, slots=True)
class PublicReply:
    """That a unit has answered, and as much of the answer as was decided public."""

    unit: str
    ordinal: int
    answered_on: date | None
    extent: Extent | None  # None: nothing was decided yet
    reason: str | None
    category: str | None  # from here on: in full, or as a summary
    outcome: str | None
    document_no: str | None  # from here on: in full
    text: str | None


@dataclass(frozen=True, slots=True)
class PublicRating:
    """What was decided about the feedback on a reply, and what of it is public."""

    unit: str
    ordinal: int
    extent: Extent
    reason: str | None
    attitude: Satisfaction | None  # from here on: in full, or as a summary
    result: Satisfaction | None
    printed: str | None
    reasons: str | None  # in full


@dataclass(frozen=True, slots=True)
class PublicPromise:
    """A promise of a reply that is public."""

    id: str
    owner: str
    promise: str
    made_on: date | None
    due_on: date | None
    state: str  # open, kept or failed, as in the ledger of promises
    kept_on: date | None


@dataclass(frozen=True, slots=True)
class PublicCase:
    """A case as everybody may know it."""

    ref: str
    congress: str
    kind: str
    level: str
    place: str
    term: int | None
    session: int | None
    number: str | None
    title: str | None
    subject: str | None
    aspect: str | None  # of the subject
    stage: Stage
    lead_deputy: str | None
    delegation: str | None
    extent: Extent  # of its content
    reason: str | None
    text: str | None
    lead_units: tuple[str, ...]
    co_units: tuple[str, ...]
    submitted_on: date | None
    assigned_on: date | None
    answered_on: date | None  # of the latest reply
    concluded_on: date | None
    replies: tuple[PublicReply, ...]
    ratings: tuple[PublicRating, ...]
    promises: tuple[PublicPromise, ...]

    @property
    def year(self) -> int | None:
        """The year that it is counted in: of its submission, else of what is known first."""
        known = next(filter(None, (self.submitted_on, self.assigned_on, self.answered_on)), None)
        return known.year if known else None

    @property
    def latest(self) -> date | None:
        """The day of what happened last."""
        days = (self.concluded_on, self.answered_on, self.assigned_on, self.submitted_on)
        return max(filter(None, days), default=None)

    @property
    def outcomes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(r.outcome for r in self.replies if r.outcome))


def decided(case: CaseState, part: Part, unit: str | None) -> Publication | None:
    """The decision that holds for a part; one that names no unit holds for each."""
    found = [p for p in case.publications if p.part == part and p.unit in (None, unit)]
    return found[-1] if found else None


def extent_of(case: CaseState, part: Part, unit: str | None) -> Extent | None:
    found = decided(case, part, unit)
    return Extent(found.extent) if found else None


def is_public(case: CaseState) -> bool:
    """Its content was decided public, in full or as a summary, and nobody has asked to keep it confidential."""
    shown = extent_of(case, Part.CONTENT, None) in (Extent.FULL, Extent.SUMMARY)
    return shown and not case.confidentiality_asked


def published(case: CaseState) -> PublicCase | None:
    """What everybody may know of a case; None: not even that there is one."""
    content = decided(case, Part.CONTENT, None)
    if content is None or not is_public(case):
        return None
    parts = [a for a in case.assignments if a.unit != UNKNOWN_UNIT]
    named = not case.identity_protected
    extent = _shown(case, content)
    return PublicCase(
        ref=case.ref,
        congress=case.congress,
        kind=case.kind.value,
        level=case.level.value if case.level else "",
        place=case.place,
        term=case.term,
        session=case.session,
        number=case.number,
        title=case.title,
        subject=case.classification.name if case.classification else None,
        aspect=case.classification.aspect if case.classification else None,
        stage=case.stage,
        lead_deputy=case.lead_deputy if named else None,
        delegation=case.delegation if named else None,
        extent=extent,
        reason=content.reason,
        text=case.text if extent is Extent.FULL else None,
        lead_units=tuple(a.unit for a in parts if a.role.owes_reply),
        co_units=tuple(a.unit for a in parts if not a.role.owes_reply),
        submitted_on=_day(case.submitted_at),
        assigned_on=_day(case.assigned_at),
        answered_on=max((day for r in case.replies if (day := _day(r.answered_at))), default=None),
        concluded_on=_day(case.concluded_at) if case.concluded else None,
        replies=tuple(_reply(case, reply) for reply in case.replies),
        ratings=tuple(_ratings(case)),
        promises=tuple(_promise(case, made) for made in promised_in_public(case)),
    )


def promised_in_public(case: CaseState) -> tuple[Commitment, ...]:
    """The promises of units whose reply is public in full."""
    return tuple(made for made in case.commitments if extent_of(case, Part.REPLY, made.owner) is Extent.FULL)


def _shown(case: CaseState, decision: Publication) -> Extent:
    """How much a decision shows: a text may name those whose identity is protected since."""
    extent = Extent(decision.extent)
    return Extent.SUMMARY if extent is Extent.FULL and case.identity_protected else extent


def _reply(case: CaseState, reply: Reply) -> PublicReply:
    decision = decided(case, Part.REPLY, reply.unit)
    extent = _shown(case, decision) if decision else None
    told, whole = extent in (Extent.FULL, Extent.SUMMARY), extent is Extent.FULL
    return PublicReply(
        unit=reply.unit,
        ordinal=reply.ordinal,
        answered_on=_day(reply.answered_at),
        extent=extent,
        reason=decision.reason if decision else None,
        category=reply.category if told else None,
        outcome=reply.outcome if told else None,
        document_no=reply.document_no if whole else None,
        text=reply.text if whole else None,
    )


def _ratings(case: CaseState) -> Iterator[PublicRating]:
    """Of feedback that nothing was decided about, not even that it was given is told."""
    for rating in case.ratings:
        if (decision := decided(case, Part.FEEDBACK, rating.unit)) is not None:
            yield _rating(case, rating, decision)


def _rating(case: CaseState, rating: Rating, decision: Publication) -> PublicRating:
    extent = _shown(case, decision)
    told = extent in (Extent.FULL, Extent.SUMMARY)
    return PublicRating(
        unit=rating.unit,
        ordinal=rating.ordinal,
        extent=extent,
        reason=decision.reason,
        attitude=rating.attitude if told else None,
        result=rating.result if told else None,
        printed=rating.printed if told else None,
        reasons=rating.reasons if extent is Extent.FULL else None,
    )


def _promise(case: CaseState, made: Commitment) -> PublicPromise:
    clocks = [c for c in case.clocks if c.about == made.id and c.rule == "commitment" and c.deadline]
    return PublicPromise(
        id=made.id,
        owner=made.owner,
        promise=made.promise,
        made_on=_day(made.made_at),
        due_on=clocks[-1].deadline.due_on if clocks and clocks[-1].deadline else None,
        state="open" if made.open else "failed" if made.failed_because else "kept",
        kept_on=_day(made.fulfilled_at),
    )


def _day(moment: datetime | None) -> date | None:
    return day_of(moment) if moment else None
