"""The status sentence: where a case stands, who owes what by when, and by which article."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from domain.clock import Deadline, day_of
from domain.suggestion.state import CaseState, Clock, ClockStatus, Reply
from domain.vocabulary import UNKNOWN_UNIT, Role, Stage
from duban.catalogue import msgid
from duban.wording import clock as wording_clock
from duban.wording.terms import ANCHORS, term_in_words

if TYPE_CHECKING:
    from duban.wording.wording import Wording

REPLY_RULES = ("answer", "answer_extended", "rehandling")


class StatusSentences:
    """The sentence of each stage, in the words of one language."""

    def __init__(self, words: Wording) -> None:
        self._words = words
        self._text = words.text

    def sentence(self, case: CaseState, now: datetime) -> str:
        said = [*self._of_stage(case, now), *self._commitments(case, now)]
        label = self._label(case, now)
        return self._text("{label}: {sentence}", label=label, sentence=self._words.join(said))

    def _of_stage(self, case: CaseState, now: datetime) -> Iterator[str]:
        stages = {
            Stage.SUBMITTED: self._submitted,
            Stage.RETURNED: self._returned,
            Stage.REGISTERED: self._registered,
            Stage.ASSIGNED: self._assigned,
            Stage.HANDLING: self._handling,
            Stage.ANSWERED: self._answered,
            Stage.RATED: self._rated,
            Stage.FOLLOWING_UP: self._concluded,
            Stage.CONCLUDED: self._concluded,
            Stage.ENDED: self._ended,
        }
        return stages[case.stage](case, now)

    def public_sentence(self, case: CaseState, stage: Stage, now: datetime) -> str:
        """As `sentence`, at the stage where the whole case is, without promises that are still open."""
        said, label = [*self._of_stage(case, now)], self._label(case, now, stage)
        return self._text("{label}: {sentence}", label=label, sentence=self._words.join(said))

    def _label(self, case: CaseState, now: datetime, stage: Stage | None = None) -> str:
        late = any(c.status(now) is ClockStatus.OVERDUE for c in case.running_clocks if c.rule in REPLY_RULES)
        if case.stage in (Stage.ASSIGNED, Stage.HANDLING) and late:
            return self._text("Reply overdue")
        name = self._words.stage(stage or case.stage)
        return name[:1].upper() + name[1:]

    def _submitted(self, case: CaseState, now: datetime) -> Iterator[str]:
        if case.submitted_at is None:
            yield self._text("the source lists the case, but gives neither a number nor a unit.")
        else:
            yield self._text("submitted on {day}; it has no number yet.", day=day_of(case.submitted_at))

    def _registered(self, case: CaseState, now: datetime) -> Iterator[str]:
        yield self._text("registered under number {number}; no unit has it yet.", number=case.number)

    def _returned(self, case: CaseState, now: datetime) -> Iterator[str]:
        yield self._text("returned to the deputies, who may revise it and hand it in again.")

    def _ended(self, case: CaseState, now: datetime) -> Iterator[str]:
        yield self._text("{how}; no reply is owed.", how=self._words.name("ended", case.ended_as or ""))

    def _assigned(self, case: CaseState, now: datetime) -> Iterator[str]:
        assert case.assigned_to is not None
        clock = _running(case, REPLY_RULES, case.assigned_to)
        yield self._owes(
            self._unit(case.assigned_to),
            clock,
            now,
            msgid("assigned to {unit}, which owes a reply by {due}, {left}: {why}."),
        )

    def _handling(self, case: CaseState, now: datetime) -> Iterator[str]:
        if not case.owing:
            yield self._text("no unit that owes a reply is named yet.")
        for unit in case.owing:
            role = self._words.role(case.role_of(unit) or Role.LEAD)
            named = self._text("{unit} ({role})", unit=self._unit(unit), role=role)
            clock = _running(case, REPLY_RULES, unit)
            yield self._owes(named, clock, now, msgid("{unit} owes a reply by {due}, {left}: {why}."))
        missing = [self._opinion(c) for c in case.running_clocks if c.rule == "co_opinion"]
        if missing:
            yield self._text("Co-handling opinions not in yet: {units}.", units=self._words.listed(missing))

    def _answered(self, case: CaseState, now: datetime) -> Iterator[str]:
        yield from self._replies(case)
        clock = next((c for c in case.running_clocks if c.rule == "feedback"), None)
        if clock is None:
            yield self._text("No term for the deputies' feedback is running.")
        elif clock.deadline is None:
            yield self._text(
                "The source does not date the reply, so the term for feedback cannot be computed."
            )
        elif clock.status(now) is ClockStatus.OVERDUE:
            facts = self._dated(clock.deadline, now)
            yield self._text("The term for the deputies' feedback ended on {due}: {why}.", **facts)
        else:
            facts = self._dated(clock.deadline, now)
            yield self._text("The deputies may give feedback by {due}, {left}: {why}.", **facts)

    def _rated(self, case: CaseState, now: datetime) -> Iterator[str]:
        yield from self._replies(case)
        results = [
            self._words.satisfaction(rating.result) if rating.result else rating.printed or ""
            for rating in case.ratings[-1:]
        ]
        if results and results[0]:
            yield self._text("The deputies' rating: {rating}.", rating=results[0])
        elif case.ratings:
            yield self._text("The deputies have given their feedback.")
        else:
            yield self._text("The deputies let the term for feedback pass.")

    def _concluded(self, case: CaseState, now: datetime) -> Iterator[str]:
        if case.concluded_at is None:
            yield self._text("handling has ended, on a day that is not given.")
        else:
            yield self._text("handling ended on {day}.", day=day_of(case.concluded_at))
        if case.commitments and not case.open_commitments:
            yield self._words.many(
                "The commitment is fulfilled.", "All {n} commitments are fulfilled.", len(case.commitments)
            )

    def _replies(self, case: CaseState) -> Iterator[str]:
        latest: dict[str, Reply] = {reply.unit: reply for reply in case.replies}
        for reply in latest.values():
            unit = self._unit(reply.unit)
            if reply.answered_at is None:
                yield self._text("{unit} has answered, on a day that the source does not give.", unit=unit)
            else:
                yield self._text("{unit} answered on {day}.", unit=unit, day=day_of(reply.answered_at))

    def _commitments(self, case: CaseState, now: datetime) -> Iterator[str]:
        if not case.open_commitments:
            return
        said = self._words.many(
            "{n} commitment is open", "{n} commitments are open", len(case.open_commitments)
        )
        dated = [
            c for c in case.running_clocks if c.rule in ("commitment", "follow_up") and c.deadline is not None
        ]
        first = min(dated, key=lambda c: c.deadline.due_at, default=None)  # type: ignore[union-attr] # dated
        if first is None or first.deadline is None:
            yield self._text("{said}; no date is set for following it up.", said=said)
            return
        facts = self._dated(first.deadline, now)
        if first.rule == "commitment":
            yield self._text("{said}; the first is to be fulfilled by {due}, {left}.", said=said, **facts)
        else:
            yield self._text("{said}; the next follow-up is due on {due}, {left}: {why}.", said=said, **facts)

    def _opinion(self, clock: Clock) -> str:
        unit = self._unit(clock.about)
        if clock.deadline is None:
            return unit
        return self._text("{unit} (by {day})", unit=unit, day=clock.deadline.due_on)

    def _owes(self, unit: str, clock: Clock | None, now: datetime, said: str) -> str:
        if clock is not None and clock.deadline is None and clock.rule == "rehandling":
            return self._text(
                "{unit} owes a second reply; its rules set no term for it, or the day to count from is not known.",
                unit=unit,
            )
        if clock is None or clock.deadline is None:
            return self._text(
                "{unit} owes a reply; the source does not give the day of assignment, so no date can be computed.",
                unit=unit,
            )
        return self._text(said, unit=unit, **self._dated(clock.deadline, now))

    def _dated(self, deadline: Deadline, now: datetime) -> dict[str, str]:
        due = self._words.day(deadline.due_on)
        if deadline.provisional:
            due = self._text("{due}, provisional", due=due)
        return {"due": due, "left": self._words.left(deadline.due_on, now), "why": self._why(deadline)}

    def _why(self, deadline: Deadline) -> str:
        derivation, lang = deadline.derivation, self._words.lang
        cited = wording_clock.citation(derivation, lang)
        if derivation.anchored is None:
            return cited
        term = term_in_words(derivation.count, derivation.unit, lang)
        counted = ANCHORS[derivation.anchored][lang]
        if lang == "zh":
            law = f"（{cited}）" if derivation.basis == "law" else f"，依据{cited}"
            why = f"自 {derivation.anchor} {counted.removeprefix('自')} {term}{law}"
        else:
            why = f"{term} {counted} on {derivation.anchor} ({cited})"
        return self._text("extended, {why}", why=why) if deadline.rule == "answer_extended" else why

    def _unit(self, unit: str) -> str:
        return self._text("a unit not given") if unit == UNKNOWN_UNIT else self._words.unit(unit)


def _running(case: CaseState, rules: tuple[str, ...], about: str) -> Clock | None:
    return next((c for c in case.running_clocks if c.rule in rules and c.about == about), None)
