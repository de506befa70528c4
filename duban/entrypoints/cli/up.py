"""`duban up` and `duban status`: the engine in one process, and what is known of it from outside."""

from typing import TYPE_CHECKING, Annotated, Any

import asyncpg
import typer

from duban.bootstrap import services
from duban.entrypoints.cli.support import Json, errors, language, output, print_json, refusing
from duban.runtime import loop
from duban.runtime.home import Home, NotReady, NotRunning, Run
from duban.settings import Settings, read_settings
from duban.wording.wording import Wording, wording

if TYPE_CHECKING:
    from duban.accounts.model import Account

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


def _say_ready(run: Run, accounts: "list[Account]") -> None:
    output.print(f"Duban is ready: {run.web}", markup=False)
    output.file.flush()
    words = wording(language())
    if demo := [account for account in accounts if account.demo]:
        _say_demo(words, demo)
    elif not accounts:
        errors.print(
            words.text("Nobody can sign in yet. Add the first account in another terminal:"), markup=False
        )
        errors.print("  duban user add NAME --role affairs-commission", markup=False)


def _say_demo(words: "Wording", accounts: "list[Account]") -> None:
    """One account for each role with what to try, as the first page of the demonstration offers them too."""
    from duban.entrypoints.web.demo_accounts import DEMO_PASSWORD
    from duban.entrypoints.web.guide import PATHS

    said = words.text(
        "Accounts of this demonstration, all with the password {password}:", password=DEMO_PASSWORD
    )
    errors.print(said, markup=False)
    for account in accounts:
        tried = [PATHS[role].said(words) for role in sorted(account.roles) if role in PATHS]
        named = words.listed([words.name("person-role", role) for role in sorted(account.roles)])
        errors.print(f"  {account.name:<14} {named}: {' '.join(tried)}", markup=False)


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
