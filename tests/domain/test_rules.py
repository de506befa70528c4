"""Rules as data: every value has its article or says that it has none."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest

from domain.clock import compute
from domain.provisions import Outcome, Rules, Sourced
from domain.rules import (
    UnknownJurisdiction,
    UnknownRules,
    canonical_outcome,
    jurisdictions,
    rules_by_id,
    rules_in_force,
    versions,
)
from tests.domain.notices import BY_HAND

ALL = [rules for jurisdiction in jurisdictions() for rules in versions(jurisdiction)]
NAMES = ("npc", "beijing", "shanghai", "zhejiang", "shandong", "henan", "chongqing", "qingdao")

# Table 1.8 of the dossier, typed in: count and unit, then what it is counted from.
TABLE = {
    "dispatch": ("-", "-", "7wd intake", "7d intake", "5d intake", "-", "10wd intake", "5wd intake"),
    "objection": (
        "10d receipt",
        "-",
        "7wd receipt",
        "10d receipt",
        "5d receipt",
        "10wd assignment",
        "10wd assignment",
        "5wd receipt",
    ),
    "redispatch": ("-", "-", "-", "-", "-", "10wd objection", "10wd objection", "-"),
    "first_contact": ("-", "-", "-", "-", "-", "-", "20wd receipt", "-"),
    "co_opinion": (
        "-",
        "-",
        "1m receipt",
        "2m receipt",
        "1m receipt",
        "2m receipt",
        "30wd assignment",
        "1m receipt",
    ),
    "co_opinion_redo": ("-", "-", "-", "-", "-", "-", "5wd redo_request", "-"),
    "answer": ("3m assignment",) * 8,
    "answer_extended": ("6m assignment",) * 8,
    "feedback": ("-", "15wd reply_receipt", "-", "-", "-", "10wd reply_receipt", "20wd reply_receipt", "-"),
    "rehandling": (
        "-",
        "2m rehandling_order",
        "1m rehandling_order",
        "1m rehandling_order",
        "1m feedback",
        "1m feedback",
        "2m rehandling_order",
        "-",
    ),
    "fulfilment_feedback": ("-", "-", "-", "-", "-", "-", "20wd fulfilment_report", "-"),
}
ARTICLES = {
    "beijing": {"answer": "21", "answer_extended": "21", "feedback": "23", "rehandling": "27"},
    "shanghai": {"dispatch": "11", "objection": "14", "co_opinion": "17", "answer": "19", "rehandling": "21"},
    "zhejiang": {"dispatch": "10", "objection": "14", "co_opinion": "18", "answer": "21", "rehandling": "24"},
    "shandong": {"dispatch": "10", "objection": "12", "co_opinion": "21", "answer": "19", "rehandling": "24"},
    "henan": {"objection": "14", "co_opinion": "18", "answer": "20", "feedback": "22", "rehandling": "22"},
    "chongqing": {"dispatch": "13", "objection": "16", "first_contact": "18", "co_opinion": "20"}
    | {"answer": "21", "feedback": "27", "rehandling": "27", "fulfilment_feedback": "28", "follow_up": "24"},
    "qingdao": {"dispatch": "14", "objection": "19", "co_opinion": "24", "answer": "25"},
    "npc": {"answer": "51", "answer_extended": "51"},
}


def current(jurisdiction: str) -> Rules:
    return rules_in_force(jurisdiction, date(2026, 1, 1))


def sourced(rules: Rules) -> Iterator[tuple[str, Sourced]]:
    yield from rules.terms.items()
    for name in type(rules).model_fields:
        value = getattr(rules, name)
        if isinstance(value, Sourced):
            yield name, value


@pytest.mark.parametrize(("place", "jurisdiction"), list(enumerate(NAMES)))
def test_the_terms_are_those_of_the_dossiers_table(place: int, jurisdiction: str) -> None:
    units = {"months": "m", "days": "d", "workdays": "wd"}
    terms = {k: t for k, t in current(jurisdiction).terms.items() if k != "follow_up"}

    printed = {name: f"{term.count}{units[term.unit]} {term.anchor}" for name, term in terms.items()}

    assert printed == {name: row[place] for name, row in TABLE.items() if row[place] != "-"}


@pytest.mark.parametrize("jurisdiction", NAMES)
def test_each_term_cites_the_article_that_sets_it(jurisdiction: str) -> None:
    terms = current(jurisdiction).terms

    assert {name: terms[name].article for name in ARTICLES[jurisdiction]} == ARTICLES[jurisdiction]


@pytest.mark.parametrize("rules", ALL, ids=lambda rules: rules.rules_id)
def test_what_claims_the_law_cites_an_article_or_says_that_the_law_is_silent(rules: Rules) -> None:
    for name, value in sourced(rules):
        assert value.instrument in rules.instruments, name
        if value.basis == "law":
            silent = getattr(value, "value", None) in ("unstated", False, "none")
            assert silent or (value.article or "").replace(", ", "").isdigit(), name


@pytest.mark.parametrize("rules", ALL, ids=lambda rules: rules.rules_id)
def test_every_reminder_comes_before_the_deadline_it_reminds_of(rules: Rules) -> None:
    for name in rules.terms:
        deadline = compute(rules, name, date(2026, 3, 2), BY_HAND, anchor_event="test")
        days = rules.reminder_days(name)

        assert list(days) == sorted(days, reverse=True), name
        assert all(0 < before < (deadline.due_on - deadline.anchor).days for before in days), name


def test_a_rule_without_reminders_has_none() -> None:
    assert current("npc").reminder_days("unheard_of") == ()


def test_the_unverified_is_called_unverified() -> None:
    npc = current("npc")

    assert npc.terms["objection"].basis == "unverified"
    assert npc.terms["objection"].article is None
    assert npc.categories.basis == "unverified"
    assert npc.terms["answer"].basis == "law"


def test_the_jurisdictions_are_the_eight() -> None:
    assert jurisdictions() == NAMES
    assert rules_by_id("qingdao@2021-07-29").rules_id == "qingdao@2021-07-29"


@pytest.mark.parametrize("jurisdiction", NAMES)
def test_versions_follow_each_other_without_gap_and_the_last_is_open(jurisdiction: str) -> None:
    known = versions(jurisdiction)

    assert all(older.effective_to == newer.effective_from for older, newer in pairwise(known))
    assert known[-1].effective_to is None


@pytest.mark.parametrize(
    ("jurisdiction", "on", "rules_id"),
    [
        ("npc", date(2025, 3, 10), "npc@2015-08-29"),
        ("npc", date(2025, 3, 11), "npc@2025-03-11"),
        ("henan", date(2017, 7, 31), "henan@2000-05-27"),
        ("henan", date(2017, 8, 1), "henan@2017-07-28"),
        ("qingdao", date(2021, 9, 1), "qingdao@2021-07-29"),
        ("chongqing", date(2018, 1, 1), "chongqing@2017-11-30"),
    ],
)
def test_the_rules_of_the_day_apply(jurisdiction: str, on: date, rules_id: str) -> None:
    rules = rules_in_force(jurisdiction, on)

    assert rules.rules_id == rules_id
    assert rules.before_effect_on is None


def test_a_day_before_the_earliest_version_takes_that_version_and_says_so() -> None:
    rules = rules_in_force("qingdao", date(2021, 8, 31))

    assert rules.rules_id == "qingdao@2021-07-29"
    assert rules.before_effect_on == date(2021, 8, 31)
    assert rules_by_id("qingdao@2021-07-29").before_effect_on is None


def test_an_unknown_jurisdiction_or_version_is_refused_with_those_known() -> None:
    with pytest.raises(UnknownJurisdiction, match=r"tianjin.*qingdao"):
        rules_in_force("tianjin", date(2026, 1, 1))
    with pytest.raises(UnknownRules, match=r"npc@1999.*npc@2025-03-11"):
        rules_by_id("npc@1999")


@pytest.mark.parametrize(
    ("jurisdiction", "printed", "code", "outcome"),
    [
        ("npc", "A", "A", Outcome.RESOLVED),
        ("npc", "A类", "A", Outcome.RESOLVED),
        ("npc", "A2类", "A2", Outcome.RESOLVED),
        ("npc", "B1类", "B1", Outcome.IN_PROGRESS),
        ("npc", "（B类）", "B", Outcome.IN_PROGRESS),
        ("npc", " Ｃ类 ", "C", Outcome.NOT_NOW),
        ("npc", "d", "D", Outcome.REFERENCE),
        ("npc", "E类", "E", None),
        ("npc", "已解决", "已解决", None),
        ("npc", "", "", None),
        ("shanghai", "C类", "C", Outcome.PLANNED),
        ("chongqing", "C类", "C", Outcome.NOT_NOW),
        ("chongqing", "D类", "D", Outcome.SUPERIOR),
        ("qingdao", "C", "C", Outcome.PLANNED),
        ("zhejiang", "B", "B", Outcome.PLANNED),
        ("zhejiang", "D", "D", None),
        ("shandong", "D", "D", Outcome.REFUSED),
        ("henan", "甲类", "甲", Outcome.RESOLVED),
        ("henan", "丙", "丙", Outcome.NOT_NOW),
        ("npc", "甲", "甲", None),
    ],
)
def test_a_printed_category_keeps_its_code_and_gains_what_it_means_here(
    jurisdiction: str, printed: str, code: str, outcome: Outcome | None
) -> None:
    assert canonical_outcome(current(jurisdiction), printed) == (code, outcome)


def test_what_the_engine_decides_by_is_there_with_its_article() -> None:
    beijing, shanghai, henan = current("beijing"), current("shanghai"), current("henan")
    chongqing, qingdao = current("chongqing"), current("qingdao")

    assert (beijing.withdrawal_until.value, beijing.withdrawal_until.article) == ("before_assignment", "13")
    assert (shanghai.withdrawal_joint.value, shanghai.withdrawal_joint.article) == ("all_signatories", "10")
    assert shanghai.feedback_scores.value == ("attitude", "result")
    assert (henan.second_dissatisfaction.value, henan.extension_approver.value) == (
        "expert_evaluation",
        "none",
    )
    assert (chongqing.feedback_unreturned.article, chongqing.feedback_unreturned.basis) == ("29", "law")
    assert (qingdao.objection_refused.value, qingdao.objection_decider.value) == ("must_handle", "commission")
    assert current("npc").key_supervision_by.value == "council_of_chairpersons"
    assert qingdao.title.zh.startswith("青岛市")
