"""The clock's laws: what must hold for every rule, anchor and calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import Deadline, Derivation, compute, day_of, end_of_day, plus_months
from domain.provisions import Provision, Rules
from domain.rules import NoSuchRule, jurisdictions, rules_by_id, rules_in_force, versions
from domain.work_calendar import is_weekend
from tests.domain.notices import BY_HAND

DAY = timedelta(days=1)
EVERY_TERM = [(r, term) for j in jurisdictions() for r in versions(j) for term in r.terms]
terms = st.sampled_from(EVERY_TERM)
days = st.dates(date(2019, 6, 1), date(2028, 6, 1))


def due(rules: Rules, rule: str, anchor: date, prolongs: Deadline | None = None) -> Deadline:
    return compute(rules, rule, anchor, BY_HAND, anchor_event="test", prolongs=prolongs)


def recount(derivation: Derivation) -> date:
    """The due day from what the derivation prints, without rules or calendar."""
    rolled = len(derivation.rolled) * DAY
    match derivation.unit:
        case "workdays":
            assert derivation.counted == derivation.count
            return derivation.anchor + (derivation.counted + len(derivation.skipped)) * DAY + rolled
        case "days":
            return derivation.anchor + derivation.count * DAY + rolled
        case "months":
            return plus_months(derivation.anchor, derivation.count) + rolled
        case "quarter":
            return derivation.last_day + rolled


@given(terms, days)
def test_the_derivation_alone_explains_the_due_day(term: tuple[Rules, str], anchor: date) -> None:
    deadline = due(*term, anchor)

    assert recount(deadline.derivation) == deadline.due_on == deadline.derivation.due_on


@given(terms, days)
def test_every_day_between_is_counted_skipped_or_rolled_exactly_once(
    term: tuple[Rules, str], anchor: date
) -> None:
    derivation = due(*term, anchor).derivation
    skipped = [skip.day for skip in derivation.skipped]
    rolled = [skip.day for skip in derivation.rolled]

    assert len({*skipped}) == len(skipped)
    assert all(anchor < day < derivation.last_day and not BY_HAND.is_workday(day) for day in skipped)
    assert all(is_weekend(day) and BY_HAND.is_workday(day) for day in derivation.made_up)
    assert rolled == [derivation.last_day + n * DAY for n in range(len(rolled))]


@given(terms, days, st.integers(0, 40))
def test_a_later_anchor_is_never_due_earlier(term: tuple[Rules, str], anchor: date, later: int) -> None:
    assert due(*term, anchor).due_on <= due(*term, anchor + later * DAY).due_on


@given(terms, days)
def test_nothing_is_due_on_its_anchor_or_before_nor_inside_an_announced_holiday(
    term: tuple[Rules, str], anchor: date
) -> None:
    deadline = due(*term, anchor)

    assert deadline.due_on > anchor
    assert not BY_HAND.is_statutory_holiday(deadline.due_on)


@given(terms, days)
def test_a_deadline_is_provisional_exactly_when_it_ends_after_the_published_calendar(
    term: tuple[Rules, str], anchor: date
) -> None:
    deadline = due(*term, anchor)

    assert deadline.provisional == deadline.derivation.provisional == (deadline.due_on > BY_HAND.horizon)


@given(terms, days)
def test_a_deadline_survives_the_round_trip_through_json(term: tuple[Rules, str], anchor: date) -> None:
    deadline = due(*term, anchor)

    assert Deadline.model_validate_json(deadline.model_dump_json()) == deadline


@given(days)
def test_an_instant_belongs_to_the_shanghai_day_it_ends(day: date) -> None:
    assert day_of(end_of_day(day)) == day
    assert day_of(end_of_day(day) + timedelta(seconds=1)) == day + DAY


def test_due_at_is_the_last_second_of_the_day_in_shanghai_as_a_utc_instant() -> None:
    deadline = due(rules_by_id("qingdao@2021-07-29"), "answer", date(2024, 4, 2))

    assert deadline.due_at == datetime(2024, 7, 2, 15, 59, 59, tzinfo=UTC)
    assert '"due_at":"2024-07-02T15:59:59Z"' in deadline.model_dump_json()


def test_the_derivation_names_rule_article_anchor_calendar_days_and_policies() -> None:
    derivation = due(rules_by_id("qingdao@2021-07-29"), "objection", date(2026, 9, 28)).derivation

    assert (derivation.rule, derivation.rules_id, derivation.article) == (
        "objection",
        "qingdao@2021-07-29",
        "19",
    )
    assert derivation.instrument.zh == "青岛市人民代表大会代表建议、批评和意见工作条例"
    assert (derivation.anchored, derivation.anchor, derivation.basis) == ("receipt", date(2026, 9, 28), "law")
    assert (derivation.counted, derivation.made_up) == (5, (date(2026, 10, 10),))
    assert [skip.day.day for skip in derivation.skipped] == [1, 2, 3, 4, 5, 6, 7]
    assert {skip.reason for skip in derivation.skipped} == {"National Day"}
    assert derivation.calendar == "by-hand/2026"
    assert "last_day_rolls=statutory-holiday" in derivation.policies


def test_an_extension_carries_the_deadline_it_prolongs_and_its_article() -> None:
    rules = rules_by_id("qingdao@2021-07-29")
    answer = due(rules, "answer", date(2024, 4, 2))

    extended = due(rules, "answer_extended", date(2024, 4, 2), prolongs=answer)

    assert extended.due_on == date(2024, 10, 8)
    assert extended.derivation.prolongs is not None
    assert extended.derivation.prolongs.due_on == date(2024, 7, 2)
    assert extended.derivation.prolongs.article == "25"


@pytest.mark.parametrize(
    ("policy", "anchor", "due_on"),
    [
        ("statutory-holiday", date(2024, 3, 2), date(2024, 6, 2)),  # a plain Sunday
        ("rest-day", date(2024, 3, 2), date(2024, 6, 3)),
        ("none", date(2024, 3, 2), date(2024, 6, 2)),
        ("statutory-holiday", date(2024, 3, 8), date(2024, 6, 8)),  # Saturday, Sunday, then a holiday Monday
        ("rest-day", date(2024, 3, 8), date(2024, 6, 11)),
        ("none", date(2024, 3, 10), date(2024, 6, 10)),
        ("rest-day", date(2023, 6, 29), date(2023, 10, 7)),  # the day after the holiday is a worked Saturday
    ],
)
def test_a_jurisdiction_may_override_how_a_last_day_rolls(policy: str, anchor: date, due_on: date) -> None:
    rules = rules_in_force("npc", anchor)
    rolls: Provision[str] = Provision.model_validate({"value": policy})
    counting = rules.counting.model_copy(update={"last_day_rolls": rolls})

    deadline = due(rules.model_copy(update={"counting": counting}), "answer", anchor)

    assert deadline.due_on == due_on
    assert f"last_day_rolls={policy}" in deadline.derivation.policies


def test_a_term_the_rules_do_not_set_is_refused_with_those_they_set() -> None:
    with pytest.raises(NoSuchRule, match=r"npc@2025-03-11 set no term called .feedback.*answer"):
        due(rules_in_force("npc", date(2026, 1, 1)), "feedback", date(2026, 1, 1))


def test_counting_from_before_the_rules_or_the_calendar_says_so() -> None:
    derivation = due(rules_in_force("npc", date(2014, 5, 1)), "answer", date(2014, 5, 1)).derivation

    assert derivation.before_effect
    assert derivation.before_calendar
    assert not derivation.provisional
