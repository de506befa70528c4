"""Random lawful and unlawful commands, in any order, through the aggregate."""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.base import Refusal
from domain.suggestion.agenda import plan
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.steps import TakeStep
from domain.suggestion.suggestion import Suggestion, SuggestionCommand, fold
from domain.vocabulary import Kind, Level
from tests.domain.any_command import DEPUTY, MAKE, PLACES, UNITS, Make
from tests.domain.cases import LAW, local, on, submit


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
