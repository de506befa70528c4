"""Looking at cases: the list, one case, its replay and its clocks."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from domain.clock import day_of
from domain.suggestion.state import ClockStatus
from domain.vocabulary import Kind, Level, Stage
from duban.bootstrap import Services, now
from duban.casefile import CaseFile, as_data, open_case, read_as_of
from duban.entrypoints.cli.case_text import print_case
from duban.entrypoints.cli.support import (
    Json,
    Ref,
    language,
    output,
    print_json,
    print_json_rows,
    refusing,
    run,
)
from duban.reading import reading
from duban.replaying import replay, step_data
from duban.wording.wording import Wording, wording
from projections.board import stream
from projections.filters import filter_of

app = typer.Typer(no_args_is_help=True, help="Look at cases.")

AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="A position of the log, a day or a time.", show_default=False)
]


@app.command(name="list")
def list_cases(
    congress: Annotated[str | None, typer.Option(help="Only cases of this congress.")] = None,
    stage: Annotated[Stage | None, typer.Option(help="Only cases at this stage.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only cases in which this unit has a part.")] = None,
    level: Annotated[Level | None, typer.Option(help="Only congresses of this level.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Only suggestions, or only motions.")] = None,
    text: Annotated[str | None, typer.Option(help="Only titles or references with this text.")] = None,
    late: Annotated[bool, typer.Option("--late", help="Only cases in which something is overdue.")] = False,
    where: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE of any other filter, as figures name their cases.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="At most so many lines.", min=1)] = None,
    as_of: AsOfOption = None,
    as_json: Json = False,
) -> None:
    """The board: the most urgent first. Filters: role, system, delegation, in_session, key_topic, lateness, ..."""
    named = {"congress": congress, "stage": stage, "unit": unit, "level": level, "kind": kind, "text": text}
    wanted = refusing(lambda: filter_of({**named, "late": late}, where or []))

    async def read(ready: Services) -> list[dict[str, Any]]:
        async with reading(ready.pool, ready.log, ready.projector, as_of, now()) as at:
            found = stream(at.connection, wanted, now=at.now, as_of=at.as_of, limit=limit)
            if as_json:
                await print_json_rows(_line(line) async for line in found)
                return []
            return [line async for line in found]

    lines = run(read)
    if not as_json:
        output.print(_table(lines, wording(language())))


def _line(line: dict[str, Any]) -> dict[str, Any]:
    hidden = {"to_position", "from_position"}
    return {**{k: v for k, v in line.items() if k not in hidden}, "position": line["from_position"]}


def _table(lines: Sequence[dict[str, Any]], words: Wording) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("ref", "title", "subject", "stage", "lead unit", "next due"):
        table.add_column(words.text(heading), overflow="fold")
    for line in lines:
        due = line["next_due"]
        table.add_row(
            line["ref"],
            line["title"] or words.text("(no title given)"),
            words.subject(line["subject"]) if line["subject"] else "-",
            words.stage(line["stage"]),
            line["lead_unit"] or "-",
            day_of(due).isoformat() if due else "-",
            style="yellow" if due and due < datetime.now(UTC) else None,
        )
    table.caption = words.text("{number} cases").format(number=len(lines))
    return table


@app.command()
def show(ref: Ref, as_of: AsOfOption = None, as_json: Json = False) -> None:
    """One case, as it stands or as it stood."""
    file = _open(ref, as_of)
    if as_json:
        print_json(as_data(file))
        return
    print_case(file, wording(language()))


@app.command(name="replay")
def replay_case(ref: Ref, as_of: AsOfOption = None, as_json: Json = False) -> None:
    """Every step of a case, with what it changed."""
    steps = replay(_open(ref, as_of))
    if as_json:
        print_json([step_data(step) for step in steps])
        return
    words = wording(language())
    for step in steps:
        body = step.recorded.body
        when = day_of(body.occurred_at).isoformat() if body.occurred_at else "-"
        output.print(
            f"{step.number}/{len(steps)}  {when}  {words.event_sentence(step.recorded)}", markup=False
        )
        for changed in step.changed:
            output.print("      " + words.changed_sentence(changed), markup=False, style="dim")


@app.command()
def clock(ref: Ref, as_of: AsOfOption = None, as_json: Json = False) -> None:
    """Every open and past clock of a case, with the derivation of its date."""
    file = _open(ref, as_of)
    if as_json:
        print_json(as_data(file)["clocks"])
        return
    words = wording(language())
    for one in file.case.clocks:
        status = one.status(file.now)
        due = one.deadline.due_on.isoformat() if one.deadline else "?"
        style = "yellow" if status is ClockStatus.OVERDUE else "bold"
        head = f"{due}  {words.rule(one.rule)}  {words.unit(one.about)}  {words.clock_status(status)}"
        output.print(head, style=style, markup=False)
        lines = (
            words.derivation_lines(one.deadline.derivation)
            if one.deadline
            else [words.text("anchor unknown")]
        )
        for line in lines:
            output.print("      " + line, markup=False)


def _open(ref: str, as_of: str | None) -> CaseFile:
    async def read(ready: Services) -> CaseFile:
        return await open_case(ready.log, ready.commands, ref, await read_as_of(ready.log, as_of, now()))

    return run(read)
