"""Promises: what an answer commits its unit to, each with a clock of its own."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.clock import Deadline, day_of
from domain.law import DueBy, Law, promised
from domain.suggestion.state import CaseState
from domain.vocabulary import Prose


class CommitmentMade(Event):
    """A unit has promised something in its answer (答复承诺解决事项)."""

    type: ClassVar[str] = "suggestion.commitment-made"
    commitment: str  # c1, c2, ... within the case
    owner: str
    promise: str
    due: DueBy  # by when it is to be fulfilled; without a deadline where the promise names no day
    follow_up: DueBy | None  # when the congress asks next
    measure: str | None = None  # how its fulfilment is measured


class DueBeforePromise(Refusal):
    """A promise made on {made} cannot be due on {due}.

    Check both dates.
    """


class Promise(Value):
    """One promise, as measurable as the answer makes it."""

    promise: Prose
    due: AwareDatetime | None = None
    measure: Prose | None = None


class Promising(CaseState):
    """How a promise becomes a commitment."""

    def promised_by(
        self, owner: str, promises: tuple[Promise, ...], at: AwareDatetime, law: Law
    ) -> list[CommitmentMade]:
        made: list[CommitmentMade] = []
        for number, promise in enumerate(promises, len(self.commitments) + 1):
            if promise.due is not None and promise.due < at:
                raise DueBeforePromise(made=day_of(at), due=day_of(promise.due))
            made.append(
                CommitmentMade(
                    commitment=f"c{number}",
                    owner=owner,
                    promise=promise.promise,
                    measure=promise.measure,
                    due=self.promise_due(at, promise.due),
                    follow_up=self.next_follow_up(at, law, CommitmentMade.type),
                    occurred_at=at,
                )
            )
        return made

    def promise_due(self, made: AwareDatetime | None, due: AwareDatetime | None) -> DueBy:
        deadline: Deadline | None = None
        if made is not None and due is not None:
            deadline = promised(made, due, self.rules_id or "none", CommitmentMade.type)
        return DueBy(rule="commitment", deadline=deadline)

    def next_follow_up(self, since: AwareDatetime | None, law: Law, event: str) -> DueBy | None:
        if self.rules_id is None:
            return None
        return law.due_by(self.rules_id, "follow_up", since, anchor_event=event)
