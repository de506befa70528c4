"""What is known of a case: the frozen state that its events fold into, and the questions put to it."""

from dataclasses import dataclass
from datetime import datetime

from domain.clock import day_of
from domain.law import Law
from domain.provisions import Rules
from domain.rules import rules_by_id
from domain.suggestion.records import (
    Assignment,
    Classification,
    Clock,
    ClockStatus,
    Commitment,
    Contact,
    Escalation,
    Objection,
    Publication,
    Rating,
    Reply,
    Signatory,
    Signature,
)
from domain.vocabulary import Kind, Level, Role, Stage

__all__ = ["Assignment", "CaseState", "Clock", "ClockStatus", "Commitment", "Rating", "Reply"]

EVERYBODY = "deputies"  # a reply served on, or a rating given by, all who made the suggestion


@dataclass(frozen=True)
class CaseState:
    """A suggestion as its events tell it; the empty state is a case nobody has submitted."""

    version: int = 0
    congress: str = ""
    case_id: str = ""
    ref: str = ""
    kind: Kind = Kind.SUGGESTION
    level: Level | None = None
    place: str = ""
    term: int | None = None
    session: int | None = None
    number: str | None = None
    title: str | None = None
    text: str | None = None  # as last handed in
    jurisdiction: str = ""
    jurisdiction_reason: str = ""
    gaps: tuple[str, ...] = ()
    submitted_at: datetime | None = None
    registered: bool = False
    assigned_to: str | None = None
    assigned_at: datetime | None = None
    rules_id: str | None = None
    assignments: tuple[Assignment, ...] = ()
    opinions: tuple[str, ...] = ()  # units whose co-handling opinion is in or has lapsed
    replies: tuple[Reply, ...] = ()
    ratings: tuple[Rating, ...] = ()
    lapsed_feedback: tuple[tuple[str, int], ...] = ()  # (unit, ordinal) of replies nobody rated in time
    rehandled: tuple[str, ...] = ()  # a unit stands here once for every rehandling ordered
    commitments: tuple[Commitment, ...] = ()
    clocks: tuple[Clock, ...] = ()
    steps_taken: frozenset[str] = frozenset()
    concluded_at: datetime | None = None
    concluded: bool = False
    # intake
    lead_deputy: str | None = None
    delegation: str | None = None
    by_delegation: bool = False
    signatories: tuple[Signatory, ...] = ()
    in_session: bool = True
    basis: tuple[str, ...] = ()
    grass_roots: bool | None = None
    first_term: bool | None = None
    classification: Classification | None = None
    motion: str | None = None  # the motion that it was before the Presidium made it a suggestion
    former_refs: tuple[str, ...] = ()
    advised_to_withdraw: bool = False
    returned: bool = False  # with the deputies, for revision
    ended_as: str | None = None  # withdrawn, declined, letter, reference or raised: there is no handling
    merged_into: str | None = None
    merged_with: tuple[str, ...] = ()
    # assignment and handling
    signed_for: tuple[str, ...] = ()
    objections: tuple[Objection, ...] = ()
    relieved: tuple[Assignment, ...] = ()  # parts that nobody has taken over yet
    agreed: tuple[str, ...] = ()  # units whose differences were coordinated
    contacts: tuple[Contact, ...] = ()
    extension_requests: tuple[str, ...] = ()  # units that wait for a decision
    leaders: tuple[tuple[str, str], ...] = ()  # (unit, leader who leads the handling)
    drafts: tuple[str, ...] = ()  # units whose draft is with the deputies
    # after the answer
    escalations: tuple[Escalation, ...] = ()
    key_topics: tuple[str, ...] = ()
    inspections: int = 0
    publications: tuple[Publication, ...] = ()
    confidentiality_asked: bool = False
    identity_protected: bool = False
    archived_as: str | None = None

    @property
    def exists(self) -> bool:
        return self.version > 0

    @property
    def sub_assigned(self) -> bool:
        return bool(self.assignments)

    def role_of(self, unit: str) -> Role | None:
        return next((a.role for a in self.assignments if a.unit == unit), None)

    @property
    def lead_units(self) -> tuple[str, ...]:
        """Units that owe a reply, in the order of their assignment."""
        return tuple(a.unit for a in self.assignments if a.role.owes_reply)

    def last_reply(self, unit: str) -> Reply:
        return [reply for reply in self.replies if reply.unit == unit][-1]

    def replies_of(self, unit: str) -> int:
        return sum(1 for reply in self.replies if reply.unit == unit)

    @property
    def reply_due_to(self) -> tuple[str, ...]:
        """Those whom each reply has to reach: the delegation, or every deputy who signed."""
        if self.by_delegation and self.delegation is not None:
            return (self.delegation,)
        return tuple(s.name for s in self.signatories if s.signature is Signature.CONFIRMED)

    def unserved(self, reply: Reply) -> tuple[str, ...]:
        """Those whom the reply has not reached yet."""
        if EVERYBODY in reply.served_on:
            return ()
        return tuple(name for name in self.reply_due_to if name not in reply.served_on)

    @property
    def open_objections(self) -> tuple[str, ...]:
        return tuple(o.unit for o in self.objections if o.decided is None)

    @property
    def unplaced(self) -> tuple[Assignment, ...]:
        """Parts that owe a reply, whose unit was relieved and that nobody has taken over."""
        return tuple(part for part in self.relieved if part.role.owes_reply)

    @property
    def open_escalations(self) -> tuple[Escalation, ...]:
        return tuple(e for e in self.escalations if e.open)

    def rules_at(self, at: datetime, law: Law) -> Rules:
        """The rules the case is pinned to; before its assignment, those in force."""
        if self.rules_id is not None:
            return rules_by_id(self.rules_id)
        return law.in_force(self.jurisdiction, day_of(at))

    @property
    def owing(self) -> tuple[str, ...]:
        """Units that still owe a reply, counting the one that each rehandling asks for again."""
        return tuple(u for u in self.lead_units if self.replies_of(u) <= self.rehandled.count(u))

    @property
    def rated(self) -> bool:
        """The latest reply of every unit has its feedback, or the feedback has lapsed."""
        settled = {(r.unit, r.ordinal) for r in self.ratings} | set(self.lapsed_feedback)
        return all((unit, self.replies_of(unit)) in settled for unit in self.lead_units)

    @property
    def open_commitments(self) -> tuple[Commitment, ...]:
        return tuple(c for c in self.commitments if c.open)

    @property
    def running_clocks(self) -> tuple[Clock, ...]:
        return tuple(c for c in self.clocks if c.running)

    @property
    def stage(self) -> Stage:
        if self.ended_as is not None:
            return Stage.ENDED
        if self.concluded:
            return Stage.FOLLOWING_UP if self.open_commitments else Stage.CONCLUDED
        if self.replies and not self.owing and not self.unplaced:
            return Stage.RATED if self.rated else Stage.ANSWERED
        if self.sub_assigned:
            return Stage.HANDLING
        if self.assigned_to is not None:
            return Stage.ASSIGNED
        if self.returned:
            return Stage.RETURNED
        return Stage.REGISTERED if self.registered else Stage.SUBMITTED

    @property
    def closed(self) -> bool:
        """Nothing is owed any more: concluded with every commitment at its end, or ended without handling."""
        return self.stage in (Stage.CONCLUDED, Stage.ENDED)
