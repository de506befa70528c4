"""The March-to-July wave: thousands of intakes in days, one conference that starts every clock on one day."""

from collections import Counter
from datetime import date
from functools import cache

from domain.figures import figures, record_of
from domain.suggestion import replies
from domain.suggestion.agenda import plan
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Role, Stage
from tests.domain.cases import (
    ASSIGN,
    COMMIT,
    LAW,
    MARA,
    MOF,
    NDRC,
    SATISFIED,
    after,
    answer,
    given,
    on,
    part,
    submit,
)

CASES = 200  # of the nine thousand of a session; the benchmarks run them all


@cache
def wave() -> list[Suggestion]:
    """A session's suggestions, assigned by one conference: 2.5 parts each, as the ministries report."""
    roles = [part(MARA), part(NDRC, Role.CO_HANDLING), part(MOF, Role.REFERENCE)]
    return [
        given(submit(number=str(n), lead_deputy=f"代表{n % 40}", at=on(f"2024-03-0{5 + n % 4}")), ASSIGN,
              *roles[: 2 + n % 2])
        for n in range(CASES)
    ]  # fmt: skip


def test_one_conference_starts_every_clock_and_everything_is_due_on_one_day() -> None:
    cases = wave()

    days = Counter(c.deadline.due_on for case in cases for c in case.running_clocks if c.deadline)
    assert days == {date(2024, 7, 2): CASES}
    assert sum(len(case.assignments) for case in cases) == CASES * 5 // 2


def test_each_case_of_the_wave_is_planned_by_itself_and_at_the_same_moments() -> None:
    moments = {plan(case, on("2024-04-03")).next_at for case in wave()[:20]}

    assert len(moments) == 1


def test_the_paper_and_its_electronic_twin_are_told_by_number_signature_and_hash() -> None:
    signed = answer(document_no="农办议〔2024〕1号", signatory="部长", text="答复全文")

    (first, _) = wave()[0].decide(signed, LAW)
    assert isinstance(first, replies.Answered)
    assert (first.document_no, first.signatory) == ("农办议〔2024〕1号", "部长")
    assert first.text_hash == replies.hash_of("答复全文")


def test_a_deputys_record_draws_on_the_cases_without_being_typed_again() -> None:
    rated = SATISFIED.model_copy(update={"by": "代表0"})
    cases = [
        after(after(case, answer()), rated) if case.lead_deputy == "代表0" else case for case in wave()[:80]
    ]

    record = record_of("代表0", cases)
    assert record.led == ("npc/14-2/0", "npc/14-2/40")
    assert (record.ratings, record.replies, record.co_signed) == (2, 2, ())
    assert figures(cases).replies_given == 2


def test_a_year_later_what_was_promised_is_still_followed_up() -> None:
    case = after(after(after(wave()[0], answer()), COMMIT), SATISFIED)

    assert case.stage is Stage.RATED
    assert any(step.rule == "follow_up" for step in plan(case, on("2025-06-21")).due)
