"""`duban conference`: an assignment conference from its sheet to its letters."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from domain.conference import AssignmentConference, ConferenceStatus
from domain.conference_acts import (
    ConferenceCommand,
    PauseConference,
    PrepareConference,
    ResumeConference,
    RetryConference,
    StartConference,
)
from duban.bootstrap import Services, now
from duban.conferences.conferences import conference_id_of
from duban.conferences.sheet import Checked, SheetCheck, read_sheet
from duban.entrypoints.cli.conference_views import (
    print_conference,
    print_faults,
    print_preview,
    print_refused,
    shown,
)
from duban.entrypoints.cli.support import (
    REFUSED,
    By,
    Json,
    On,
    actor,
    errors,
    moment,
    output,
    print_json,
    refusing,
    run,
)

app = typer.Typer(no_args_is_help=True, help="Assignment conferences: thousands of cases as one act.")

Name = Annotated[str, typer.Argument(help="The conference, such as npc/14-4-1a2b3c4d.", show_default=False)]
LOOK_EVERY = 0.2  # seconds between looks at the log while the bar moves


@app.command()
def prepare(
    file: Annotated[Path, typer.Argument(help="CSV file or Excel workbook.", show_default=False)],
    congress: Annotated[str, typer.Option(help="Slug of the congress.")],
    term: Annotated[int, typer.Option(help="Term of the congress.", min=1, max=999)],
    session: Annotated[int, typer.Option(help="Session of the term.", min=1, max=999)],
    by: By = None,
    as_json: Json = False,
) -> None:
    """Check a sheet of proposed units and roles, and keep it; with any fault nothing is kept, and all are listed."""

    async def act(ready: Services) -> Checked | AssignmentConference:
        at = now()
        known = await ready.commands.congress(congress)
        with _bar() as bar:
            task = bar.add_task("checking", total=len(table.lines))
            check = SheetCheck(ready.log, ready.law, known, term, session, at)
            checked = await check.run(table, lambda done: bar.update(task, completed=done))
        if checked.faults:
            return checked
        conference_id, digest = conference_id_of(term, session, checked.proposals)
        command = PrepareConference(
            congress=congress,
            conference_id=conference_id,
            term=term,
            session=session,
            sheet=file.name,
            digest=digest,
            proposals=checked.proposals,
            at=at,
        )
        return await ready.conferences.prepare(command, actor(by))

    table = refusing(lambda: read_sheet(file))
    outcome = run(act)
    if isinstance(outcome, Checked):
        print_faults(outcome.faults, as_json)
        raise typer.Exit(REFUSED)
    print_conference(outcome, as_json)


@app.command()
def preview(name: Name, as_json: Json = False) -> None:
    """Loads per unit and role, units and cases that the sheet leaves out, cases of the same title."""
    from duban.conferences.preview import preview as look

    async def read(ready: Services) -> Any:
        conference = await ready.conferences.conference(name)
        congress = await ready.commands.congress(conference.congress)
        return conference, await look(ready.log, ready.pool, conference, congress)

    conference, found = run(read)
    print_preview(conference, found, as_json)


@app.command(name="list")
def list_conferences(
    congress: Annotated[str | None, typer.Option(help="Of this congress only.")] = None,
    as_json: Json = False,
) -> None:
    """The conferences there are."""
    from duban.conferences.preview import names

    async def read(ready: Services) -> list[AssignmentConference]:
        return [await ready.conferences.conference(name) for name in await names(ready.pool, congress)]

    found = run(read)
    if as_json:
        print_json([shown(conference) for conference in found])
        return
    for conference in found:
        print_conference(conference, as_json=False)


@app.command()
def start(
    name: Name,
    wait: Annotated[bool, typer.Option("--wait", help="Until every case is settled.")] = False,
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Assign the cases; the engine does it, and goes on after any crash. Started twice, it assigns once."""
    _handle(name, by, as_json, lambda: StartConference(at=moment(on)), wait=wait)


@app.command()
def status(
    name: Name,
    wait: Annotated[
        bool, typer.Option("--wait", help="Until every case is settled, or it is paused.")
    ] = False,
    as_json: Json = False,
) -> None:
    """How far it is. A terminal sees it move."""
    print_conference(_followed(name, wait=wait or (errors.is_terminal and not as_json)), as_json)


@app.command()
def pause(
    name: Name,
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Assign nothing more until it is resumed."""
    _handle(name, by, as_json, lambda: PauseConference(reason=reason, at=now()))


@app.command()
def resume(name: Name, by: By = None, as_json: Json = False) -> None:
    """Go on where it stood."""
    _handle(name, by, as_json, lambda: ResumeConference(at=now()))


@app.command()
def retry(name: Name, by: By = None, as_json: Json = False) -> None:
    """Try the refused cases again, after what stood in their way is gone."""
    _handle(name, by, as_json, lambda: RetryConference(at=now()))


@app.command()
def report(name: Name, as_json: Json = False) -> None:
    """The cases that could not be assigned, each with its reason; exit code 1 if there are any."""
    conference = _read(name)
    print_refused(conference, as_json)
    if conference.refused:
        raise typer.Exit(REFUSED)


@app.command()
def letters(
    name: Name,
    into: Annotated[Path, typer.Option("--into", help="Directory for the letters.")] = Path("letters"),
    as_json: Json = False,
) -> None:
    """One letter to each lead deputy whose case was assigned, in Chinese and English, as pages to print."""
    from duban.letters.assignment import write_letters

    async def act(ready: Services) -> Any:
        conference = await ready.conferences.conference(name)
        with _bar() as bar:
            task = bar.add_task("letters", total=None)
            return await write_letters(
                ready.log, conference, into, lambda done, of: bar.update(task, completed=done, total=of)
            )

    written = run(act)
    if as_json:
        print_json({"into": str(into), "letters": written.letters, "without_deputy": written.without_deputy})
        return
    output.print(f"{written.letters} letters in {into}", markup=False)
    for ref in written.without_deputy:
        output.print(f"no lead deputy is known: {ref}", markup=False)


def _handle(
    name: str,
    by: str | None,
    as_json: bool,
    command: Callable[[], ConferenceCommand],
    *,
    wait: bool = False,
) -> None:
    async def act(ready: Services) -> AssignmentConference:
        return await ready.conferences.handle(name, command(), actor(by))

    conference = run(act)
    print_conference(_followed(name, wait=True) if wait else conference, as_json)


def _read(name: str) -> AssignmentConference:
    async def read(ready: Services) -> AssignmentConference:
        return await ready.conferences.conference(name)

    return run(read)


def _followed(name: str, *, wait: bool) -> AssignmentConference:
    """The conference as it stands; while it runs, with a bar that moves, if it is waited for."""
    import asyncio

    async def follow(ready: Services) -> AssignmentConference:
        with _bar() as bar:
            task = bar.add_task("assigning", total=None)
            while True:
                conference = await ready.conferences.conference(name)
                bar.update(task, total=conference.cases, completed=conference.cases - conference.pending)
                if not wait or conference.status is not ConferenceStatus.RUNNING:
                    return conference
                await asyncio.sleep(LOOK_EVERY)

    return run(follow)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal)
