"""`duban projections`: how far the read models are, and what operators do to them."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from duban.bootstrap import Services
from duban.entrypoints.cli.support import Json, language, output, print_json, run
from duban.wording import Wording, wording
from projections import checkpoints
from projections.base import Connection, Projection
from projections.checkpoints import Standing, named, standings

app = typer.Typer(no_args_is_help=True, help="The read models: status, pause, retry, rebuild, check.")

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
