"""The agenda: which steps are due in a case at a moment, and when to look again."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, assert_never

from domain.clock import day_of, end_of_day, plus_months
from domain.provisions import Rung
from domain.rules import rules_by_id
from domain.suggestion.feedback import FeedbackLapsed
from domain.suggestion.fulfilment import CommitmentCarriedOver
from domain.suggestion.handling import CoOpinionLapsed
from domain.suggestion.records import Clock, Commitment
from domain.suggestion.state import CaseState
from domain.suggestion.steps import Plan, Step, StepKind, TakeStep
from domain.suggestion.supervision import BecameOverdue, Reminded, TermLapsed
from domain.vocabulary import Stage

A_SECOND = timedelta(seconds=1)  # a term runs to the last second of its day
OPINIONS = ("co_opinion", "co_opinion_redo")
LAPSING = {*OPINIONS, "feedback", "objection", "fulfilment_feedback"}  # they pass without anyone being late
CHASED = {"answer", "answer_extended", "rehandling", "commitment"}  # what is asked for until it is there
StepEvent = Reminded | BecameOverdue | TermLapsed | CoOpinionLapsed | FeedbackLapsed | CommitmentCarriedOver
FOLLOW_UP_AGAIN_MONTHS = 12  # an unanswered follow-up is asked for again every year


def plan(case: CaseState, as_of: datetime) -> Plan:
    """A pure function of the state and the moment: the same log gives the same plan."""
    if case.closed:
        return Plan(stage=case.stage, closed=True, due=(), next_at=None, waits=())
    steps = [step for clock in case.running_clocks for step in _steps_of(clock, case, as_of)]
    steps += [step for commitment in case.open_commitments for step in _year_ends(commitment, as_of)]
    open_steps = [step for step in steps if step.key not in case.steps_taken]
    due = tuple(sorted((s for s in open_steps if s.due_from <= as_of), key=lambda s: (s.due_from, s.key)))
    later = [step.due_from for step in open_steps if step.due_from > as_of]
    return Plan(
        stage=case.stage, closed=False, due=due, next_at=min(later, default=None), waits=tuple(_waits(case))
    )


def steps_due(case: CaseState, command: TakeStep) -> list[StepEvent]:
    """The event of one due step; nothing if it was taken already or is no longer due."""
    for step in plan(case, command.as_of).due:
        if step.key == command.key:
            return [_event_of(step, case, command.as_of)]
    return []


def _steps_of(clock: Clock, case: CaseState, as_of: datetime) -> Iterator[Step]:
    if clock.deadline is None:
        return
    due_at = clock.deadline.due_at
    if clock.rule == "follow_up":
        yield from _follow_ups(clock, due_at, as_of)
        return
    yield from _reminders(clock, due_at, _reminder_days(clock, case), as_of)
    kind, what = (StepKind.LAPSE, "lapse") if clock.rule in LAPSING else (StepKind.MARK_OVERDUE, "overdue")
    yield _step(clock, what, kind, due_at + A_SECOND, due_at)
    if clock.rule in CHASED and case.rules_id is not None:
        yield from _chasing(clock, due_at, rules_by_id(case.rules_id).chasing.value, as_of)


def _chasing(clock: Clock, due_at: datetime, ladder: tuple[Rung, ...], as_of: datetime) -> Iterator[Step]:
    """The highest rung that a late duty has reached, and those above it."""
    steps = [
        Step(
            key=f"{clock.rule}-chase-{rung.days}d:{clock.cause}",
            kind=StepKind.REMIND,
            rule=clock.rule,
            about=clock.about,
            due_from=due_at + timedelta(days=rung.days),
            due_at=due_at,
            to=rung.to,
        )
        for rung in ladder
    ]
    past = [step for step in steps if step.due_from <= as_of]
    yield from past[-1:]
    yield from steps[len(past) :]


def _year_ends(commitment: Commitment, as_of: datetime) -> Iterator[Step]:
    """The latest turn of a year that an open commitment has lived through, and the next."""
    if commitment.made_at is None:
        return
    last = day_of(as_of).year
    for year in (last, last + 1):
        if year > day_of(commitment.made_at).year:
            begins = end_of_day(date(year - 1, 12, 31)) + A_SECOND
            key = f"commitment-year-{year}:{commitment.cause}"
            yield Step(key, StepKind.CARRY_OVER, str(year), commitment.id, begins, begins)


def _reminders(clock: Clock, due_at: datetime, offsets: tuple[int, ...], as_of: datetime) -> Iterator[Step]:
    """The latest reminder that is due and those to come; none of a day that has passed."""
    if as_of > due_at:
        return
    steps = [
        _step(clock, f"reminder-{days}d", StepKind.REMIND, due_at - timedelta(days=days), due_at)
        for days in sorted(offsets, reverse=True)
    ]
    past = [step for step in steps if step.due_from <= as_of]
    yield from past[-1:]
    yield from steps[len(past) :]


def _follow_ups(clock: Clock, due_at: datetime, as_of: datetime) -> Iterator[Step]:
    """The latest follow-up that is due and the one to come: years without one are not made up for."""
    times, current = 1, due_at
    while (following := _months_later(due_at, FOLLOW_UP_AGAIN_MONTHS * times)) <= as_of:
        times, current = times + 1, following
    yield _step(clock, f"due-{times}", StepKind.REMIND, current, current)
    yield _step(clock, f"due-{times + 1}", StepKind.REMIND, following, following)


def _months_later(instant: datetime, months: int) -> datetime:
    return end_of_day(plus_months(day_of(instant), months))


def _reminder_days(clock: Clock, case: CaseState) -> tuple[int, ...]:
    if case.rules_id is None:
        return ()
    return rules_by_id(case.rules_id).reminder_days(clock.rule)


def _step(clock: Clock, what: str, kind: StepKind, due_from: datetime, due_at: datetime) -> Step:
    key = f"{clock.rule}-{what}:{clock.cause}"
    return Step(key=key, kind=kind, rule=clock.rule, about=clock.about, due_from=due_from, due_at=due_at)


def _event_of(step: Step, case: CaseState, as_of: datetime) -> StepEvent:
    facts = {"rule": step.rule, "about": step.about, "due_at": step.due_at, "step": step.key}
    at = step.due_from
    match step.kind:
        case StepKind.REMIND:
            return Reminded(**facts, to=step.to, occurred_at=as_of)
        case StepKind.MARK_OVERDUE:
            return BecameOverdue(**facts, occurred_at=at)
        case StepKind.CARRY_OVER:
            return CommitmentCarriedOver(
                commitment=step.about, over="year", into=step.rule, step=step.key, occurred_at=at
            )
        case StepKind.LAPSE:
            return _lapse(step, case)
        case _:
            assert_never(step.kind)


def _lapse(step: Step, case: CaseState) -> StepEvent:
    """What it means that the term passed: an opinion or a rating that will not come, or nothing more."""
    facts: dict[str, Any] = {"step": step.key, "occurred_at": step.due_from}
    if step.rule in OPINIONS:
        return CoOpinionLapsed(unit=step.about, **facts)
    if step.rule == "feedback":
        return FeedbackLapsed(unit=step.about, ordinal=case.replies_of(step.about), **facts)
    return TermLapsed(rule=step.rule, about=step.about, **facts)


AWAITED = {
    Stage.SUBMITTED: "registration",
    Stage.RETURNED: "revision",
    Stage.REGISTERED: "assignment",
    Stage.ASSIGNED: "sub-assignment",
    Stage.ANSWERED: "feedback",
    Stage.RATED: "conclusion",
}


def awaited(case: CaseState) -> Iterator[str]:
    """What a case waits for at its stage."""
    if case.stage in AWAITED:
        yield AWAITED[case.stage]
    if case.stage is Stage.HANDLING:
        yield "reply" if case.owing else "sub-assignment"


def _waits(case: CaseState) -> Iterator[str]:
    """What only people can bring about."""
    yield from awaited(case)
    if case.open_objections:
        yield "decision on an objection"
    if case.unplaced:
        yield "reassignment"
    if case.open_escalations:
        yield "decision on an escalation"
    if case.open_commitments:
        yield "commitment"
