"""Figures: what the report to the Standing Committee counts, and a deputy's record, from the cases themselves."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from domain.provisions import Outcome
from domain.suggestion.records import ClockStatus, Rating, Reply
from domain.suggestion.state import EVERYBODY, CaseState
from domain.vocabulary import Satisfaction

REPLY_RULES = ("answer", "answer_extended", "rehandling")


@dataclass(frozen=True, slots=True)
class Rates:
    """Five different rates; there is no single one for success. None where nothing could count."""

    answered: Fraction | None  # 办复率: replies given of those due
    satisfied: Fraction | None  # 满意率: of the forms returned; what was not returned counts nowhere
    resolved: Fraction | None  # 解决率: replies that say resolved
    fulfilled: Fraction | None  # 落实率: commitments fulfilled of those made
    contacted: Fraction | None  # 沟通率: replies whose unit had spoken with the deputies


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a set of cases."""

    cases: int
    by_kind: Mapping[str, int]
    intersessional: int
    by_delegation: int
    former_motions: int
    ended: Mapping[str, int]  # without handling, by how
    rest_on: Mapping[str, int]  # what the suggestions rest on
    grass_roots: int
    first_term: int
    replies_due: int
    replies_given: int
    replies_late: int
    by_unit: Mapping[str, int]  # replies due
    by_outcome: Mapping[str, int]  # of the latest reply of each unit, as it is classed now
    reclassified: int
    ratings: Mapping[str, int]  # latest form of each reply, by result
    unreturned: int
    commitments: int
    commitments_open: int
    commitments_fulfilled: int
    commitments_failed: int
    commitments_verified: int
    key_supervised: int
    published: Mapping[str, int]  # "content full" and so on
    rates: Rates


def figures(cases: Iterable[CaseState]) -> Figures:
    """What these cases add up to; the same cases always give the same figures."""
    known = list(cases)
    due = [(case, unit) for case in known for unit in case.lead_units]
    latest = [case.last_reply(unit) for case, unit in due if case.replies_of(unit)]
    ratings = Counter(r.result.value for r in _forms(known) if r.result is not None)
    commitments = [c for case in known for c in case.commitments]
    outcomes = Counter(reply.outcome for reply in latest if reply.outcome is not None)
    contacted = sum(1 for case, unit in due if case.replies_of(unit) and _contacted(case, unit))
    fulfilled = sum(1 for c in commitments if c.evidence is not None)
    return Figures(
        cases=len(known),
        by_kind=Counter(case.kind.value for case in known),
        intersessional=sum(1 for case in known if not case.in_session),
        by_delegation=sum(1 for case in known if case.by_delegation),
        former_motions=sum(1 for case in known if case.motion is not None),
        ended=Counter(case.ended_as for case in known if case.ended_as is not None),
        rest_on=Counter(basis for case in known for basis in case.basis),
        grass_roots=sum(1 for case in known if case.grass_roots),
        first_term=sum(1 for case in known if case.first_term),
        replies_due=len(due),
        replies_given=len(latest),
        replies_late=sum(1 for case in known for late in _late(case) if late),
        by_unit=Counter(unit for _, unit in due),
        by_outcome=outcomes,
        reclassified=sum(1 for reply in latest if reply.first_category not in (None, reply.category)),
        ratings=ratings,
        unreturned=sum(len(case.lapsed_feedback) for case in known),
        commitments=len(commitments),
        commitments_open=sum(1 for c in commitments if c.open),
        commitments_fulfilled=fulfilled,
        commitments_failed=sum(1 for c in commitments if c.failed_because is not None),
        commitments_verified=sum(1 for c in commitments if c.verified_by is not None),
        key_supervised=sum(1 for case in known if case.key_topics),
        published=Counter(f"{p.part} {p.extent}" for case in known for p in case.publications),
        rates=Rates(
            answered=_share(len(latest), len(due)),
            satisfied=_share(ratings[Satisfaction.SATISFIED], ratings.total()),
            resolved=_share(outcomes[Outcome.RESOLVED], len(latest)),
            fulfilled=_share(fulfilled, len(commitments)),
            contacted=_share(contacted, len(latest)),
        ),
    )


@dataclass(frozen=True, slots=True)
class DeputyRecord:
    """What a deputy's record (履职档案) takes from the cases, without anybody typing it again."""

    led: tuple[str, ...]
    co_signed: tuple[str, ...]
    former_motions: tuple[str, ...]
    ratings: int
    replies: int


def record_of(deputy: str, cases: Iterable[CaseState]) -> DeputyRecord:
    known = [case for case in cases if deputy in case.reply_due_to]
    led = [case for case in known if case.lead_deputy == deputy]
    return DeputyRecord(
        led=tuple(case.ref for case in led),
        co_signed=tuple(case.ref for case in known if case.lead_deputy != deputy),
        former_motions=tuple(case.motion for case in known if case.motion is not None),
        ratings=sum(1 for case in known for rating in case.ratings if rating.by == deputy),
        replies=sum(1 for case in known for reply in case.replies if _reached(reply, deputy)),
    )


def _forms(cases: Iterable[CaseState]) -> Iterator[Rating]:
    """The form that rates the latest reply of each unit; what it said of an earlier one is history."""
    for case in cases:
        last = {rating.unit: rating for rating in case.ratings}
        yield from last.values()


def _late(case: CaseState) -> Iterator[bool]:
    for clock in case.clocks:
        if clock.rule in REPLY_RULES:
            yield clock.ended is ClockStatus.MET_LATE


def _contacted(case: CaseState, unit: str) -> bool:
    return any(contact.unit == unit for contact in case.contacts)


def _reached(reply: Reply, deputy: str) -> bool:
    return EVERYBODY in reply.served_on or deputy in reply.served_on


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
