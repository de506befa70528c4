"""Any command that a suggestion takes, for two units and a moment: what the tests that draw at random draw from."""

from collections.abc import Callable
from datetime import datetime, timedelta

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
from domain.suggestion.promises import Promise
from domain.suggestion.suggestion import SuggestionCommand
from domain.vocabulary import ContactWay, Extent, Ground, Part, Role, Satisfaction

Make = Callable[[datetime, str, str], SuggestionCommand]

UNITS = ("农业农村部", "国家发展改革委", "财政部")
PLACES = ("全国", "北京", "上海", "浙江", "山东", "河南", "重庆")
DEPUTY, OFFICE = "黄代表", "代表工作委员会"
A_LINE = "说明"
MAKE: tuple[Make, ...] = (
    lambda at, a, b: intake.Register(number="7", at=at),
    lambda at, a, b: classification.Classify(subject="教育", by=OFFICE, reason=A_LINE, at=at),
    lambda at, a, b: classification.Classify(subject="14", by=OFFICE, reason=A_LINE, at=at),
    lambda at, a, b: signatories.ConfirmCoSignature(deputy="马代表", at=at),
    lambda at, a, b: signatories.DeclineCoSignature(deputy="马代表", at=at),
    lambda at, a, b: signatories.Withdraw(by=(DEPUTY, "马代表"), at=at),
    *(
        lambda at, a, b, outcome=outcome: acceptance.TurnAway(
            outcome=outcome, ground=Ground.OTHER, explanation=A_LINE, at=at
        )
        for outcome in acceptance.Outcome
    ),
    lambda at, a, b: acceptance.Resubmit(title=A_LINE, at=at),
    lambda at, a, b: acceptance.ConvertMotion(decided_by="主席团", at=at),
    lambda at, a, b: acceptance.Merge(into="npc/14-2/1", reason=A_LINE, at=at),
    lambda at, a, b: acceptance.TakeIn(other="npc/14-2/1", at=at),
    lambda at, a, b: assignment.Assign(to="国务院", at=at),
    lambda at, a, b: assignment.Assign(to=a, at=at),
    *(
        lambda at, a, b, role=role: assignment.SubAssign(unit=a, role=role, at=at)
        for role in (Role.LEAD, Role.LEAD, Role.SEPARATE, Role.CO_HANDLING, Role.REFERENCE)
    ),
    lambda at, a, b: objections.SignFor(unit=a, at=at),
    lambda at, a, b: objections.Object(unit=a, reasons=A_LINE, written=True, at=at),
    lambda at, a, b: objections.DecideObjection(unit=a, upheld=True, by=OFFICE, at=at),
    lambda at, a, b: objections.DecideObjection(unit=a, upheld=False, by=OFFICE, at=at),
    lambda at, a, b: objections.Reassign(unit=a, to=b, by=OFFICE, at=at),
    lambda at, a, b: objections.Coordinate(units=UNITS, by=OFFICE, outcome=A_LINE, at=at),
    lambda at, a, b: handling.GiveOpinion(unit=a, at=at),
    lambda at, a, b: contacts.AskOpinionAgain(unit=a, by=b, reason=A_LINE, at=at),
    lambda at, a, b: handling.RequestExtension(unit=a, reason=A_LINE, at=at),
    lambda at, a, b: handling.GrantExtension(unit=a, reason=A_LINE, approver=OFFICE, at=at),
    lambda at, a, b: handling.RefuseExtension(unit=a, by=OFFICE, reason=A_LINE, at=at),
    lambda at, a, b: contacts.RecordContact(unit=a, way=ContactWay.CALL, official=A_LINE, at=at),
    lambda at, a, b: contacts.AppointLeader(unit=a, leader=A_LINE, at=at),
    lambda at, a, b: replies.Answer(unit=a, category="A", served_on="deputies", at=at),
    lambda at, a, b: replies.Answer(unit=a, served_on=DEPUTY, at=at),
    lambda at, a, b: replies.Answer(
        unit=a,
        category="B",
        commitments=(Promise(promise=A_LINE, due=at + timedelta(days=400)),),
        served_on="deputies",
        at=at,
    ),
    lambda at, a, b: service.SendDraft(unit=a, at=at),
    lambda at, a, b: service.CommentDraft(unit=a, by=DEPUTY, comment=A_LINE, at=at),
    lambda at, a, b: service.Serve(unit=a, on="马代表", at=at),
    lambda at, a, b: service.SendCopies(unit=a, to=(OFFICE,), at=at),
    lambda at, a, b: service.Correct(unit=a, what=A_LINE, at=at),
    lambda at, a, b: service.Reclassify(unit=a, category="C", by=OFFICE, reason=A_LINE, at=at),
    lambda at, a, b: feedback.GiveFeedback(unit=a, result=Satisfaction.SATISFIED, by=DEPUTY, at=at),
    lambda at, a, b: feedback.GiveFeedback(
        unit=a, result=Satisfaction.NOT_SATISFIED, reasons=A_LINE, by=DEPUTY, at=at
    ),
    lambda at, a, b: escalation.ResolveEscalation(unit=a, by=OFFICE, finding=A_LINE, rehandle=True, at=at),
    lambda at, a, b: escalation.ResolveEscalation(unit=a, by=OFFICE, finding=A_LINE, rehandle=False, at=at),
    lambda at, a, b: commitments.Commit(owner=a, promise=A_LINE, due=at + timedelta(days=90), at=at),
    lambda at, a, b: commitments.FollowUp(commitment="c1", finding=A_LINE, at=at),
    lambda at, a, b: commitments.Fulfil(commitment="c1", evidence=A_LINE, at=at),
    lambda at, a, b: fulfilment.ReportProgress(commitment="c1", progress=A_LINE, at=at),
    lambda at, a, b: fulfilment.Verify(commitment="c1", by=OFFICE, finding=A_LINE, holds=True, at=at),
    lambda at, a, b: fulfilment.Verify(commitment="c1", by=OFFICE, finding=A_LINE, holds=False, at=at),
    lambda at, a, b: fulfilment.Fail(commitment="c1", reasons=A_LINE, signed_by=A_LINE, at=at),
    lambda at, a, b: fulfilment.CarryOver(into="15", at=at),
    lambda at, a, b: fulfilment.ReportFulfilment(commitment="c1", report=A_LINE, at=at),
    lambda at, a, b: fulfilment.RateFulfilment(
        commitment="c1", result=Satisfaction.BASICALLY, by=DEPUTY, at=at
    ),
    lambda at, a, b: supervision.Inspect(by=OFFICE, finding=A_LINE, at=at),
    lambda at, a, b: supervision.PutUnder(topic=A_LINE, at=at),
    lambda at, a, b: supervision.Release(topic=A_LINE, at=at),
    lambda at, a, b: supervision.Conclude(at=at),
    lambda at, a, b: publication.DecidePublication(
        part=Part.REPLY, extent=Extent.SUMMARY, reason=A_LINE, by=OFFICE, at=at
    ),
    lambda at, a, b: publication.RequestConfidentiality(by=DEPUTY, reason=A_LINE, at=at),
    lambda at, a, b: publication.ProtectIdentity(by=OFFICE, reason=A_LINE, at=at),
    lambda at, a, b: closing.Reopen(by=OFFICE, reason=A_LINE, at=at),
    lambda at, a, b: closing.Archive(by=OFFICE, at=at),
    lambda at, a, b: moves.Recount(because=A_LINE, at=at),
    lambda at, a, b: moves.MigrateRules(to="npc@2025-03-11", by=OFFICE, reason=A_LINE, at=at),
    lambda at, a, b: moves.MigrateRules(to="npc@2015-08-29", by=OFFICE, reason=A_LINE, at=at),
)
