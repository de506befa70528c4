"""`duban audit`: asks the log, takes it away, and proves that nothing in it was altered."""

from typing import Annotated

import typer

from domain.base import Refusal
from duban.bootstrap import dsn_of
from duban.entrypoints.cli import audit_query
from duban.entrypoints.cli.progress import progress
from duban.entrypoints.cli.support import REFUSED, Json, errors, output, print_json, refusing
from duban.event_log.readable import Reading, read_through
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


First = Annotated[int, typer.Option("--from", min=1, help="First position.")]
Last = Annotated[int | None, typer.Option("--to", min=0, help="Last position; default the head.")]


@app.command("verify")
def verify_log(
    first: First = 1,
    last: Last = None,
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


@app.command("read")
def read_log(first: First = 1, last: Last = None, as_json: Json = False) -> None:
    """Decode every event with this program, as before an upgrade; exit code 1 at the first that it cannot read."""
    reading = refusing(lambda: _read(first, last))
    print_json(_read_data(reading)) if as_json else _print_read(reading)
    if reading.unreadable:
        raise typer.Exit(REFUSED)


def _verified(first: int, last: int | None, checkpoint: str | None) -> Report:
    kept = None if checkpoint is None else _checkpoint(checkpoint)
    with progress("verifying") as show:
        return loop.run(verify(_dsn(), first=first, last=last, checkpoint=kept, progress=show))


def _read(first: int, last: int | None) -> Reading:
    with progress("reading") as show:
        return loop.run(read_through(_dsn(), first=first, last=last, progress=show))


def _dsn() -> str:
    return dsn_of(read_settings())


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


def _read_data(reading: Reading) -> dict[str, object]:
    stopped = reading.unreadable
    return {
        "from": reading.first,
        "to": reading.last,
        "read": reading.read,
        "readable": stopped is None,
        "types": [
            {"event_type": type, "schema_version": version, "events": events}
            for (type, version), events in sorted(reading.types.items())
        ],
        "unreadable": stopped and {"position": stopped.position, "why": stopped.reason},
    }


def _print_read(reading: Reading) -> None:
    if stopped := reading.unreadable:
        output.print(f"{reading.read} events read before the one that cannot be")
        errors.print(f"position {stopped.position}: {stopped.reason}", style="bold", markup=False)
        return
    for (type, version), events in sorted(reading.types.items()):
        output.print(f"{events:>10}  {type} version {version}", highlight=False)
    output.print(
        f"{reading.read} events read, from {reading.first} to {reading.last}: this program knows them all"
    )
