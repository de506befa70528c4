"""The rules in force: versioned data of each jurisdiction, read from `domain/regulations/*.toml`."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from domain.base import Refusal
from domain.provisions import (
    Anchor,
    Basis,
    Category,
    CategoryScheme,
    Counting,
    Outcome,
    Provision,
    Rules,
    Term,
    Text,
    Unit,
)

__all__ = [
    "Anchor",
    "Basis",
    "Category",
    "CategoryScheme",
    "Counting",
    "NoSuchRule",
    "Outcome",
    "Provision",
    "Rules",
    "Term",
    "Text",
    "Unit",
    "UnknownJurisdiction",
    "UnknownRules",
    "canonical_outcome",
    "jurisdictions",
    "rules_by_id",
    "rules_in_force",
    "term_of",
    "versions",
]

# Order of table 1.8: the nation, then provinces and municipalities, then cities.
JURISDICTIONS = ("npc", "beijing", "shanghai", "zhejiang", "shandong", "henan", "chongqing", "qingdao")
SHARED = "shared.toml"  # what no text states and every jurisdiction takes unless it says otherwise
NOT_RULES = (SHARED, "places.toml", "subjects.toml")  # what else lives beside the rules


class UnknownJurisdiction(Refusal):
    """There are no rules for the jurisdiction "{jurisdiction}".

    Known are: {known}."""

    def __init__(self, jurisdiction: str) -> None:
        super().__init__(jurisdiction=jurisdiction, known=", ".join(JURISDICTIONS))


class UnknownRules(Refusal):
    """There is no version of the rules called "{rules_id}".

    Known are: {known}."""

    def __init__(self, rules_id: str) -> None:
        super().__init__(rules_id=rules_id, known=", ".join(_by_id()))


class NoSuchRule(Refusal):
    """The rules {rules_id} set no term called "{rule}".

    They set: {known}."""

    def __init__(self, rules: Rules, rule: str) -> None:
        super().__init__(rules_id=rules.rules_id, rule=rule, known=", ".join(rules.terms))


def jurisdictions() -> tuple[str, ...]:
    return JURISDICTIONS


def versions(jurisdiction: str) -> tuple[Rules, ...]:
    """Every known version, oldest first."""
    if jurisdiction not in JURISDICTIONS:
        raise UnknownJurisdiction(jurisdiction)
    return tuple(rules for rules in _by_id().values() if rules.jurisdiction == jurisdiction)


def rules_in_force(jurisdiction: str, on: date) -> Rules:
    """The version in force on that day.

    For a day before the earliest known version took effect that version is returned, with
    `before_effect_on` set: what applied then is not known here.
    """
    known = versions(jurisdiction)
    applying = [rules for rules in known if rules.effective_from <= on]
    return applying[-1] if applying else known[0].model_copy(update={"before_effect_on": on})


def rules_by_id(rules_id: str) -> Rules:
    try:
        return _by_id()[rules_id]
    except KeyError:
        raise UnknownRules(rules_id) from None


def term_of(rules: Rules, rule: str) -> Term:
    try:
        return rules.terms[rule]
    except KeyError:
        raise NoSuchRule(rules, rule) from None


PRINTED_CODE = re.compile(
    r"[(\[【「\"']*\s*(?P<letter>[A-Z甲乙丙丁])\s*(?P<digits>\d*)\s*(?:类|级)?[)\]】」\"']*"
)


def canonical_outcome(rules: Rules, printed: str) -> tuple[str, Outcome | None]:
    """The code as printed without its wrapping ("B1类" -> "B1") and what it means here, if that is known."""
    text = unicodedata.normalize("NFKC", printed).strip()
    match = PRINTED_CODE.fullmatch(text.upper())
    if match is None:
        return text, None
    category = rules.categories.codes.get(match["letter"])
    return match["letter"] + match["digits"], category.outcome if category else None


@cache
def _by_id() -> Mapping[str, Rules]:
    folder = files("domain.regulations")
    shared = tomllib.loads(folder.joinpath(SHARED).read_text("utf-8"))
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml") and f.name not in NOT_RULES)
    found = [
        Rules.model_validate(_merged(shared, tomllib.loads(folder.joinpath(name).read_text("utf-8"))))
        for name in names
    ]
    found.sort(key=lambda rules: (JURISDICTIONS.index(rules.jurisdiction), rules.effective_from))
    return {rules.rules_id: rules for rules in found}


def _merged(shared: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Tables of tables are merged by name; what a jurisdiction says replaces the shared value whole."""
    nested = ("instruments", "terms", "counting")
    return {**shared, **own, **{key: {**shared.get(key, {}), **own.get(key, {})} for key in nested}}
