"""`duban unit calendar`: a unit's deadlines as a file for a calendar."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from duban.bootstrap import Services
from duban.entrypoints.cli.support import Json, errors, language, output, print_json, refusing, run
from duban.exporting.target import whole
from duban.settings import read_settings
from duban.wording.wording import wording


def calendar(
    unit: Annotated[str, typer.Argument(help="Name of the unit.", show_default=False)],
    file: Annotated[
        Path, typer.Option("--output", "-o", help="The file, such as deadlines.ics; - prints it.")
    ],
    congress: Annotated[
        str | None, typer.Option(help="Only this congress; then the unit has to be one of its.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Every deadline of a unit as iCalendar, each with its rule, its article and how it was counted."""
    from duban.feeds.deadlines import unit_calendar
    from projections.clocks import owed_by

    origin, words = refusing(read_settings).web_origin, wording(language())

    async def read(ready: Services) -> tuple[bytes, int]:
        if congress is not None:
            (await ready.commands.congress(congress)).ensure_unit(unit)
        async with ready.pool.acquire() as connection:
            streams = await owed_by(connection, unit, congress)
        return await unit_calendar(ready.log, streams, unit, words, origin)

    made, number = run(read)
    if str(file) == "-":
        sys.stdout.buffer.write(made)
        return
    refusing(lambda: _write(file, made))
    if as_json:
        print_json({"file": str(file), "unit": unit, "deadlines": number})
        return
    said = words.many(
        "{n} deadline of {unit} in {file}", "{n} deadlines of {unit} in {file}", number, unit=unit, file=file
    )
    (output if number else errors).print(said, markup=False)


def _write(file: Path, made: bytes) -> None:
    with whole(file) as part:
        part.write_bytes(made)
