"""`duban relay`: how far the workflows are behind the log, and waking every open case again."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from duban.bootstrap import Services, connect_temporal, rehydration_of
from duban.entrypoints.cli.roles import hold
from duban.entrypoints.cli.support import Json, errors, output, print_json, run
from duban.runtime.home import Home
from duban.settings import Settings, read_settings

if TYPE_CHECKING:
    from duban.rehydration import Rehydrated

app = typer.Typer(help="The relay between the log and the workflows.")


@app.callback(invoke_without_command=True)
def relay(context: typer.Context) -> None:
    """Wake the workflow of every case that moves; a second relay stands by. Commands ask about it."""
    if context.invoked_subcommand is None:
        from duban.entrypoints import roles  # the Temporal SDK is slow to load

        hold(roles.relay)


@app.command()
def status(as_json: Json = False) -> None:
    """Where the relay stands in the log."""

    async def read(ready: Services) -> dict[str, int]:
        cursor = await ready.pool.fetchval("select position from relay_cursor where name = 'cases'")
        return {"cursor": cursor, "head": await ready.log.head()}

    data = run(read)
    print_json(data) if as_json else output.print(f"cursor {data['cursor']} of {data['head']}")


@app.command()
def rehydrate(
    rate: Annotated[float | None, typer.Option(help="At most so many a second.", min=0.1)] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="From the first again, not where a cut run ended.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Give every process that waits its workflow again from the log, as after the loss of Temporal's database."""
    settings = read_settings()

    async def act(ready: Services) -> "Rehydrated":
        client = await connect_temporal(_address(settings), settings.temporal_namespace)
        with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
            task = bar.add_task("waking", total=None)
            return await rehydration_of(ready, client).run(
                rate=rate,
                restart=restart,
                progress=lambda done, of: bar.update(task, completed=done, total=of),
            )

    done = run(act)
    if as_json:
        print_json({"woken": done.woken, "resumed_after": done.resumed_after})
    else:
        output.print(f"{done.woken} workflows woken")


def _address(settings: Settings) -> str:
    return settings.temporal_address or Home(settings.home).running().temporal_address
