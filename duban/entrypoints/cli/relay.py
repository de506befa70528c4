"""`duban relay`: how far the workflows are behind the log, and waking every open case again."""

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from duban.bootstrap import Services, connect_temporal, relay_of
from duban.entrypoints.cli.roles import hold
from duban.entrypoints.cli.support import Json, errors, output, print_json, run
from duban.runtime.home import Home
from duban.settings import Settings, read_settings

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
def rehydrate(as_json: Json = False) -> None:
    """Give every open case its workflow again from the log, as after the loss of Temporal's database."""
    settings = read_settings()

    async def act(ready: Services) -> int:
        client = await connect_temporal(_address(settings), settings.temporal_namespace)
        columns = (SpinnerColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
            task = progress.add_task("waking open cases")
            return await relay_of(ready, client).rehydrate(
                lambda woken: progress.update(task, description=f"{woken} open cases woken")
            )

    woken = run(act)
    print_json({"woken": woken}) if as_json else output.print(f"{woken} open cases woken")


def _address(settings: Settings) -> str:
    return settings.temporal_address or Home(settings.home).running().temporal_address
