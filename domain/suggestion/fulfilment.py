"""Fulfilment: progress, verification and failure of commitments, and the deputies' second rating."""

from typing import ClassVar, Literal

from domain.base import Event, Refusal
from domain.law import DueBy, Law
from domain.suggestion.commitments import Committing
from domain.suggestion.facts import Command, stated
from domain.suggestion.feedback import ReasonsMissing
from domain.suggestion.records import Commitment
from domain.vocabulary import Line, Prose, Satisfaction

SECOND = "fulfilment_feedback"


class CommitmentProgressed(Event):
    """A commitment has moved, as its evidence shows."""

    type: ClassVar[str] = "suggestion.commitment-progressed"
    commitment: str
    progress: str
    evidence: str | None


class CommitmentVerified(Event):
    """Somebody other than the promiser has checked a fulfilment; where it does not hold, the promise is open again."""

    type: ClassVar[str] = "suggestion.commitment-verified"
    commitment: str
    by: str
    finding: str
    holds: bool
    due: DueBy | None
    follow_up: DueBy | None


class CommitmentFailed(Event):
    """A promise cannot be kept; the reasons are in writing, signed by the unit's head."""

    type: ClassVar[str] = "suggestion.commitment-failed"
    commitment: str
    reasons: str
    signed_by: str
    copied_to: tuple[str, ...]


class CommitmentCarriedOver(Event):
    """A commitment goes on into the next year, or the next term of the congress (转下年度跟踪办理)."""

    type: ClassVar[str] = "suggestion.commitment-carried-over"
    commitment: str
    over: Literal["year", "term"]
    into: str
    step: str | None


class FulfilmentReported(Event):
    """The deputies were told how a commitment stands, with a form to rate it (承诺落实情况回执)."""

    type: ClassVar[str] = "suggestion.fulfilment-reported"
    commitment: str
    report: str
    feedback: DueBy | None


class FulfilmentRated(Event):
    """The deputies have rated how a commitment was kept: the second feedback."""

    type: ClassVar[str] = "suggestion.fulfilment-rated"
    commitment: str
    result: Satisfaction
    reasons: str | None
    by: str


class UnknownCommitment(Refusal):
    """{ref} has no commitment {commitment}; it has: {known}.

    The commitments are shown by `duban case show {ref}`.
    """


class VerifiedByThePromiser(Refusal):
    """{by} made the commitment {commitment} and cannot verify it.

    The congress, a deputy or another unit checks it.
    """


class NothingToVerify(Refusal):
    """{commitment} in {ref} is not reported as fulfilled, or was verified already.

    Record its fulfilment first: `duban fulfil {ref} --commitment {commitment}`.
    """


class NotReported(Refusal):
    """The deputies were not told yet how {commitment} in {ref} stands, or have rated it.

    Tell them first: `duban report-fulfilment {ref} --commitment {commitment}`.
    """


class ReportProgress(Command):
    """Report how far a commitment is."""

    commitment: Line | None = None
    progress: Prose
    evidence: Prose | None = None


class Verify(Command):
    """Check a fulfilment."""

    commitment: Line
    by: Line
    finding: Prose
    holds: bool = True


class Fail(Command):
    """Say in writing that a promise cannot be kept, and why."""

    commitment: Line | None = None
    reasons: Prose
    signed_by: Line
    copied_to: tuple[Line, ...] = ()


class CarryOver(Command):
    """Carry every open commitment over into a new term of the congress."""

    into: Line


class ReportFulfilment(Command):
    """Tell the deputies how a commitment stands."""

    commitment: Line
    report: Prose


class RateFulfilment(Command):
    """Rate how a commitment was kept."""

    commitment: Line
    result: Satisfaction
    reasons: Prose | None = None
    by: Line


class Fulfilling(Committing):
    """Decisions about commitments on their way to an end."""

    def report_progress(self, command: ReportProgress) -> list[CommitmentProgressed]:
        commitment = self._open_commitment(command.commitment)
        self.ensure_not_before("progress", command.at, commitment.made_at)
        return [stated(CommitmentProgressed, command, commitment=commitment.id)]

    def verify(self, command: Verify, law: Law) -> list[CommitmentVerified]:
        commitment = self._known_commitment(command.commitment)
        if command.by == commitment.owner:
            raise VerifiedByThePromiser(by=command.by, commitment=commitment.id)
        if commitment.evidence is None or commitment.verified_by is not None:
            raise NothingToVerify(ref=self.ref, commitment=commitment.id)
        self.ensure_not_before("verification", command.at, commitment.fulfilled_at)
        if command.holds:
            return [stated(CommitmentVerified, command, due=None, follow_up=None)]
        last = [c for c in self.clocks if (c.rule, c.about) == ("commitment", commitment.id)][-1]
        due = DueBy(rule="commitment", deadline=last.deadline)
        again = self.next_follow_up(command.at, law, CommitmentVerified.type)
        return [stated(CommitmentVerified, command, due=due, follow_up=again)]

    def fail(self, command: Fail) -> list[CommitmentFailed]:
        commitment = self._open_commitment(command.commitment)
        self.ensure_not_before("failure", command.at, commitment.made_at)
        return [stated(CommitmentFailed, command, commitment=commitment.id)]

    def carry_over(self, command: CarryOver) -> list[CommitmentCarriedOver]:
        return [
            CommitmentCarriedOver(
                commitment=c.id, over="term", into=command.into, step=None, occurred_at=command.at
            )
            for c in self.open_commitments
            if command.into not in c.carried_over
        ]

    def report_fulfilment(self, command: ReportFulfilment, law: Law) -> list[FulfilmentReported]:
        commitment = self._known_commitment(command.commitment)
        self.ensure_not_before("report", command.at, commitment.made_at)
        rules_id = self.rules_at(command.at, law).rules_id
        feedback = law.due_by(rules_id, SECOND, command.at, anchor_event=FulfilmentReported.type)
        return [stated(FulfilmentReported, command, feedback=feedback)]

    def rate_fulfilment(self, command: RateFulfilment) -> list[FulfilmentRated]:
        commitment = self._known_commitment(command.commitment)
        if self.role_of(command.by) is not None:
            raise VerifiedByThePromiser(by=command.by, commitment=commitment.id)
        self.ensure_signatory(command.by)
        if not commitment.reported:
            raise NotReported(ref=self.ref, commitment=commitment.id)
        if command.result is Satisfaction.NOT_SATISFIED and command.reasons is None:
            raise ReasonsMissing
        return [stated(FulfilmentRated, command)]

    def _known_commitment(self, name: str) -> Commitment:
        for commitment in self.commitments:
            if commitment.id == name:
                return commitment
        known = ", ".join(c.id for c in self.commitments) or "none"
        raise UnknownCommitment(ref=self.ref, commitment=name, known=known)
