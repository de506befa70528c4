"""The command line: `duban ...`; exit code 0 done, 1 refused or not found, 2 usage."""

import os
import sys

import typer

from duban.entrypoints.cli import (
    acts,
    audit,
    bulk,
    calendar,
    cases,
    clock,
    conference,
    deadlines,
    figures,
    motions,
    notices,
    projections,
    records,
    relay,
    roles,
    rules,
    shares,
    statistics,
    topics,
    users,
    webhooks,
    worker,
)
from duban.entrypoints.cli.doctor import doctor
from duban.entrypoints.cli.up import status, up

app = typer.Typer(
    name="duban",
    help="Duban (督办): the life of deputies' suggestions, from submission to follow-up.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(up)
app.command()(status)
app.command()(doctor)
for role in (roles.migrate, roles.projector, roles.web, notices.notifier):
    app.command()(role)
app.command(name="import")(records.import_file)
app.add_typer(cases.app, name="case")
for command in (shares.share, shares.shares):
    cases.app.command()(command)
app.add_typer(acts.app)
app.add_typer(bulk.app, name="bulk")
app.add_typer(topics.app, name="topic")
app.add_typer(motions.app, name="motion")
app.add_typer(records.congresses, name="congress")
app.add_typer(records.units, name="unit")
app.add_typer(rules.app, name="rules")
app.add_typer(clock.app, name="clock")
app.add_typer(calendar.app, name="calendar")
app.add_typer(conference.app, name="conference")
app.add_typer(worker.app, name="worker")
app.add_typer(relay.app, name="relay")
app.add_typer(audit.app, name="audit")
app.add_typer(projections.app, name="projections")
app.add_typer(users.app, name="user")
app.add_typer(notices.app, name="notices")
app.add_typer(notices.contact, name="recipient")
app.add_typer(webhooks.app, name="webhook")
app.add_typer(figures.deputy, name="deputy")
app.add_typer(figures.commitment, name="commitment")
app.command(name="stats")(statistics.stats)
app.command(name="inbox")(figures.inbox_command)
records.units.command(name="show")(figures.unit_show)
records.units.command(name="calendar")(deadlines.calendar)


def main() -> None:
    """Run, then leave at once: the Temporal SDK can abort while the interpreter takes itself apart."""
    try:
        app()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
