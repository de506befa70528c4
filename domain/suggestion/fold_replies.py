"""How answers, feedback and commitments change a case."""

from typing import Any, Self, TypeAlias, assert_never

from domain.replacing import replace
from domain.suggestion import commitments, escalation, feedback, fulfilment, promises, replies, service
from domain.suggestion.fold import Folding
from domain.suggestion.fold_handling import OPINIONS
from domain.suggestion.records import ClockStatus, Commitment, Escalation, Rating, Reply
from domain.vocabulary import CONGRESS, Role

ReplyEvent: TypeAlias = (
    replies.Answered
    | replies.ReplyServed
    | service.DraftSent
    | service.DraftCommented
    | service.CopiesSent
    | service.ReplyCorrected
    | service.Reclassified
    | feedback.FeedbackGiven
    | feedback.FeedbackLapsed
    | feedback.RehandlingOrdered
    | feedback.Escalated
    | escalation.EscalationResolved
)
CommitmentEvent: TypeAlias = (
    promises.CommitmentMade
    | commitments.FollowedUp
    | commitments.CommitmentFulfilled
    | fulfilment.CommitmentProgressed
    | fulfilment.CommitmentVerified
    | fulfilment.CommitmentFailed
    | fulfilment.CommitmentCarriedOver
    | fulfilment.FulfilmentReported
    | fulfilment.FulfilmentRated
)
REPLY_RULES = ("answer", "answer_extended", "rehandling")
RATED_FIELDS = (
    "unit", "ordinal", "attitude", "result", "printed", "by", "channel", "reasons", "on_behalf_of", "after_contact",
)  # fmt: skip


class FoldingReplies(Folding):
    """The fold of answers and feedback."""

    def evolve_reply(self, event: ReplyEvent) -> Self:  # noqa: C901 one total match
        match event:
            case replies.Answered():
                return self._answered(event)
            case replies.ReplyServed():
                return self._served(event)
            case service.DraftSent():
                return replace(self, drafts=(*self.drafts, event.unit))
            case service.DraftCommented():
                return replace(self, drafts=tuple(unit for unit in self.drafts if unit != event.unit))
            case service.CopiesSent():
                return self.change_reply(
                    event.unit, event.ordinal, lambda r: {"copied_to": (*r.copied_to, *event.to)}
                )
            case service.ReplyCorrected():
                return self._corrected(event)
            case service.Reclassified():
                return self._reclassified(event)
            case feedback.FeedbackGiven():
                rating = Rating(**{name: getattr(event, name) for name in RATED_FIELDS})
                case = replace(self, ratings=(*self.ratings, rating))
                return case.stopped("feedback", event.unit, event)
            case feedback.FeedbackLapsed():
                lapsed = (*self.lapsed_feedback, (event.unit, event.ordinal))
                case = replace(self, lapsed_feedback=lapsed)
                return case.stopped("feedback", event.unit, event, ClockStatus.LAPSED).taken(event.step)
            case feedback.RehandlingOrdered():
                return replace(self, rehandled=(*self.rehandled, event.unit)).started(event.due, event.unit)
            case feedback.Escalated():
                return replace(self, escalations=(*self.escalations, Escalation(event.unit, event.way)))
            case escalation.EscalationResolved():
                resolved = tuple(
                    replace(e, open=False) if e.unit == event.unit else e for e in self.escalations
                )
                return replace(self, escalations=resolved)
            case _:
                assert_never(event)

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
            text_hash=event.text_hash,
            text=event.text,
            in_person=event.in_person,
        )
        case = replace(self, replies=(*self.replies, reply), drafts=self._drafts_without(event.unit))
        case = case._objection_moot(event)
        for rule in REPLY_RULES:
            case = case.stopped(rule, event.unit, event)
        if self.role_of(event.unit) is Role.LEAD:
            for clock in self.running_clocks:  # an opinion after the answer has no purpose
                if clock.rule in OPINIONS:
                    case = case.stopped(clock.rule, clock.about, event, ClockStatus.LAPSED)
        return case

    def _objection_moot(self, event: replies.Answered) -> Self:
        """Who answers has taken the case on: a term or an objection of that unit has no purpose."""
        waiting = tuple(u for u in self.extension_requests if u != event.unit)
        case = replace(self, extension_requests=waiting).superseded("objection", event.unit, event)
        if event.unit not in self.open_objections:
            return case
        moot = tuple(
            replace(o, decided="moot") if o.unit == event.unit and o.decided is None else o
            for o in self.objections
        )
        return replace(case, objections=moot).superseded("redispatch", CONGRESS, event)

    def _drafts_without(self, unit: str) -> tuple[str, ...]:
        return tuple(drafted for drafted in self.drafts if drafted != unit)

    def _served(self, event: replies.ReplyServed) -> Self:
        case = self.change_reply(event.unit, event.ordinal, lambda r: {"served_on": (*r.served_on, event.on)})
        return case.started(event.feedback, event.unit)

    def _corrected(self, event: service.ReplyCorrected) -> Self:
        def corrected(reply: Reply) -> dict[str, Any]:
            return {
                "corrections": reply.corrections + 1,
                "document_no": event.document_no or reply.document_no,
                "text_hash": event.text_hash or reply.text_hash,
                "text": reply.text if event.text_hash in (None, reply.text_hash) else None,
            }

        return self.change_reply(event.unit, event.ordinal, corrected)

    def _reclassified(self, event: service.Reclassified) -> Self:
        def changed(reply: Reply) -> dict[str, Any]:
            return {
                "category": event.category.code,
                "outcome": event.category.canonical,
                "first_category": reply.first_category or reply.category,
            }

        return self.change_reply(event.unit, event.ordinal, changed)


