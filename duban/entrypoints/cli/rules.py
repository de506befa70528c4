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
from domain.suggestion.moves import DeadlineMoved
from duban.acts.catalogue import ACTS
from duban.acts.perform import command_of
from duban.bootstrap import Services
from duban.entrypoints.cli.clock import day_from
from duban.entrypoints.cli.support import By, On, Ref, actor, moment, run
from duban.law_book import LawBook
from duban.wording.terms import ANCHORS, RULES, Lang, term_in_words

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


@app.command()
def migrate(
    ref: Ref,
    to: Annotated[str, typer.Option(help="The version: npc@2025-03-11.")],
    reason: Annotated[str, typer.Option(help="Why the case goes over.")] = "",
    preview: Annotated[
        bool, typer.Option("--preview", help="Show every clock before and after only.")
    ] = False,
    on: On = None,
    by: By = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Hold a case to another version of its jurisdiction's rules; each clock is counted again."""

    async def act(ready: Services) -> dict[str, Any]:
        stream_id = await ready.commands.resolve(ref)
        case = await ready.commands.case(stream_id)
        why = reason or ("preview" if preview else "")
        said = {"to": to, "by": actor(by).name, "reason": why}
        command = command_of(ACTS["suggestion.migrate-rules"], said, moment(on))
        law = await LawBook(ready.log, ready.law).current()
        moved = [e for e in case.decide(command, law) if isinstance(e, DeadlineMoved)]
        recorded: tuple[int, ...] = ()
        if not preview:
            recorded = (await ready.commands.handle(ref, actor(by), command)).positions
        return {
            "ref": case.ref,
            "from": case.rules_id,
            "to": to,
            "preview": preview,
            "positions": list(recorded),
            "clocks": [_before_and_after(event) for event in moved],
        }

    data = run(act)
    if as_json:
        _print_json(data)
        return
    table = Table(
        *(Column(name, overflow="fold") for name in ("rule", "about", "before", "after", "article"))
    )
    for clock in data["clocks"]:
        table.add_row(*(str(clock[name] or "-") for name in ("rule", "about", "before", "after", "article")))
    Console().print(f"{data['ref']}  {data['from']} -> {data['to']}", highlight=False)
    Console().print(table)
    Console().print("nothing recorded" if preview else f"recorded at {data['positions']}", highlight=False)


def _before_and_after(event: DeadlineMoved) -> dict[str, Any]:
    deadline = event.due.deadline
    return {
        "rule": event.rule,
        "about": event.about,
        "before": event.before.isoformat(),
        "after": deadline.due_on.isoformat() if deadline else None,
        "article": deadline.derivation.article if deadline else None,
    }
