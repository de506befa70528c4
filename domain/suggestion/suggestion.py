"""The aggregate: every command that a suggestion takes."""

from collections.abc import Iterable
from functools import reduce
from typing import TypeAlias, assert_never

from domain.law import Law
from domain.suggestion import (
    acceptance,
    assignment,
    classification,
    closing,
    commitments,
    contacts,
    escalation,
    feedback,
    fulfilment,
    handling,
    intake,
    moves,
    objections,
    publication,
    replies,
    service,
    signatories,
    supervision,
)
from domain.suggestion.agenda import steps_due
from domain.suggestion.evolution import Evolving, SuggestionEvent
from domain.suggestion.steps import TakeStep

IntakeCommand: TypeAlias = (
    intake.Submit
    | intake.Register
    | classification.Classify
    | signatories.ConfirmCoSignature
    | signatories.DeclineCoSignature
    | signatories.Withdraw
    | acceptance.TurnAway
    | acceptance.Resubmit
    | acceptance.ConvertMotion
    | acceptance.Merge
    | acceptance.TakeIn
)
HandlingCommand: TypeAlias = (
    assignment.Assign
    | assignment.SubAssign
    | objections.SignFor
    | objections.Object
    | objections.DecideObjection
    | objections.Reassign
    | objections.Coordinate
    | handling.GiveOpinion
    | contacts.AskOpinionAgain
    | handling.RequestExtension
    | handling.GrantExtension
    | handling.RefuseExtension
    | contacts.RecordContact
    | contacts.AppointLeader
)
ReplyCommand: TypeAlias = (
    replies.Answer
    | service.SendDraft
    | service.CommentDraft
    | service.Serve
    | service.SendCopies
    | service.Correct
    | service.Reclassify
    | feedback.GiveFeedback
    | escalation.ResolveEscalation
)
CommitmentCommand: TypeAlias = (
    commitments.Commit
    | commitments.FollowUp
    | commitments.Fulfil
    | fulfilment.ReportProgress
    | fulfilment.Verify
    | fulfilment.Fail
    | fulfilment.CarryOver
    | fulfilment.ReportFulfilment
    | fulfilment.RateFulfilment
)
SupervisionCommand: TypeAlias = (
    supervision.Inspect
    | supervision.PutUnder
    | supervision.Release
    | supervision.Conclude
    | publication.DecidePublication
    | publication.RequestConfidentiality
    | publication.ProtectIdentity
    | closing.Reopen
    | closing.Archive
    | moves.MigrateRules
)
SuggestionCommand: TypeAlias = (
    IntakeCommand
    | HandlingCommand
    | ReplyCommand
    | CommitmentCommand
    | SupervisionCommand
    | moves.Recount
    | TakeStep
)
Events: TypeAlias = Iterable[SuggestionEvent]

ALWAYS = (
    publication.DecidePublication,
    moves.Recount,
    TakeStep,
)  # in an archived case no clock runs any more
AFTER_THE_END = (
    *ALWAYS,
    classification.Classify,
    closing.Archive,
    publication.RequestConfidentiality,
    publication.ProtectIdentity,
)


