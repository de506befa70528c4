"""The acts on a suggestion, in the order of its life."""

from collections.abc import Callable

from pydantic import BaseModel

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
from domain.suggestion.records import Signature
from domain.suggestion.suggestion import AFTER_THE_END, ALWAYS, Suggestion
from domain.vocabulary import Kind
from duban.acts.act import Act, Group, Subject
from duban.catalogue import msgid

When = Callable[[Suggestion], bool]


def _act(name: str, group: Group, command: type[BaseModel], title: str, when: When) -> Act:
    def open_to(case: Suggestion) -> bool:
        return _reachable(case, command) and when(case)

    return Act(name, Subject.SUGGESTION, group, command, title, open_to)


def _reachable(case: Suggestion, command: type[BaseModel]) -> bool:
    """What the aggregate asks of every command before it looks at its own rules."""
    if not case.exists:
        return command is intake.Submit
    if case.archived_as is not None:
        return command in ALWAYS
    return case.ended_as is None or command in AFTER_THE_END


def _anytime(case: Suggestion) -> bool:
    return True


def _asked_to_sign(case: Suggestion) -> bool:
    return any(s.signature is Signature.ASKED for s in case.signatories)


def _unassigned(case: Suggestion) -> bool:
    return case.assigned_to is None and not case.returned


def _under_handling(case: Suggestion) -> bool:
    return case.assigned_to is not None and not case.concluded


def _with_part(case: Suggestion) -> bool:
    return _under_handling(case) and bool(case.assignments)


def _answered(case: Suggestion) -> bool:
    return bool(case.replies)


def _promised(case: Suggestion) -> bool:
    return bool(case.open_commitments)


