"""`duban doctor`: what is wrong, since when, and what to do."""

from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from duban.bootstrap import dsn_of
from duban.entrypoints.cli.support import REFUSED, Json, language, output, print_json, refusing
from duban.runtime import loop
from duban.runtime.home import Home, NotReady, NotRunning
from duban.settings import Settings, read_settings
from duban.wording.wording import wording


def doctor(as_json: Json = False) -> None:
    """Look at every part: exit code 1 when something is wrong."""
    found = refusing(lambda: _examined(read_settings()))
    if as_json:
        print_json({"fine": all(one["fine"] for one in found), "findings": found})
    else:
        _print(found)
    if not all(one["fine"] for one in found):
        raise typer.Exit(REFUSED)


def _examined(settings: Settings) -> list[dict[str, Any]]:
    from duban.ops.examination import examine  # psutil and the read models are wanted here only

    words = wording(language())
    dsn, temporal = dsn_of(settings), _temporal(settings)

    async def look() -> list[dict[str, Any]]:
        return [
            {
                "check": finding.check,
                "fine": finding.fine,
                "said": words.text(finding.said).format(**dict(finding.facts)),
                "since": finding.since,
                "do": words.text(finding.do).format(**dict(finding.facts)) if finding.do else None,
            }
            async for finding in examine(settings, dsn, temporal)
        ]

    return loop.run(look())


def _temporal(settings: Settings) -> str | None:
    if settings.temporal_address is not None:
        return settings.temporal_address
    try:
        return Home(settings.home).running().temporal_address
    except (NotRunning, NotReady):
        return None


def _print(found: list[dict[str, Any]]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for column in range(3):
        table.add_column(overflow="fold", no_wrap=column < 2)
    for one in found:
        since = f" ({one['since']:%Y-%m-%d %H:%M} UTC)" if one["since"] else ""
        do = f"\n{one['do']}" if one["do"] else ""
        mark, style = ("ok", None) if one["fine"] else ("!!", "bold yellow")
        cells = (
            mark,
            one["check"],
            f"{one['said']}{since}{do}",
        )  # what a server answered may look like markup
        table.add_row(*map(Text, cells), style=style)
    output.print(table)