class Suggestion(closing.Closing, moves.Moving, Evolving):
    """A deputies' suggestion; `decide` answers a command with events or refuses, `evolve` folds them."""

    def decide(self, command: SuggestionCommand, law: Law) -> list[SuggestionEvent]:
        self._ensure_open_to(command)
        if isinstance(command, IntakeCommand):
            return list(self._decide_intake(command, law))
        if isinstance(command, HandlingCommand):
            return list(self._decide_handling(command, law))
        if isinstance(command, ReplyCommand):
            return list(self._decide_reply(command, law))
        if isinstance(command, CommitmentCommand):
            return list(self._decide_commitment(command, law))
        if isinstance(command, SupervisionCommand):
            return list(self._decide_supervision(command, law))
        if isinstance(command, moves.Recount):
            return list(self.recount(command, law))
        return list(steps_due(self, command))

    def _ensure_open_to(self, command: SuggestionCommand) -> None:
        if not self.exists and not isinstance(command, intake.Submit):
            raise intake.NotSubmitted
        if self.archived_as is not None and not isinstance(command, ALWAYS):
            raise closing.FileArchived(ref=self.ref, archive_no=self.archived_as)
        if self.ended_as is not None and not isinstance(command, AFTER_THE_END):
            raise closing.HandlingEnded(ref=self.ref, how=self.ended_as)

    def _decide_intake(self, command: IntakeCommand, law: Law) -> Events:  # noqa: C901 one total match
        match command:
            case intake.Submit():
                return self.submit(command, law)
            case intake.Register():
                return self.register(command)
            case classification.Classify():
                return self.classify(command)
            case signatories.ConfirmCoSignature():
                return self.confirm(command)
            case signatories.DeclineCoSignature():
                return self.decline_to_sign(command)
            case signatories.Withdraw():
                return self.withdraw(command, law)
            case acceptance.TurnAway():
                return self.turn_away(command, law)
            case acceptance.Resubmit():
                return self.resubmit(command)
            case acceptance.ConvertMotion():
                return self.convert_motion(command)
            case acceptance.Merge():
                return self.merge(command)
            case acceptance.TakeIn():
                return self.take_in(command)
            case _:
                assert_never(command)

    def _decide_handling(self, command: HandlingCommand, law: Law) -> Events:  # noqa: C901 one total match
        match command:
            case assignment.Assign():
                return self.assign(command, law)
            case assignment.SubAssign():
                return self.sub_assign(command, law)
            case objections.SignFor():
                return self.sign_for(command, law)
            case objections.Object():
                return self.object(command, law)
            case objections.DecideObjection():
                return self.decide_objection(command)
            case objections.Reassign():
                return self.reassign(command, law)
            case objections.Coordinate():
                return self.coordinate(command)
            case handling.GiveOpinion():
                return self.give_opinion(command)
            case contacts.AskOpinionAgain():
                return self.ask_opinion_again(command, law)
            case handling.RequestExtension():
                return self.request_extension(command)
            case handling.GrantExtension():
                return self.grant_extension(command, law)
            case handling.RefuseExtension():
                return self.refuse_extension(command)
            case contacts.RecordContact():
                return self.record_contact(command)
            case contacts.AppointLeader():
                return self.appoint_leader(command)
            case _:
                assert_never(command)

    def _decide_reply(self, command: ReplyCommand, law: Law) -> Events:
        match command:
            case replies.Answer():
                return self.answer(command, law)
            case service.SendDraft():
                return self.send_draft(command)
            case service.CommentDraft():
                return self.comment_draft(command)
            case service.Serve():
                return self.serve(command, law)
            case service.SendCopies():
                return self.send_copies(command)
            case service.Correct():
                return self.correct(command)
            case service.Reclassify():
                return self.reclassify(command, law)
            case feedback.GiveFeedback():
                return self.give_feedback(command, law)
            case escalation.ResolveEscalation():
                return self.resolve_escalation(command, law)
            case _:
                assert_never(command)

    def _decide_commitment(self, command: CommitmentCommand, law: Law) -> Events:
        match command:
            case commitments.Commit():
                return self.commit(command, law)
            case commitments.FollowUp():
                return self.follow_up(command, law)
            case commitments.Fulfil():
                return self.fulfil(command)
            case fulfilment.ReportProgress():
                return self.report_progress(command)
            case fulfilment.Verify():
                return self.verify(command, law)
            case fulfilment.Fail():
                return self.fail(command)
            case fulfilment.CarryOver():
                return self.carry_over(command)
            case fulfilment.ReportFulfilment():
                return self.report_fulfilment(command, law)
            case fulfilment.RateFulfilment():
                return self.rate_fulfilment(command)
            case _:
                assert_never(command)

    def _decide_supervision(self, command: SupervisionCommand, law: Law) -> Events:  # noqa: C901 one total match
        match command:
            case supervision.Inspect():
                return self.inspect(command)
            case supervision.PutUnder():
                return self.put_under(command)
            case supervision.Release():
                return self.release(command)
            case supervision.Conclude():
                return self.conclude(command)
            case publication.DecidePublication():
                return self.decide_publication(command)
            case publication.RequestConfidentiality():
                return self.request_confidentiality(command)
            case publication.ProtectIdentity():
                return self.protect_identity(command)
            case closing.Reopen():
                return self.reopen(command)
            case closing.Archive():
                return self.archive(command)
            case moves.MigrateRules():
                return self.migrate(command, law)
            case _:
                assert_never(command)


def fold(events: Iterable[SuggestionEvent]) -> Suggestion:
    """The case as it stands after these events."""
    return reduce(Suggestion.evolve, events, Suggestion())
