"""How each event changes a case; one total match, closed by `assert_never`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Self, TypeAlias, assert_never

from domain.law import DueBy
from domain.suggestion import assignment, commitments, feedback, handling, intake, replies, supervision
from domain.suggestion.state import Assignment, CaseState, Clock, ClockStatus, Commitment, Rating, Reply
from domain.vocabulary import Role

SuggestionEvent: TypeAlias = (
    intake.Submitted
    | intake.Registered
    | assignment.Assigned
    | assignment.SubAssigned
    | handling.CoOpinionGiven
    | handling.CoOpinionLapsed
    | handling.ExtensionGranted
    | replies.Answered
    | replies.ReplyServed
    | feedback.FeedbackGiven
    | feedback.FeedbackLapsed
    | feedback.RehandlingOrdered
    | commitments.CommitmentMade
    | commitments.FollowedUp
    | commitments.CommitmentFulfilled
    | supervision.Reminded
    | supervision.BecameOverdue
    | supervision.Concluded
)

SUBMITTED_FIELDS = {
    "congress", "case_id", "ref", "kind", "level", "place", "term", "session", "title",
    "jurisdiction", "jurisdiction_reason",
}  # fmt: skip


class Evolving(CaseState):
    """The fold of the events."""

    def evolve(self, event: SuggestionEvent) -> Self:  # noqa: C901 one total match
        match event:
            case intake.Submitted():
                case = self._submitted(event)
            case intake.Registered():
                case = replace(self, registered=True, number=event.number, ref=event.ref)
            case assignment.Assigned():
                case = self._assigned(event)
            case assignment.SubAssigned():
                case = self._sub_assigned(event)
            case handling.CoOpinionGiven():
                case = self._opinion_in(event.unit)._stop("co_opinion", event.unit, event)
            case handling.CoOpinionLapsed():
                case = (
                    self._opinion_in(event.unit)
                    ._stop("co_opinion", event.unit, event, ClockStatus.LAPSED)
                    ._taken(event.step)
                )
            case handling.ExtensionGranted():
                case = self._superseded("answer", event.unit, event)._started(event.due, event.unit)
            case replies.Answered():
                case = self._answered(event)
            case replies.ReplyServed():
                case = self._served(event)
            case feedback.FeedbackGiven():
                case = self._rated(event)
            case feedback.FeedbackLapsed():
                case = self._feedback_lapsed(event)
            case feedback.RehandlingOrdered():
                case = replace(self, rehandled=(*self.rehandled, event.unit))._started(event.due, event.unit)
            case commitments.CommitmentMade():
                case = self._commitment_made(event)
            case commitments.FollowedUp():
                case = self._followed_up(event)
            case commitments.CommitmentFulfilled():
                case = self._fulfilled(event)
            case supervision.Reminded() | supervision.BecameOverdue():
                case = self._taken(event.step)
            case supervision.Concluded():
                case = self._concluded(event)
            case _:
                assert_never(event)
        return replace(case, version=self.version + 1)

    def _submitted(self, event: intake.Submitted) -> Self:
        known = event.model_dump(include=SUBMITTED_FIELDS)
        return replace(self, **known, gaps=event.gaps, submitted_at=event.occurred_at)

    def _assigned(self, event: assignment.Assigned) -> Self:
        case = replace(self, assigned_to=event.to, assigned_at=event.occurred_at, rules_id=event.rules_id)
        return case._started(event.answer, event.to)

    def _sub_assigned(self, event: assignment.SubAssigned) -> Self:
        part = Assignment(unit=event.unit, role=event.role, cause=self.version + 1)
        case = replace(self, assignments=(*self.assignments, part))
        if event.role.owes_reply and self.assigned_to is not None:
            # from here on the units owe the reply that the system of organs was assigned
            case = case._superseded("answer", self.assigned_to, event)
        return case._started(event.due, event.unit)

    def _opinion_in(self, unit: str) -> Self:
        return replace(self, opinions=(*self.opinions, unit))

    def _answered(self, event: replies.Answered) -> Self:
        category = event.category
        reply = Reply(
            unit=event.unit,
            ordinal=event.ordinal,
            document_no=event.document_no,
            category=category.code if category else None,
            outcome=category.canonical if category else None,
            answered_at=event.occurred_at,
            cause=self.version + 1,
        )
        case = replace(self, replies=(*self.replies, reply))
        for rule in ("answer", "answer_extended", "rehandling"):
            case = case._stop(rule, event.unit, event)
        if self.role_of(event.unit) is Role.LEAD:
            for clock in self.running_clocks:  # an opinion after the answer has no purpose
                if clock.rule == "co_opinion":
                    case = case._stop("co_opinion", clock.about, event, ClockStatus.LAPSED)
        return case

    def _served(self, event: replies.ReplyServed) -> Self:
        updated = tuple(
            replace(r, served_on=(*r.served_on, event.on))
            if (r.unit, r.ordinal) == (event.unit, event.ordinal)
            else r
            for r in self.replies
        )
        return replace(self, replies=updated)._started(event.feedback, event.unit)

    def _rated(self, event: feedback.FeedbackGiven) -> Self:
        facts = event.model_dump(
            include={"unit", "ordinal", "attitude", "result", "printed", "by", "channel"}
        )
        return replace(self, ratings=(*self.ratings, Rating(**facts)))._stop("feedback", event.unit, event)

    def _feedback_lapsed(self, event: feedback.FeedbackLapsed) -> Self:
        lapsed = (*self.lapsed_feedback, (event.unit, event.ordinal))
        case = replace(self, lapsed_feedback=lapsed)._stop("feedback", event.unit, event, ClockStatus.LAPSED)
        return case._taken(event.step)

    def _commitment_made(self, event: commitments.CommitmentMade) -> Self:
        made = Commitment(
            id=event.commitment,
            owner=event.owner,
            promise=event.promise,
            made_at=event.occurred_at,
            cause=self.version + 1,
        )
        case = replace(self, commitments=(*self.commitments, made))
        return case._started(event.due, event.commitment)._started(event.follow_up, event.commitment)

    def _followed_up(self, event: commitments.FollowedUp) -> Self:
        case = self._change_commitment(event.commitment, lambda c: {"follow_ups": c.follow_ups + 1})
        return case._stop("follow_up", event.commitment, event)._started(event.follow_up, event.commitment)

    def _fulfilled(self, event: commitments.CommitmentFulfilled) -> Self:
        def done(_: Commitment) -> dict[str, Any]:
            return {"fulfilled_at": event.occurred_at, "evidence": event.evidence}

        case = self._change_commitment(event.commitment, done)._stop("commitment", event.commitment, event)
        return case._superseded("follow_up", event.commitment, event)

    def _change_commitment(self, name: str, change: Callable[[Commitment], dict[str, Any]]) -> Self:
        changed = tuple(replace(c, **change(c)) if c.id == name else c for c in self.commitments)
        return replace(self, commitments=changed)

    def _concluded(self, event: supervision.Concluded) -> Self:
        case = replace(self, concluded=True, concluded_at=event.occurred_at)
        for clock in self.running_clocks:
            if clock.rule not in ("commitment", "follow_up"):
                case = case._superseded(clock.rule, clock.about, event)
        return case

    def _taken(self, step: str) -> Self:
        return replace(self, steps_taken=self.steps_taken | {step})

    def _started(self, due: DueBy | None, about: str) -> Self:
        if due is None:
            return self
        clock = Clock(rule=due.rule, about=about, cause=self.version + 1, deadline=due.deadline)
        return replace(self, clocks=(*self.clocks, clock))

    def _superseded(self, rule: str, about: str, event: SuggestionEvent) -> Self:
        return self._stop(rule, about, event, ClockStatus.SUPERSEDED)

    def _stop(self, rule: str, about: str, event: SuggestionEvent, ended: ClockStatus | None = None) -> Self:
        """Stop the running clock of `rule`; unless told otherwise it is met, in time or late."""

        def stopped(clock: Clock) -> Clock:
            if not clock.running or (clock.rule, clock.about) != (rule, about):
                return clock
            late = (
                clock.deadline is not None
                and event.occurred_at is not None
                and event.occurred_at > clock.deadline.due_at
            )
            status = ended or (ClockStatus.MET_LATE if late else ClockStatus.MET)
            return replace(clock, ended=status, ended_at=event.occurred_at)

        return replace(self, clocks=tuple(stopped(clock) for clock in self.clocks))
