"""`duban rules`: which rules are known, what they say, and how two versions differ."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from domain.base import Refusal
from domain.provisions import Rules
from domain.rules import jurisdictions, rules_by_id, rules_in_force, versions
from duban.entrypoints.cli.clock import day_from
from duban.wording_terms import ANCHORS, RULES, Lang, term_in_words

app = typer.Typer(help="The rules of each jurisdiction, with their articles.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """Every version known, with the days it applies to."""
    known = [rules for jurisdiction in jurisdictions() for rules in versions(jurisdiction)]
    if as_json:
        _print_json([_summary(rules) for rules in known])
        return
    table = Table(
        Column("rules", no_wrap=True), Column("in force", no_wrap=True), Column("title", overflow="fold")
    )
    for rules in known:
        table.add_row(
            rules.rules_id, f"{rules.effective_from} to {rules.effective_to or 'now'}", rules.title.zh
        )
    Console().print(table)


@app.command()
def show(
    rules: Annotated[str, typer.Argument(help="qingdao, or a version: qingdao@2021-07-29")],
    on: Annotated[str | None, typer.Option(metavar="DATE", help="the version in force on that day")] = None,
    as_json: AsJson = False,
    lang: Annotated[Lang, typer.Option(help="language of the table")] = "en",
) -> None:
    """One version of the rules, value by value, each with its article and basis."""
    found = _found(rules, on)
    if as_json:
        _print_json(_summary(found) | found.model_dump(mode="json"))
        return
    Console().print(f"{found.rules_id}  {found.title.zh}\n{found.title.en}", highlight=False)
    Console().print(_terms(found, lang))
    Console().print(_provisions(found))


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="a jurisdiction or a version")],
    new: Annotated[str, typer.Argument(help="another")],
    as_json: AsJson = False,
) -> None:
    """What differs between two versions, or two jurisdictions."""
    one, other = _flat(_found(old).model_dump(mode="json")), _flat(_found(new).model_dump(mode="json"))
    changes = [
        {"path": path, "old": one.get(path), "new": other.get(path)}
        for path in sorted({*one, *other})
        if one.get(path) != other.get(path)
    ]
    if as_json:
        _print_json(changes)
        return
    table = Table("what", old, new)
    for change in changes:
        table.add_row(*("" if change[key] is None else str(change[key]) for key in ("path", "old", "new")))
    Console().print(table)


def _found(name: str, on: str | None = None) -> Rules:
    """By id, or by jurisdiction: the version in force on the day, else the latest."""
    try:
        if "@" in name:
            return rules_by_id(name)
        return rules_in_force(name, day_from(on)) if on else versions(name)[-1]
    except Refusal as refusal:
        typer.echo(refusal.message, err=True)
        raise typer.Exit(1) from None


def _summary(rules: Rules) -> dict[str, Any]:
    shown = {"jurisdiction", "version", "effective_from", "effective_to", "title", "terms"}
    return {
        "rules_id": rules.rules_id,
        "title": rules.title.model_dump(),
        **rules.model_dump(mode="json", include=shown),
    }


def _terms(rules: Rules, lang: Lang) -> Table:
    table = Table("rule", "term", "counted", "article", "basis")
    for name, term in rules.terms.items():
        table.add_row(
            RULES[name][lang],
            term_in_words(term.count, term.unit, lang),
            ANCHORS[term.anchor][lang],
            term.article or "",
            term.basis,
        )
    return table


def _provisions(rules: Rules) -> Table:
    table = Table("provision", "value", "article", "basis")
    for name, value in rules.model_dump(mode="json").items():
        if isinstance(value, Mapping) and "value" in value:
            table.add_row(name, str(value["value"]), value["article"] or "", value["basis"])
    return table


def _flat(value: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Nested values by dotted path: terms.answer.article."""
    leaves: dict[str, Any] = {}
    for key, inner in value.items():
        leaves |= _flat(inner, f"{path}{key}.") if isinstance(inner, Mapping) else {f"{path}{key}": inner}
    return leaves


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
