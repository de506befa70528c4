"""Commitments: what an answer promises, with a clock of its own, followed up until it is fulfilled."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.clock import Deadline, day_of
from domain.law import DueBy, Law, promised
from domain.suggestion.feedback import Rating
from domain.suggestion.state import Commitment
from domain.vocabulary import Line, Prose


class CommitmentMade(Event):
    """A unit has promised something in its answer (答复承诺解决事项)."""

    type: ClassVar[str] = "suggestion.commitment-made"
    commitment: str  # c1, c2, ... within the case
    owner: str
    promise: str
    due: DueBy  # by when it is to be fulfilled; without a deadline where the promise names no day
    follow_up: DueBy | None  # when the congress asks next


class FollowedUp(Event):
    """The congress has asked what became of a commitment (跟踪督办), and this is what it found."""

    type: ClassVar[str] = "suggestion.followed-up"
    commitment: str
    finding: str
    follow_up: DueBy | None


class CommitmentFulfilled(Event):
    """A commitment is fulfilled, as its evidence shows."""

    type: ClassVar[str] = "suggestion.commitment-fulfilled"
    commitment: str
    evidence: str


class NotAnswered(Refusal):
    """{unit} has not answered {ref}, and a commitment is made in an answer.

    Record the answer first: `duban answer {ref} --unit {unit}`.
    """


class AlreadyPromised(Refusal):
    """{owner} has made this promise in {ref} already, as {commitment}.

    Follow it up with `duban follow-up {ref} --commitment {commitment}`.
    """


class NoSuchCommitment(Refusal):
    """{ref} has no open commitment {commitment}; open: {open}.

    The commitments are shown by `duban case show {ref}`.
    """


class DueBeforePromise(Refusal):
    """A promise made on {made} cannot be due on {due}.

    Check both dates.
    """


class Commit(Value):
    """Record a promise made in an answer."""

    owner: Line | None = None  # None: the only unit that has answered
    promise: Prose
    due: AwareDatetime | None = None
    at: AwareDatetime


class FollowUp(Value):
    """Record what a follow-up found."""

    commitment: Line | None = None  # None: the only open one
    finding: Prose
    at: AwareDatetime


class Fulfil(Value):
    """Record that a commitment is fulfilled, with its evidence."""

    commitment: Line | None = None
    evidence: Prose
    at: AwareDatetime


class Committing(Rating):
    """Decisions about commitments."""

    def commit(self, command: Commit, law: Law) -> list[CommitmentMade]:
        self._ensure_assigned()
        owner = command.owner or next(iter(dict.fromkeys(r.unit for r in self.replies)), None) or "nobody"
        if not self.replies_of(owner):
            raise NotAnswered(ref=self.ref, unit=owner)
        for known in self.commitments:
            if (known.owner, known.promise) == (owner, command.promise):
                raise AlreadyPromised(ref=self.ref, owner=owner, commitment=known.id)
        self.ensure_not_before("commitment", command.at, self._last_reply(owner).answered_at)
        if command.due is not None and command.due < command.at:
            raise DueBeforePromise(made=day_of(command.at), due=day_of(command.due))
        return [
            CommitmentMade(
                commitment=f"c{len(self.commitments) + 1}",
                owner=owner,
                promise=command.promise,
                due=self.promise_due(command.at, command.due),
                follow_up=self.next_follow_up(command.at, law, CommitmentMade.type),
                occurred_at=command.at,
            )
        ]

    def follow_up(self, command: FollowUp, law: Law) -> list[FollowedUp]:
        commitment = self._open_commitment(command.commitment)
        self.ensure_not_before("follow-up", command.at, commitment.made_at)
        return [
            FollowedUp(
                commitment=commitment.id,
                finding=command.finding,
                follow_up=self.next_follow_up(command.at, law, FollowedUp.type),
                occurred_at=command.at,
            )
        ]

    def fulfil(self, command: Fulfil) -> list[CommitmentFulfilled]:
        commitment = self._open_commitment(command.commitment)
        self.ensure_not_before("fulfilment", command.at, commitment.made_at)
        return [
            CommitmentFulfilled(commitment=commitment.id, evidence=command.evidence, occurred_at=command.at)
        ]

    def promise_due(self, made: AwareDatetime | None, due: AwareDatetime | None) -> DueBy:
        deadline: Deadline | None = None
        if made is not None and due is not None:
            deadline = promised(made, due, self.rules_id or "none", CommitmentMade.type)
        return DueBy(rule="commitment", deadline=deadline)

    def next_follow_up(self, since: AwareDatetime | None, law: Law, event: str) -> DueBy | None:
        if self.rules_id is None:
            return None
        return law.due_by(self.rules_id, "follow_up", since, anchor_event=event)

    def _open_commitment(self, name: str | None) -> Commitment:
        open_ones = self.open_commitments
        found = [c for c in open_ones if c.id == name] if name else list(open_ones)
        if len(found) != 1:
            names = ", ".join(c.id for c in open_ones) or "none"
            raise NoSuchCommitment(ref=self.ref, commitment=name or "?", open=names)
        return found[0]
