"""Commitments: promises recorded after the answer, and the follow-up of each until it is fulfilled."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.law import DueBy, Law
from domain.suggestion.escalation import Escalating
from domain.suggestion.promises import CommitmentMade, DueBeforePromise, Promise
from domain.suggestion.records import Commitment
from domain.vocabulary import Line, Prose

__all__ = ["CommitmentFulfilled", "CommitmentMade", "Committing", "DueBeforePromise", "FollowedUp"]


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


class Commit(Value):
    """Record a promise made in an answer."""

    owner: Line | None = None  # None: the only unit that has answered
    promise: Prose
    due: AwareDatetime | None = None
    measure: Prose | None = None
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


class Committing(Escalating):
    """Decisions about commitments."""

    def commit(self, command: Commit, law: Law) -> list[CommitmentMade]:
        self._ensure_assigned()
        owner = command.owner or next(iter(dict.fromkeys(r.unit for r in self.replies)), None) or "nobody"
        if not self.replies_of(owner):
            raise NotAnswered(ref=self.ref, unit=owner)
        for known in self.commitments:
            if (known.owner, known.promise) == (owner, command.promise):
                raise AlreadyPromised(ref=self.ref, owner=owner, commitment=known.id)
        self.ensure_not_before("commitment", command.at, self.last_reply(owner).answered_at)
        promise = Promise(promise=command.promise, due=command.due, measure=command.measure)
        return self.promised_by(owner, (promise,), command.at, law)

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

    def _open_commitment(self, name: str | None) -> Commitment:
        open_ones = self.open_commitments
        found = [c for c in open_ones if c.id == name] if name else list(open_ones)
        if len(found) != 1:
            names = ", ".join(c.id for c in open_ones) or "none"
            raise NoSuchCommitment(ref=self.ref, commitment=name or "?", open=names)
        return found[0]
