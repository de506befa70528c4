"""`duban clock` and `duban rules`, as typed at a terminal, and the words they print."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from domain.clock import SHANGHAI, compute
from domain.jurisdictions import nearest
from domain.rules import jurisdictions, versions
from duban.calendars import official
from duban.entrypoints.cli import clock, rules
from duban.entrypoints.cli.clock import deadline_from
from duban.wording.clock import article_in_words, lines, reason_in_words
from duban.wording.terms import ANCHORS, HOLIDAYS, POLICIES, RULES

app = typer.Typer()
app.add_typer(clock.app, name="clock")
app.add_typer(rules.app, name="rules")

COMPUTE = ("clock", "compute", "--jurisdiction")


def run(*words: str, exit_code: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == exit_code, result.output
    return result.stdout, result.stderr


def run_json(*words: str) -> Any:
    return json.loads(run(*words, "--json")[0])


def test_compute_prints_the_deadline_and_its_derivation_as_json() -> None:
    answer = run_json(*COMPUTE, "qingdao", "--rule", "objection", "--from", "2026-09-28")

    assert (answer["due_on"], answer["due_at"]) == ("2026-10-10", "2026-10-10T15:59:59Z")
    assert (answer["jurisdiction"], answer["rules_id"]) == ("qingdao", "qingdao@2021-07-29")
    assert (answer["provisional"], answer["derivation"]["article"]) == (False, "19")
    assert answer["derivation"]["made_up"] == ["2026-10-10"]


def test_compute_explains_itself_in_chinese() -> None:
    printed, _ = run(*COMPUTE, "qingdao", "--rule", "objection", "--from", "2026-09-28", "--lang", "zh")

    assert "到期：2026-10-10（周六）" in printed
    assert "依据：《青岛市人民代表大会代表建议、批评和意见工作条例》第十九条" in printed
    assert "未计入：2026-10-01至2026-10-07 国庆节" in printed
    assert "调休上班计入：2026-10-10" in printed


def test_compute_shows_what_an_extension_prolongs_and_that_a_far_date_is_provisional() -> None:
    printed, _ = run(*COMPUTE, "shanghai", "--rule", "answer_extended", "--from", "2026-07-31")

    assert "due: 2027-01-31 (Sun)" in printed
    assert "extends: 2026-10-31" in printed
    assert "provisional: it falls after the published calendar" in printed


def test_compute_shows_over_which_days_the_last_day_moved() -> None:
    printed, _ = run(*COMPUTE, "npc", "--rule", "answer", "--from", "2026-07-01")

    assert "last day as counted: 2026-10-01" in printed
    assert "moved over: 2026-10-01 to 2026-10-07 National Day" in printed


def test_compute_says_where_the_article_was_not_verified_and_the_rules_did_not_yet_apply() -> None:
    printed, _ = run(*COMPUTE, "npc", "--rule", "objection", "--from", "1999-02-01")

    assert "(unverified)" in printed
    assert printed.count("reservation: ") == 2


@pytest.mark.parametrize(
    ("jurisdiction", "rule", "day", "said"),
    [
        ("atlantis", "answer", "2026-09-28", 'no rules for the jurisdiction "atlantis"'),
        ("qingdao", "feedback", "2026-09-28", 'no term called "feedback"'),
        ("qingdao", "answer", "2026-02-30", '"2026-02-30" is not a day'),
        ("qingdao", "answer", "20260928", "Write it as year-month-day"),
        ("qingdao", "answer", "9999-12-31", "between 1954 and 2199"),
    ],
)
def test_a_wrong_jurisdiction_rule_or_day_is_one_line_on_stderr_and_exit_1(
    jurisdiction: str, rule: str, day: str, said: str
) -> None:
    printed, error = run(*COMPUTE, jurisdiction, "--rule", rule, "--from", day, exit_code=1)

    assert printed == ""
    assert said in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    "words", [("clock", "compute", "--rule", "answer"), ("rules", "show"), ("rules", "x")]
)
def test_a_command_typed_wrongly_exits_2(words: Sequence[str]) -> None:
    result = CliRunner().invoke(app, words)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage:" in result.stderr


def test_list_names_every_version_with_its_days_and_terms() -> None:
    listed = run_json("rules", "list")

    assert [rules["jurisdiction"] for rules in listed if rules["effective_to"] is None] == list(
        jurisdictions()
    )
    henan = next(rules for rules in listed if rules["rules_id"] == "henan@2000-05-27")
    assert (henan["effective_from"], henan["effective_to"]) == ("2000-05-27", "2017-08-01")
    assert henan["terms"]["objection"]["article"] == "4"


def test_list_and_show_print_tables() -> None:
    assert "qingdao@2021-07-29" in run("rules", "list")[0]
    assert "青岛市人民代表大会代表建议、批评和意见工作条例" in run("rules", "show", "qingdao")[0]


def test_show_takes_a_version_a_jurisdiction_or_a_day() -> None:
    assert run_json("rules", "show", "henan")["rules_id"] == "henan@2017-07-28"
    assert run_json("rules", "show", "henan", "--on", "2010-01-01")["rules_id"] == "henan@2000-05-27"
    assert run_json("rules", "show", "henan@2000-05-27")["objection_decider"]["value"] == "assigner"


def test_show_refuses_what_it_does_not_know_in_one_line() -> None:
    _, error = run("rules", "show", "zhejiang@1900", exit_code=1)

    assert 'no version of the rules called "zhejiang@1900"' in error
    assert len(error.splitlines()) == 1


def test_diff_lists_each_value_that_differs() -> None:
    changes = run_json("rules", "diff", "npc@2015-08-29", "npc@2025-03-11")

    assert {"path": "terms.answer.article", "old": "42", "new": "51"} in changes
    assert not [change for change in changes if change["path"] == "terms.answer.count"]
    assert "terms.answer.article" in run("rules", "diff", "npc@2015-08-29", "npc@2025-03-11")[0]


def test_two_equal_versions_do_not_differ() -> None:
    assert run_json("rules", "diff", "qingdao", "qingdao@2021-07-29") == []


def test_every_rule_anchor_policy_and_holiday_has_words_in_both_languages() -> None:
    every = [rules for jurisdiction in jurisdictions() for rules in versions(jurisdiction)]

    assert {name for rules in every for name in rules.terms} <= set(RULES)
    assert {term.anchor for rules in every for term in rules.terms.values()} <= set(ANCHORS)
    assert {policy for rules in every for policy in rules.counting.names()} <= set(POLICIES)
    assert set(official().holidays.values()) <= set(HOLIDAYS)


def test_every_term_of_every_version_can_be_said_in_both_languages() -> None:
    for rules_ in (rules_ for jurisdiction in jurisdictions() for rules_ in versions(jurisdiction)):
        for rule in rules_.terms:
            day = rules_.effective_from
            derivation = compute(rules_, rule, day, official(), anchor_event="test").derivation

            assert len(lines(derivation, "zh")) == len(lines(derivation, "en")) >= 6


def test_articles_are_cited_as_chinese_laws_cite_them() -> None:
    cited = [article_in_words(n, "zh") for n in ("5", "10", "19", "20", "51", "100", "105", "201", "210")]

    assert cited == [
        f"第{n}条" for n in ("五", "十", "十九", "二十", "五十一", "一百", "一百零五", "二百零一", "二百一十")
    ]
    assert article_in_words("13, 15", "zh") == "第十三条、第十五条"
    assert article_in_words("13, 15", "en") == "arts. 13, 15"


def test_the_reason_for_a_jurisdiction_is_said_in_both_languages() -> None:
    assert reason_in_words(nearest("county", "黄岛区"), "zh") == "青岛市有自己的规则"
    assert "not guessed" in reason_in_words(nearest("county", "鼓楼区"), "en")
    assert reason_in_words(nearest("county", "湖洋镇"), "zh") == "未能识别地名，适用全国规则"


def test_the_calculator_counts_in_shanghai_days() -> None:
    due = deadline_from("npc", "answer", "2024-04-02").due_at.astimezone(SHANGHAI)

    assert due.isoformat() == "2024-07-02T23:59:59+08:00"