class FoldingCommitments(Folding):
    """The fold of commitments."""

    def evolve_commitment(self, event: CommitmentEvent) -> Self:
        match event:
            case promises.CommitmentMade():
                return self._made(event)
            case commitments.FollowedUp():
                case = self.change_commitment(event.commitment, lambda c: {"follow_ups": c.follow_ups + 1})
                stopped = case.stopped("follow_up", event.commitment, event)
                return stopped.started(event.follow_up, event.commitment)
            case commitments.CommitmentFulfilled():
                done = {"fulfilled_at": event.occurred_at, "evidence": event.evidence}
                return self._settled(event, done).stopped("commitment", event.commitment, event)
            case fulfilment.CommitmentProgressed():
                return self.change_commitment(event.commitment, lambda c: {"progress": c.progress + 1})
            case fulfilment.CommitmentVerified():
                return self._verified(event)
            case fulfilment.CommitmentFailed():
                failed = self._settled(event, {"failed_because": event.reasons})
                return failed.superseded("commitment", event.commitment, event)
            case fulfilment.CommitmentCarriedOver():
                case = self.change_commitment(
                    event.commitment, lambda c: {"carried_over": (*c.carried_over, event.into)}
                )
                return case.taken(event.step)
            case fulfilment.FulfilmentReported():
                case = self.change_commitment(event.commitment, lambda _: {"reported": True})
                return case.restarted(event.feedback, event.commitment, event)
            case fulfilment.FulfilmentRated():
                rated = {"rated": event.result, "reported": False}
                case = self.change_commitment(event.commitment, lambda _: rated)
                return case.stopped("fulfilment_feedback", event.commitment, event)
            case _:
                assert_never(event)

    def _made(self, event: promises.CommitmentMade) -> Self:
        made = Commitment(
            id=event.commitment,
            owner=event.owner,
            promise=event.promise,
            made_at=event.occurred_at,
            cause=self.version + 1,
        )
        case = replace(self, commitments=(*self.commitments, made))
        return case.started(event.due, event.commitment).started(event.follow_up, event.commitment)

    def _settled(
        self, event: commitments.CommitmentFulfilled | fulfilment.CommitmentFailed, how: dict[str, Any]
    ) -> Self:
        case = self.change_commitment(event.commitment, lambda _: how)
        return case.superseded("follow_up", event.commitment, event)

    def _verified(self, event: fulfilment.CommitmentVerified) -> Self:
        if event.holds:
            return self.change_commitment(event.commitment, lambda _: {"verified_by": event.by})
        again = {"fulfilled_at": None, "evidence": None}
        case = self.change_commitment(event.commitment, lambda _: again)
        return case.started(event.due, event.commitment).started(event.follow_up, event.commitment)
