"""`duban projections`: how far the read models are, and what operators do to them."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from os import cpu_count
from random import Random
from time import monotonic
from typing import Annotated, Any, Final, cast

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from duban.bootstrap import Services, dsn_of
from duban.entrypoints.cli.support import (
    REFUSED,
    Json,
    errors,
    language,
    output,
    print_json,
    refusing,
    run,
)
from duban.settings import read_settings
from duban.wording.wording import Wording, wording
from projections import checkpoints
from projections.base import Connection, Projection
from projections.checkpoints import Standing, named, standings
from projections.rebuild.checking import SAMPLE, Check, Difference, check, last_check
from projections.rebuild.rebuild import Rebuilt, rebuild
from projections.registry import PROJECTIONS

app = typer.Typer(no_args_is_help=True, help="The read models: status, pause, retry, rebuild, check.")

WORKERS: Final = min(cpu_count() or 1, 8)  # more than that many wait for the one database

Name = Annotated[str, typer.Argument(help="Name of the projection.", show_default=False)]


@app.command()
def status(as_json: Json = False) -> None:
    """How far each projection is behind the log; where one stopped: since when, at which event, and why."""

    async def read(ready: Services) -> tuple[int, list[Standing]]:
        head = await ready.log.head()
        async with ready.pool.acquire() as connection:
            return head, await standings(connection, head)

    head, found = run(read)
    if as_json:
        print_json({"head": head, "projections": [asdict(standing) for standing in found]})
    else:
        output.print(_table(head, found, wording(language())))


@app.command()
def pause(name: Name, as_json: Json = False) -> None:
    """Let a projection stand still; what reads it shows the position it stands at."""
    _change(name, checkpoints.pause, as_json)


@app.command()
def resume(name: Name, as_json: Json = False) -> None:
    """Let a paused projection go on where it stands."""
    _change(name, checkpoints.resume, as_json)


@app.command()
def retry(name: Name, as_json: Json = False) -> None:
    """Let a stopped projection try again the event that stopped it."""
    _change(name, checkpoints.retry, as_json)


@app.command(name="rebuild")
def rebuild_command(
    names: Annotated[
        list[str] | None, typer.Argument(help="Names of projections.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every projection, in one pass over the log.")] = False,
    workers: Annotated[int, typer.Option(help="Processes that fold.", min=1, max=64)] = WORKERS,
    as_json: Json = False,
) -> None:
    """Build projections anew from the log beside those that serve, compare, and switch. Interrupted, it goes on."""
    if not names and not every:
        raise typer.BadParameter("name a projection, or say --all")
    chosen = refusing(lambda: named(names or []))
    dsn = refusing(lambda: dsn_of(read_settings()))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    rate = (TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Progress(*columns, *rate, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("", total=None, rate="")
        started: dict[str, float] = {}

        def show(stage: str, done: int, total: int) -> None:
            since = started.setdefault(stage, monotonic())
            rate = f"{done / max(monotonic() - since, 0.1):,.0f}/s" if stage == "fold" else ""
            bar.update(task, description=stage, completed=done, total=total, rate=rate)

        async def act(ready: Services) -> Rebuilt:
            return await rebuild(dsn, ready.log, chosen, workers=workers, progress=show)

        began = monotonic()
        done = run(act)
    seconds = monotonic() - began
    if as_json:
        print_json({**asdict(done), "seconds": round(seconds, 3)})
        return
    words = wording(language())
    output.print(
        words.text(
            "{number} projections rebuilt from {events} events in {seconds} s, up to position {position}",
            number=len(done.projections),
            events=f"{done.events:,}",
            seconds=f"{seconds:.1f}",
            position=done.position,
        ),
        markup=False,
    )
    _print_differences(done.differences, words)


@app.command(name="check")
def check_command(
    sample: Annotated[int, typer.Option(help="Streams to fold again.", min=1, max=100_000)] = SAMPLE,
    last: Annotated[bool, typer.Option("--last", help="Only show what the last check found.")] = False,
    as_json: Json = False,
) -> None:
    """Fold a sample of streams again and compare with the rows that serve; exit code 1 where they differ."""

    async def act(ready: Services) -> Check | None:
        async with ready.pool.acquire() as connection:
            if last:
                return await last_check(cast(Connection, connection))
            return await check(cast(Connection, connection), ready.log, PROJECTIONS, Random(), sample)

    found = run(act)
    words = wording(language())
    if as_json:
        print_json(asdict(found) if found else None)
    elif found is None:
        output.print(words.text("no check was made yet"), markup=False)
    else:
        facts = {"rows": found.rows, "streams": found.streams, "position": found.position}
        at = words.time(found.checked_at)
        line = words.text(
            "{at}: {rows} rows of {streams} streams compared at position {position}", at=at, **facts
        )
        output.print(line, markup=False)
        _print_differences(found.differences, words)
    if found is not None and found.differences:
        raise typer.Exit(REFUSED)


def _print_differences(differences: list[Difference], words: Wording) -> None:
    if not differences:
        output.print(words.text("no differences"), markup=False)
    for found in differences:
        line = words.text(
            "{projection}: {missing} rows missing, {surplus} that the log does not give; {keys}",
            projection=found.projection,
            missing=found.missing,
            surplus=found.surplus,
            keys=", ".join("/".join(key) for key in found.keys),
        )
        output.print(line, style="bold", markup=False)


def _change(name: str, change: Callable[[Connection, Projection], Awaitable[None]], as_json: bool) -> None:
    async def act(ready: Services) -> Standing:
        (projection,) = named([name])
        async with ready.pool.acquire() as connection:
            await change(connection, projection)
            (standing,) = await standings(connection, await ready.log.head(), [projection])
            return standing

    standing = run(act)
    print_json(asdict(standing)) if as_json else output.print(
        f"{standing.projection}: {standing.status}", markup=False
    )


def _table(head: int, found: list[Standing], words: Wording) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in (
        words.text("projection"),
        words.text("position"),
        words.text("lag"),
        words.text("status"),
        words.text("since"),
        words.text("cause"),
    ):
        table.add_column(heading, overflow="fold")
    for standing in found:
        stopped = standing.status != "running"
        table.add_row(*_cells(standing, words), style="yellow" if stopped else None)
    table.caption = words.text("the log ends at position {head}", head=head)
    return table


def _cells(standing: Standing, words: Wording) -> tuple[Any, ...]:
    at = standing.stopped_position
    cause = words.text("position {position}", position=at) + f": {standing.cause}" if at else ""
    return (
        f"{standing.projection} v{standing.version}",
        str(standing.position),
        str(standing.lag),
        words.name("projection-status", standing.status),
        words.time(standing.since) if standing.since else "",
        cause,
    )
