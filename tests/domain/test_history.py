"""What a published record says, and what it does not, as events."""

from datetime import date, timedelta
from typing import Any

from domain.suggestion.agenda import plan
from domain.suggestion.history import HANDLED, PUBLISHED, UNDATED, Mode, SourceRecord, reconstruct
from domain.suggestion.state import ClockStatus
from domain.suggestion.suggestion import Suggestion, fold
from domain.vocabulary import UNKNOWN_UNIT, Kind, Level, Role, Satisfaction, Stage
from tests.domain.cases import CASE_ID, LAW, MARA, MOF, NDRC, on

TODAY = date(2026, 3, 1)


def record(**facts: Any) -> SourceRecord:
    known = {
        "congress": "npc", "level": Level.NATIONAL, "place": "全国", "kind": Kind.SUGGESTION, "digest": "d",
        "term": 14, "session": 2, "number": "3973", "title": "循环农业",
    }  # fmt: skip
    return SourceRecord(**(known | facts))


def case_of(source: SourceRecord) -> Suggestion:
    return fold(reconstruct(source, CASE_ID, "npc/14-2/3973", LAW, TODAY))


def test_a_full_record_becomes_a_case_answered_rated_and_promised() -> None:
    case = case_of(
        record(
            lead_unit=MARA, co_units=(NDRC, MOF), mode=Mode.LEAD_CO, assigned_on=date(2024, 4, 2),
            replied_on=date(2024, 6, 20), document_no="农办议〔2024〕1号", category="A类", satisfaction="满意",
            commitment="建成3个示范县", published_on=date(2024, 8, 1),
        )
    )  # fmt: skip

    assert [(a.unit, a.role) for a in case.assignments] == [
        (MARA, Role.LEAD), (NDRC, Role.CO_HANDLING), (MOF, Role.CO_HANDLING),
    ]  # fmt: skip
    assert (case.replies[0].category, case.replies[0].outcome) == ("A", "resolved")
    assert (case.ratings[0].result, case.ratings[0].printed) == (Satisfaction.SATISFIED, "满意")
    assert case.open_commitments[0].promise == "建成3个示范县"
    assert case.gaps == ()
    assert case.stage is Stage.RATED


def test_a_record_of_a_title_alone_stays_unassigned_and_shows_its_gaps() -> None:
    case = case_of(record(number=None))

    assert (case.stage, case.registered) == (Stage.SUBMITTED, False)
    assert case.gaps == ("number", "lead_unit", "assigned_on", "replied_on", "category")


def test_an_answer_without_a_unit_is_of_an_unknown_one_and_without_a_day_of_an_unknown_day() -> None:
    events = reconstruct(record(category="甲", satisfaction="较满意"), CASE_ID, "npc/14-2/3973", LAW, TODAY)
    case = fold(events)

    assert [a.unit for a in case.assignments] == [UNKNOWN_UNIT]
    assert {e.reconstructed for e in events} >= {HANDLED, UNDATED}
    assert (case.ratings[0].result, case.ratings[0].printed) == (None, "较满意")
    assert not plan(case, on("2026-03-01")).due


def test_the_day_of_publication_stands_in_for_that_of_the_answer() -> None:
    events = reconstruct(
        record(lead_unit=MARA, published_on=date(2024, 8, 1)), CASE_ID, "npc/14-2/3973", LAW, TODAY
    )

    (answered,) = [e for e in events if e.type == "suggestion.answered"]
    assert (answered.occurred_at, answered.reconstructed) == (
        on("2024-08-01") - timedelta(hours=9),
        PUBLISHED,
    )


def test_units_that_answer_separately_are_each_named_and_dates_that_contradict_are_shown() -> None:
    case = case_of(
        record(
            co_units=(MARA, NDRC), mode=Mode.SEPARATE, assigned_on=date(2024, 4, 2),
            replied_on=date(2024, 4, 1), published_on=date(2024, 3, 1),
        )
    )  # fmt: skip

    assert [(a.unit, a.role) for a in case.assignments] == [(MARA, Role.SEPARATE), (NDRC, Role.SEPARATE)]
    assert {"published-before-answer", "answered-before-assignment"} <= set(case.gaps)
    assert "lead_unit" not in case.gaps


def test_one_unit_named_without_a_mode_is_taken_as_the_lead_and_waits_for_its_answer() -> None:
    case = case_of(record(lead_unit=MARA, co_units=(NDRC,)))

    assert case.role_of(MARA) is Role.LEAD
    assert case.owing == (MARA,)
    assert plan(case, on("2026-03-01")).waits == ("reply",)
    assert {c.status(on("2026-03-01")) for c in case.running_clocks} == {ClockStatus.UNKNOWN}


def test_co_handling_units_alone_are_named_and_their_opinions_lapse_with_the_answer() -> None:
    waiting = case_of(record(co_units=(NDRC,), mode=Mode.LEAD_CO))
    zhejiang = {"congress": "浙江", "level": Level.PROVINCE, "place": "浙江", "assigned_on": date(2024, 4, 2)}
    answered = case_of(record(**zhejiang, lead_unit=MARA, co_units=(NDRC,), mode=Mode.LEAD_CO, category="A"))

    assert [(a.unit, a.role) for a in waiting.assignments] == [(NDRC, Role.CO_HANDLING)]
    (opinion,) = [c for c in answered.clocks if c.rule == "co_opinion"]
    assert opinion.status(on("2026-03-01")) is ClockStatus.LAPSED


def test_a_promise_of_an_undated_answer_has_no_turn_of_a_year_to_live_through() -> None:
    case = case_of(record(lead_unit=MARA, commitment="建成3个示范县"))

    assert case.open_commitments[0].made_at is None
    assert not plan(case, on("2026-03-01")).due
