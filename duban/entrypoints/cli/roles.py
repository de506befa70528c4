"""`duban projector`, `duban web` and `duban migrate`: production, one process per role."""

from collections.abc import Callable, Coroutine

import asyncpg

from duban.bootstrap import prepare
from duban.entrypoints.cli.support import output, refuse_text, refusing
from duban.migrations import MigrationEdited
from duban.runtime import loop
from duban.settings import Settings, read_settings


def hold(role: Callable[[Settings], Coroutine[None, None, None]]) -> None:
    """Run a role until it is told to stop."""
    settings = refusing(read_settings)
    refusing(lambda: loop.run(role(settings)))


def projector() -> None:
    """Keep the projections up to the log; a second one stands by."""
    from duban.entrypoints import roles

    hold(roles.projector)


def web() -> None:
    """Serve the pages, on loopback."""
    from duban.entrypoints import roles

    hold(lambda settings: roles.web(settings, _say_ready))


def _say_ready(address: str) -> None:
    output.print(f"Duban is ready: {address}", markup=False)
    output.file.flush()


def migrate() -> None:
    """Bring the schema of DUBAN_POSTGRES_DSN up to date, as its owner; again, it changes nothing."""
    from duban.entrypoints import roles

    settings = refusing(read_settings)
    (dsn,) = refusing(lambda: roles.needed(postgres_dsn=settings.postgres_dsn))
    try:
        refusing(lambda: loop.run(prepare(dsn)))
    except (MigrationEdited, asyncpg.InsufficientPrivilegeError) as error:
        refuse_text(str(error))
    output.print("The schema is up to date.")
