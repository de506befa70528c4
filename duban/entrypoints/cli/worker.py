"""`duban worker`: run the workflows; and which build of the code runs them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from duban.entrypoints.cli.roles import hold
from duban.entrypoints.cli.support import Json, errors, output, print_json, refusing
from duban.entrypoints.cli.temporal import connected
from duban.runtime import loop
from duban.settings import read_settings

app = typer.Typer(help="The worker, and the builds of its code.")

T = TypeVar("T")
Rate = Annotated[float | None, typer.Option(help="At most so many a second.", min=0.1)]


@app.callback(invoke_without_command=True)
def worker(context: typer.Context) -> None:
    """Run the workflows on DUBAN_TEMPORAL_ADDRESS. SIGTERM drains it. Commands ask about its builds."""
    if context.invoked_subcommand is None:
        from duban.entrypoints import roles  # the Temporal SDK is slow to load

        hold(roles.worker)


@app.command(name="versions")
def list_versions(as_json: Json = False) -> None:
    """The builds that are known, newest first, and the one that new work goes to."""
    from duban.runtime.versions import versions

    found = _on_temporal(versions)
    if as_json:
        print_json({"current": found.current, "known": list(found.known)})
        return
    for build in found.known:
        output.print(f"{build}{'  current' if build == found.current else ''}", markup=False)


@app.command()
def promote(
    build: Annotated[str, typer.Argument(help="The build.", show_default=False)], as_json: Json = False
) -> None:
    """Make a build the current one: new workflows and those that upgrade by themselves go to it."""
    from duban.runtime.versions import promote as make_current

    _on_temporal(lambda client, deployment: make_current(client, deployment, build))
    print_json({"current": build}) if as_json else output.print(f"current: {build}", markup=False)


@app.command()
def drain(
    build: Annotated[str, typer.Argument(help="The build whose workers are to stop.", show_default=False)],
    rate: Rate = None,
    as_json: Json = False,
) -> None:
    """Move every workflow off a build and wait until none is left; then its workers may be stopped."""
    from duban.runtime.versions import drain as move_off

    with _bar() as bar:
        task = bar.add_task(f"draining {build}", total=None)
        told = _on_temporal(
            lambda client, deployment: move_off(
                client, deployment, build, rate=rate,
                left=lambda count: bar.update(task, description=f"{count} left on {build}"),
            )
        )  # fmt: skip
    print_json({"build": build, "moved": told}) if as_json else output.print(
        f"{build} is drained", markup=False
    )


@app.command(name="roll-over")
def roll_over(rate: Rate = None, as_json: Json = False) -> None:
    """Let every running workflow go on as a new run, on the code of today, in batches."""
    from duban.runtime.versions import roll_over as go_on

    with _bar() as bar:
        task = bar.add_task("rolling over", total=None)
        told = _on_temporal(
            lambda client, _: go_on(
                client, rate=rate, told=lambda count: bar.update(task, description=f"{count} told")
            )
        )
    print_json({"told": told}) if as_json else output.print(f"{told} workflows told to go on as new runs")


def _on_temporal(act: Callable[[Any, str], Awaitable[T]]) -> T:
    settings = refusing(read_settings)

    async def with_client() -> T:
        return await act(await connected(settings), settings.worker_deployment)

    return refusing(lambda: loop.run(with_client()))


def _bar() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    return Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal)