SUBMIT = _act("submit", Group.INTAKE, intake.Submit, msgid("Submit"), lambda case: not case.exists)
INTAKE = (
    SUBMIT,
    _act("register", Group.INTAKE, intake.Register, msgid("Register"),
         lambda case: case.number is None and not case.returned and not _asked_to_sign(case)),
    _act("classify", Group.INTAKE, classification.Classify, msgid("Classify"), _anytime),
    _act("confirm-signature", Group.INTAKE, signatories.ConfirmCoSignature, msgid("Confirm a co-signature"),
         _asked_to_sign),
    _act("decline-signature", Group.INTAKE, signatories.DeclineCoSignature, msgid("Decline a co-signature"),
         _asked_to_sign),
    _act("withdraw", Group.INTAKE, signatories.Withdraw, msgid("Withdraw"), lambda case: not case.replies),
    _act("turn-away", Group.INTAKE, acceptance.TurnAway, msgid("Turn away"), _unassigned),
    _act("resubmit", Group.INTAKE, acceptance.Resubmit, msgid("Resubmit"), lambda case: case.returned),
    _act("convert-motion", Group.INTAKE, acceptance.ConvertMotion, msgid("Convert a motion"),
         lambda case: case.kind is Kind.MOTION),
    _act("merge", Group.INTAKE, acceptance.Merge, msgid("Merge"), lambda case: case.merged_into is None),
    _act("take-in", Group.INTAKE, acceptance.TakeIn, msgid("Take in"), _anytime),
)  # fmt: skip
ASSIGNMENT = (
    _act("assign", Group.ASSIGNMENT, assignment.Assign, msgid("Assign"),
         lambda case: case.registered and _unassigned(case)),
    _act("sub-assign", Group.ASSIGNMENT, assignment.SubAssign, msgid("Sub-assign"), _under_handling),
    _act("sign-for", Group.ASSIGNMENT, objections.SignFor, msgid("Sign for"), _with_part),
    _act("object", Group.ASSIGNMENT, objections.Object, msgid("Object"), _with_part),
    _act("decide-objection", Group.ASSIGNMENT, objections.DecideObjection, msgid("Decide an objection"),
         lambda case: bool(case.open_objections)),
    _act("reassign", Group.ASSIGNMENT, objections.Reassign, msgid("Reassign"),
         lambda case: _under_handling(case) and bool(case.assignments or case.relieved)),
    _act("coordinate", Group.ASSIGNMENT, objections.Coordinate, msgid("Coordinate"), _under_handling),
)  # fmt: skip
HANDLING = (
    _act("contact", Group.HANDLING, contacts.RecordContact, msgid("Record a contact"), _with_part),
    _act("appoint-leader", Group.HANDLING, contacts.AppointLeader, msgid("Appoint a leader"), _with_part),
    _act("opine", Group.HANDLING, handling.GiveOpinion, msgid("Give an opinion"), _with_part),
    _act("ask-opinion-again", Group.HANDLING, contacts.AskOpinionAgain, msgid("Ask for an opinion again"), _with_part),
    _act("request-extension", Group.HANDLING, handling.RequestExtension, msgid("Request an extension"), _with_part),
    _act("extend", Group.HANDLING, handling.GrantExtension, msgid("Grant an extension"), _with_part),
    _act("refuse-extension", Group.HANDLING, handling.RefuseExtension, msgid("Refuse an extension"),
         lambda case: bool(case.extension_requests)),
)  # fmt: skip
ANSWER = (
    _act("send-draft", Group.ANSWER, service.SendDraft, msgid("Send a draft"), _with_part),
    _act("comment-draft", Group.ANSWER, service.CommentDraft, msgid("Comment on a draft"),
         lambda case: bool(case.drafts)),
    _act("answer", Group.ANSWER, replies.Answer, msgid("Answer"), _with_part),
    _act("serve", Group.ANSWER, service.Serve, msgid("Serve an answer"), _answered),
    _act("send-copies", Group.ANSWER, service.SendCopies, msgid("Send copies"), _answered),
    _act("correct", Group.ANSWER, service.Correct, msgid("Correct an answer"), _answered),
    _act("reclassify", Group.ANSWER, service.Reclassify, msgid("Change the category"), _answered),
    _act("feedback", Group.ANSWER, feedback.GiveFeedback, msgid("Give feedback"), _answered),
    _act("resolve-escalation", Group.ANSWER, escalation.ResolveEscalation, msgid("Resolve an escalation"),
         lambda case: bool(case.open_escalations)),
)  # fmt: skip
COMMITMENTS = (
    _act("commit", Group.COMMITMENTS, commitments.Commit, msgid("Commit"),
         lambda case: _under_handling(case) and _answered(case)),
    _act("progress", Group.COMMITMENTS, fulfilment.ReportProgress, msgid("Report progress"), _promised),
    _act("follow-up", Group.COMMITMENTS, commitments.FollowUp, msgid("Follow up"), _promised),
    _act("fulfil", Group.COMMITMENTS, commitments.Fulfil, msgid("Fulfil"), _promised),
    _act("verify-fulfilment", Group.COMMITMENTS, fulfilment.Verify, msgid("Verify a fulfilment"),
         lambda case: any(c.evidence is not None and c.verified_by is None for c in case.commitments)),
    _act("fail", Group.COMMITMENTS, fulfilment.Fail, msgid("Give a promise up"), _promised),
    _act("carry-over", Group.COMMITMENTS, fulfilment.CarryOver, msgid("Carry over"), _promised),
    _act("report-fulfilment", Group.COMMITMENTS, fulfilment.ReportFulfilment, msgid("Report to the deputies"),
         lambda case: bool(case.commitments)),
    _act("rate-fulfilment", Group.COMMITMENTS, fulfilment.RateFulfilment, msgid("Rate a fulfilment"),
         lambda case: any(c.reported for c in case.commitments)),
)  # fmt: skip
SUPERVISION = (
    _act("inspect", Group.SUPERVISION, supervision.Inspect, msgid("Inspect"), _anytime),
    _act("put-under", Group.SUPERVISION, supervision.PutUnder, msgid("Put under a key topic"), _anytime),
    _act("release", Group.SUPERVISION, supervision.Release, msgid("Release from a key topic"),
         lambda case: bool(case.key_topics)),
    _act("migrate-rules", Group.SUPERVISION, moves.MigrateRules, msgid("Go over to other rules"),
         lambda case: case.rules_id is not None),
)  # fmt: skip
CLOSING = (
    _act("conclude", Group.CLOSING, supervision.Conclude, msgid("Conclude"),
         lambda case: _under_handling(case) and _answered(case)),
    _act("reopen", Group.CLOSING, closing.Reopen, msgid("Reopen"), lambda case: case.concluded),
    _act("archive", Group.CLOSING, closing.Archive, msgid("Archive"), lambda case: case.closed),
    _act("publish", Group.CLOSING, publication.DecidePublication, msgid("Decide publication"), _anytime),
    _act("request-confidentiality", Group.CLOSING, publication.RequestConfidentiality,
         msgid("Request confidentiality"), _anytime),
    _act("protect-identity", Group.CLOSING, publication.ProtectIdentity, msgid("Protect identity"), _anytime),
)  # fmt: skip

ON_SUGGESTIONS = (*INTAKE, *ASSIGNMENT, *HANDLING, *ANSWER, *COMMITMENTS, *SUPERVISION, *CLOSING)
