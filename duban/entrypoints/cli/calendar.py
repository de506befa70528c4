"""`duban calendar`: notices that amend the official calendar, and the dates they move."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from domain.calendar_notices import AmendCalendar, NamedDay
from duban.amendments import Move
from duban.bootstrap import Services, now
from duban.entrypoints.cli.clock import day_from
from duban.entrypoints.cli.support import By, Json, actor, errors, language, output, print_json, run
from duban.law_book import LawBook
from duban.wording.wording import Wording, wording

app = typer.Typer(no_args_is_help=True, help="The official calendar, and notices that amend it.")

Confirm = Annotated[
    bool, typer.Option("--confirm", help="Record the notice and the moves; without it they are only shown.")
]


@app.command()
def amend(
    notice: Annotated[str, typer.Option(help="Document number of the notice, or its day.")],
    holiday: Annotated[list[str] | None, typer.Option(help="A day off: 2027-02-12=春节.")] = None,
    workday: Annotated[list[str] | None, typer.Option(help="A weekend day worked: 2027-02-20=春节.")] = None,
    ordinary: Annotated[
        list[str] | None, typer.Option(help="A day that loses an earlier notice's exception.")
    ] = None,
    horizon: Annotated[str | None, typer.Option(help="The last day published, with a further year.")] = None,
    confirm: Confirm = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Show every case whose dates a late notice moves, before and after; with --confirm record it."""
    run_moves(
        lambda: AmendCalendar(
            notice=notice,
            holidays=tuple(_named(one) for one in holiday or ()),
            make_up=tuple(_named(one) for one in workday or ()),
            ordinary=tuple(day_from(one) for one in ordinary or ()),
            horizon=day_from(horizon) if horizon else None,
            at=now(),
        ),
        confirm,
        by,
        as_json,
    )


@app.command()
def recount(confirm: Confirm = False, by: By = None, as_json: Json = False) -> None:
    """Show every date that the calendar moves or makes certain as it stands now; with --confirm record it."""
    run_moves(lambda: None, confirm, by, as_json)


@app.command()
def show(as_json: Json = False) -> None:
    """The calendar's version, how far it is published, and the notices recorded here."""

    async def read(ready: Services) -> dict[str, Any]:
        book = LawBook(ready.log, ready.law)
        notices = await book.read()
        calendar = (await book.current()).calendar
        return {
            "version": calendar.version,
            "first": calendar.first.isoformat(),
            "horizon": calendar.horizon.isoformat(),
            "notices": [n.model_dump(mode="json", exclude={"reconstructed"}) for n in notices.notices],
        }

    data = run(read)
    if as_json:
        print_json(data)
        return
    output.print(f"{data['version']}  {data['first']} to {data['horizon']}", markup=False)
    for one in data["notices"]:
        named = [f"{day['day']} {day['name']}" for day in (*one["holidays"], *one["make_up"])]
        output.print(f"{one['notice']}  {', '.join([*named, *one['ordinary']])}", markup=False)


def run_moves(
    command_of: Callable[[], AmendCalendar | None], confirm: bool, by: str | None, as_json: bool
) -> None:
    """Preview, and record when confirmed."""

    async def act(ready: Services) -> tuple[list[Move], int, str]:
        command = command_of()
        law = await ready.amendments.under(command)
        at = command.at if command else now()
        with _progress("looking through the cases") as seen:
            moves = [move async for move in ready.amendments.moves(law, at, seen)]
        recorded = 0
        if confirm:
            if command is not None:
                await ready.amendments.record(command, actor(by))
            because = command.notice if command else law.calendar.version
            with _progress("recording the moves") as seen:
                recorded = await ready.amendments.apply(moves, because, at, actor(by).name, seen)
        return moves, recorded, law.calendar.version

    moves, recorded, version = run(act)
    if as_json:
        print_json(
            {
                "calendar": version,
                "confirmed": confirm,
                "recorded": recorded,
                "cases": len({move.ref for move in moves}),
                "moves": [move_data(move) for move in moves],
            }
        )
        return
    words = wording(language())
    if moves:
        output.print(moves_table(moves, words))
    said = (
        words.text("recorded {number}", number=recorded)
        if confirm
        else words.text("nothing recorded yet: --confirm")
    )
    cases = words.text("{number} cases", number=len({m.ref for m in moves}))
    output.print(
        f"{version}: {cases}, {words.many('{n} date', '{n} dates', len(moves))}; {said}", markup=False
    )


def move_data(move: Move) -> dict[str, Any]:
    return {
        "ref": move.ref,
        "rule": move.rule,
        "about": move.about,
        "before": move.before.isoformat(),
        "after": move.after.isoformat(),
        "provisional": move.provisional,
    }


def moves_table(moves: list[Move], words: Wording) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("ref", "rule", "unit", "before", "after"):
        table.add_column(words.name("column", heading), overflow="fold")
    for move in moves:
        after = f"{move.after}{' ~' if move.provisional else ''}"
        table.add_row(move.ref, words.rule(move.rule), words.unit(move.about), str(move.before), after)
    return table


def _named(text: str) -> NamedDay:
    """A day with the name of its holiday; without one, the day stands for it."""
    day, _, name = text.partition("=")
    return NamedDay(day=day_from(day), name=name or day)


@contextmanager
def _progress(text: str) -> Iterator[Callable[[int], None]]:
    columns = (SpinnerColumn(), TextColumn(text), TextColumn("{task.completed}"))
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done: bar.update(task, completed=done)
