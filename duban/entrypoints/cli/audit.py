"""`duban audit`: asks the log, takes it away, and proves that nothing in it was altered."""

from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from domain.base import Refusal
from duban.bootstrap import dsn_of
from duban.entrypoints.cli import audit_query
from duban.entrypoints.cli.support import REFUSED, Json, errors, output, print_json, refusing
from duban.event_log.verify import Checkpoint, Report, verify
from duban.runtime import loop
from duban.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="Audit of the event log.")
app.command()(audit_query.query)
app.command()(audit_query.export)


class NotACheckpoint(Refusal):
    """“{text}” is not a checkpoint.

    Write the position, a colon, and the 64 hexadecimal digits that `duban audit verify` printed for it.
    """


@app.command("verify")
def verify_log(
    first: Annotated[int, typer.Option("--from", min=1, help="First position.")] = 1,
    last: Annotated[int | None, typer.Option("--to", min=0, help="Last position; default the head.")] = None,
    checkpoint: Annotated[
        str | None, typer.Option(help="POSITION:HASH of an earlier run; finds a truncated or rewritten log.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Recompute every event hash and the chain; exit code 1 at the first difference."""
    report = refusing(lambda: _verified(first, last, checkpoint))
    print_json(_data(report)) if as_json else _print(report)
    if report.difference:
        raise typer.Exit(REFUSED)


def _verified(first: int, last: int | None, checkpoint: str | None) -> Report:
    kept = None if checkpoint is None else _checkpoint(checkpoint)
    dsn = dsn_of(read_settings())
    columns = (TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("verifying", total=None)

        def show(checked: int, total: int) -> None:
            bar.update(task, completed=checked, total=total)

        return loop.run(verify(dsn, first=first, last=last, checkpoint=kept, progress=show))


def _checkpoint(text: str) -> Checkpoint:
    position, _, digest = text.partition(":")
    try:
        kept = Checkpoint(int(position), bytes.fromhex(digest))
    except ValueError:
        raise NotACheckpoint(text=text[:80]) from None
    if kept.position < 1 or len(kept.chain_hash) != 32:
        raise NotACheckpoint(text=text[:80])
    return kept


def _data(report: Report) -> dict[str, object]:
    found = report.difference
    return {
        "from": report.first,
        "to": report.last,
        "checked": report.checked,
        "intact": found is None,
        "checkpoint": _seal(report),
        "difference": found and {"position": found.position, "what": found.kind, "reason": found.reason},
    }


def _print(report: Report) -> None:
    found = report.difference
    if found is None:
        output.print(
            f"{report.checked} events checked, from {report.first} to {report.last}: nothing was altered"
        )
        if seal := _seal(report):
            output.print(f"checkpoint {seal}")
        return
    output.print(f"{report.checked} events checked before the difference")
    errors.print(f"position {found.position}: {found.kind}: {found.reason}", style="bold", markup=False)


def _seal(report: Report) -> str | None:
    return f"{report.last}:{report.chain_hash.hex()}" if report.chain_hash else None
