"""`duban up` and `duban status`: the engine in one process, and what is known of it from outside."""

from typing import Annotated, Any

import asyncpg
import typer

from duban.bootstrap import services
from duban.entrypoints.cli.support import Json, errors, output, print_json, refusing
from duban.runtime import loop
from duban.runtime.home import Home, NotReady, NotRunning, Run
from duban.settings import Settings, read_settings

CHECKPOINTS = "select projection, position, status, cause from projection_checkpoint order by projection"


def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="With the real suggestions that ship with Duban.")
    ] = False,
) -> None:
    """Start everything: PostgreSQL, Temporal, worker, relay, projector and web. Ctrl-C stops it."""
    settings = refusing(read_settings)
    failure = refusing(lambda: _hold(settings, demo))
    if failure is not None:
        errors.print(failure, markup=False)
        raise typer.Exit(1)


def _hold(settings: Settings, demo: bool) -> str | None:
    with Home(settings.home).locked():
        # the Temporal SDK and the web take a second to load; a home in use is refused before that
        from duban.entrypoints.engine import Engine

        # not loop.run: closing the loop would wait for a worker that drains no more; `main` leaves at once
        return loop.runner().run(Engine(settings, _say_ready, demo=demo).run())


def _say_ready(run: Run) -> None:
    output.print(f"Duban is ready: {run.web}", markup=False)
    output.file.flush()


def status(as_json: Json = False) -> None:
    """Whether the engine runs, where it is reached, and how far the log and its readers are."""
    settings = refusing(read_settings)
    try:
        data = refusing(lambda: _status(settings))
    except typer.Exit:
        if as_json:
            print_json(
                {"ready": False, "web": None, "postgres_dsn": None, "temporal_address": None, "head": None}
            )
        raise
    if as_json:
        print_json(data)
    else:
        for name, value in data.items():
            output.print(f"{name}: {value}", markup=False)
    if not data["ready"]:
        raise typer.Exit(1)


def _status(settings: Settings) -> dict[str, Any]:
    try:
        run = Home(settings.home).running()
    except (NotRunning, NotReady):
        if settings.postgres_dsn is None:
            raise
        run = None
    dsn = run.postgres_dsn if run else settings.postgres_dsn
    assert dsn is not None  # either the engine announced it or it is set
    return {
        "ready": run is not None,
        "web": run.web if run else None,
        "postgres_dsn": dsn,
        "temporal_address": run.temporal_address if run else settings.temporal_address,
        **loop.run(_positions(dsn)),
    }


async def _positions(dsn: str) -> dict[str, Any]:
    async with services(dsn) as ready:
        rows = await ready.pool.fetch(CHECKPOINTS)
        return {
            "head": await ready.log.head(),
            "projections": {row["projection"]: _checkpoint(row) for row in rows},
        }


def _checkpoint(row: asyncpg.Record) -> dict[str, Any]:
    return {"position": row["position"], "status": row["status"], "cause": row["cause"]}
