"""`duban relay`: how far the workflows are behind the log, and waking every open case again."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress

from duban.bootstrap import Services, reconciliation_of, rehydration_of
from duban.entrypoints.cli.roles import hold
from duban.entrypoints.cli.support import Json, errors, output, print_json, run
from duban.entrypoints.cli.temporal import connected
from duban.settings import read_settings

if TYPE_CHECKING:
    from duban.reconciliation import Report
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
    """Where the relay stands in the log, and what the last reconciliation found."""
    from duban.reconciliation import latest
    from duban.relay import cursor_of

    async def read(ready: Services) -> dict[str, Any]:
        report = await latest(ready.pool)
        return {
            "cursor": await cursor_of(ready.pool),
            "head": await ready.log.head(),
            "reconciled": _shown(report) if report else None,
        }

    data = run(read)
    if as_json:
        print_json(data)
        return
    output.print(f"cursor {data['cursor']} of {data['head']}")
    if data["reconciled"]:
        _say(data["reconciled"])


@app.command()
def reconcile(as_json: Json = False) -> None:
    """Read the whole log, and wake every process whose step was due a while ago and was not taken."""
    settings = read_settings()

    async def act(ready: Services) -> "Report":
        client = await connected(settings)
        return await reconciliation_of(ready, client).run()

    report = _shown(run(act))
    print_json(report) if as_json else _say(report)


def _shown(report: "Report") -> dict[str, Any]:
    return {
        "begun_at": report.begun_at,
        "ended_at": report.ended_at,
        "looked": report.looked,
        "late": report.late,
        "examples": list(report.examples),
    }


def _say(report: dict[str, Any]) -> None:
    output.print(f"reconciled {report['begun_at']}: {report['looked']} looked at, {report['late']} late")
    for stream in report["examples"]:
        output.print(f"  late: {stream}", markup=False)


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
        client = await connected(settings)
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
