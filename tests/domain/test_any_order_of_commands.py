"""Random lawful and unlawful commands, in any order, through the aggregate."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.base import Refusal
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
from domain.suggestion.agenda import plan
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.promises import Promise
from domain.suggestion.steps import TakeStep
from domain.suggestion.suggestion import Suggestion, SuggestionCommand, fold
from domain.vocabulary import ContactWay, Extent, Ground, Kind, Level, Part, Role, Satisfaction
from tests.domain.cases import LAW, local, on, submit

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


class AnyOrder(RuleBasedStateMachine):
    """A case that anybody may command anything of, while time goes by."""

    def __init__(self) -> None:
        super().__init__()
        self.case = Suggestion()
        self.now = on("2024-03-05")
        self.events: list[SuggestionEvent] = []
        self.versions: list[Suggestion] = [self.case]

    @initialize(
        place=st.sampled_from(PLACES), joint=st.booleans(), motion=st.booleans(), between=st.booleans()
    )
    def submitted(self, place: str, joint: bool, motion: bool, between: bool) -> None:
        facts = {
            "lead_deputy": DEPUTY,
            "co_signers": ("马代表",) if joint else (),
            "number": None if joint else "3973",
            "kind": Kind.MOTION if motion else Kind.SUGGESTION,
            "in_session": not between,
            "at": self.now,
        }
        self._do(submit(**facts) if place == "全国" else local(place, Level.PROVINCE, **facts))

    @rule(
        make=st.sampled_from(MAKE),
        a=st.sampled_from(UNITS),
        b=st.sampled_from(UNITS),
        days=st.integers(0, 25),
    )
    def command(self, make: Make, a: str, b: str, days: int) -> None:
        self.now += timedelta(days=days)
        self._do(make(self.now, a, b))

    @rule(days=st.integers(1, 400))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        for step in plan(self.case, self.now).due:
            self._do(TakeStep(key=step.key, as_of=self.now))
        again = plan(self.case, self.now).due  # a step that lapses a term may free another, never itself
        assert not {step.key for step in again} & self.case.steps_taken

    @invariant()
    def nothing_open_is_without_a_next_date_or_a_wait(self) -> None:
        agenda = plan(self.case, self.now)
        if not self.case.closed:
            assert agenda.next_at is not None or agenda.waits or agenda.due
        if self.case.closed:
            assert not self.case.owing or self.case.ended_as

    @invariant()
    def whoever_owes_a_reply_has_a_clock(self) -> None:
        if self.case.closed or self.case.concluded:
            return
        running = {c.about for c in self.case.running_clocks}
        assert set(self.case.owing) <= running
        if self.case.unplaced:
            assert self.case.assigned_to in running

    def teardown(self) -> None:
        """Folding a prefix equals the state then; and nothing was refused halfway."""
        for length, state in enumerate(self.versions):
            assert fold(self.events[:length]) == state

    def _do(self, command: SuggestionCommand) -> None:
        before = self.case
        try:
            decided = self.case.decide(command, LAW)
        except Refusal as refusal:
            self._said(refusal)
            assert self.case is before
            return
        for event in decided:
            self.events.append(event)
            self.case = self.case.evolve(event)
            self.versions.append(self.case)

    def _said(self, refusal: Refusal) -> None:
        assert "{" not in refusal.message


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=30,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
