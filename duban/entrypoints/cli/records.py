"""Bringing records in, and keeping congresses and their handling units."""

from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer
from pydantic import ValidationError
from rich.progress import Progress
from rich.table import Table

from domain.congress import AddUnits, EndTerm, ListSubjects, OpenCongress
from domain.subjects import EmptyList, Scheme, Subject
from domain.vocabulary import Level
from duban.bootstrap import Services, now
from duban.entrypoints.cli.support import (
    By,
    Json,
    On,
    actor,
    errors,
    language,
    moment,
    output,
    print_json,
    refusing,
    run,
)
from duban.importing.importer import Report
from duban.importing.rows import read_rows
from duban.terms import CarriedOver
from duban.wording.wording import wording

congresses = typer.Typer(no_args_is_help=True, help="Congresses that keep their cases here.")
units = typer.Typer(no_args_is_help=True, help="Handling units of a congress.")

CONGRESSES = "select distinct congress from event_log where event_type = 'congress.opened' order by 1"


def import_file(
    file: Annotated[Path, typer.Argument(help="CSV file of published records.", show_default=False)],
    by: By = None,
    as_json: Json = False,
) -> None:
    """Import published records; bad rows are named, good rows go in, and again changes nothing."""
    rows = refusing(lambda: list(read_rows(file)))
    who = actor(by).name

    async def act(ready: Services) -> Report:
        with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
            task = progress.add_task("importing", total=len(rows))
            return await ready.importer.run(
                rows, actor=who, run=uuid4(), progress=lambda done: progress.update(task, completed=done)
            )

    report = run(act)
    _say(report, as_json)
    if report.bad:
        raise typer.Exit(1)


def _say(report: Report, as_json: bool) -> None:
    if as_json:
        refused = [{"line": bad.line, "column": bad.column, "reason": bad.reason} for bad in report.bad]
        print_json(
            {
                "read": report.read,
                "imported": report.imported,
                "unchanged": report.unchanged,
                "events": report.events,
                "refused": refused,
            }
        )
        return
    for bad in report.bad:
        errors.print(f"line {bad.line}, {bad.column}: {bad.reason}", markup=False)
    output.print(
        f"{report.read} rows: {report.imported} imported ({report.events} events), "
        f"{report.unchanged} already there, {len(report.bad)} refused",
        markup=False,
    )


@congresses.command(name="open")
def open_congress(
    slug: Annotated[str, typer.Argument(help="npc, or the place as printed.", show_default=False)],
    level: Annotated[Level, typer.Option(help="Its level.")],
    place: Annotated[str | None, typer.Option(help="The place; default the slug.")] = None,
    by: By = None,
) -> None:
    """Open a congress, so that cases can be submitted to it."""

    async def act(ready: Services) -> None:
        command = OpenCongress(congress=slug, place=place or slug, level=level, at=now())
        await ready.commands.open_congress(command, actor(by))

    run(act)
    output.print(f"{slug} is open", markup=False)


@congresses.command(name="list")
def list_congresses(as_json: Json = False) -> None:
    """The congresses that are open."""

    async def read(ready: Services) -> list[str]:
        return [row["congress"] for row in await ready.pool.fetch(CONGRESSES)]

    found = run(read)
    print_json(found) if as_json else output.print("\n".join(found), markup=False)


@congresses.command(name="end-term")
def end_term(
    slug: Annotated[str, typer.Argument(help="Slug of the congress.", show_default=False)],
    term: Annotated[int, typer.Option(help="The term that is over.", min=1)],
    successor: Annotated[int | None, typer.Option(help="The next term; default the number after it.")] = None,
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """End a term: every open promise of its cases is carried over into the next. Again, it changes nothing."""
    command = EndTerm(term=term, successor=successor or term + 1, at=moment(on))

    async def act(ready: Services) -> CarriedOver:
        with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
            task = progress.add_task("cases", total=None)
            return await ready.terms.end(
                slug, command, actor(by), progress=lambda done: progress.update(task, completed=done)
            )

    done = run(act)
    if as_json:
        print_json({"congress": slug, "term": term, "cases": done.cases, "promises": done.promises})
        return
    output.print(f"{slug}: {done.promises} promises of {done.cases} cases carried over", markup=False)


@congresses.command(name="set-subjects")
def set_subjects(
    slug: Annotated[str, typer.Argument(help="Slug of the congress.", show_default=False)],
    names: Annotated[
        list[str], typer.Argument(help="Each NAME, ASPECT/NAME or CODE=ASPECT/NAME.", show_default=False)
    ],
    add: Annotated[bool, typer.Option("--add", help="Keep what there is, and put these behind it.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Set the list by which a congress sorts its suggestions. Cases keep the subject that they have."""
    command = refusing(lambda: ListSubjects(subjects=tuple(map(_subject, names)), add=add, at=now()))

    async def act(ready: Services) -> Scheme:
        return await ready.commands.list_subjects(slug, command, actor(by))

    _say_subjects(run(act), as_json)


@congresses.command(name="subjects")
def list_subjects(
    slug: Annotated[str, typer.Argument(help="Slug of the congress.", show_default=False)],
    as_json: Json = False,
) -> None:
    """The list by which a congress sorts its suggestions: its own, or the one shipped for it."""

    async def read(ready: Services) -> Scheme:
        return (await ready.commands.congress(slug)).scheme

    _say_subjects(run(read), as_json)


def _subject(text: str) -> Subject:
    try:
        return Subject.parse(text)
    except ValidationError:
        raise EmptyList from None


def _say_subjects(scheme: Scheme, as_json: bool) -> None:
    if as_json:
        print_json(scheme.model_dump(mode="json"))
        return
    words = wording(language())
    table = Table(title=scheme.scheme, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for heading in ("code", "subject", "aspect"):
        table.add_column(words.text(heading))
    for subject in scheme.subjects:
        aspect = words.subject(subject.aspect) if subject.aspect else "-"
        table.add_row(subject.code, words.subject(subject.name), aspect)
    output.print(table)


@units.command(name="add")
def add_units(
    congress: Annotated[str, typer.Argument(help="Slug of the congress.", show_default=False)],
    names: Annotated[list[str], typer.Argument(help="Names of the units.", show_default=False)],
    by: By = None,
) -> None:
    """Add handling units to a congress."""

    async def act(ready: Services) -> list[str]:
        return await ready.commands.add_units(congress, AddUnits(units=tuple(names), at=now()), actor(by))

    added = run(act)
    output.print(f"{len(added)} added, {len(set(names)) - len(added)} already there", markup=False)


@units.command(name="list")
def list_units(
    congress: Annotated[str, typer.Argument(help="Slug of the congress.", show_default=False)],
    as_json: Json = False,
) -> None:
    """The handling units of a congress."""

    async def read(ready: Services) -> list[str]:
        return list((await ready.commands.congress(congress)).units)

    found = run(read)
    print_json(found) if as_json else output.print("\n".join(found), markup=False)
