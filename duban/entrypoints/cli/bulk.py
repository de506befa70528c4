"""`duban bulk`: one act on many cases, whose references stand in a file; what is refused for one holds up no other."""

from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from duban.acts.act import Act
from duban.acts.on_suggestions import ON_SUGGESTIONS
from duban.bootstrap import Services
from duban.bulk import IN_BULK, MOST, Bulk, Outcome, Verdict, each
from duban.entrypoints.cli.options import command_of_act
from duban.entrypoints.cli.support import REFUSED, actor, language, output, print_json, prose, refusing, run
from duban.wording.wording import wording

REHEARSE: ContextVar[bool] = ContextVar("rehearse")  # what was said before the act
FILE = "File with a reference a line; - for standard input."

app = typer.Typer(no_args_is_help=True, help=f"One act on many cases, at most {MOST} at once.")


@app.callback()
def bulk(
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Say what would become of each case, and do nothing.")
    ] = False,
) -> None:
    """One act on many cases; say `--rehearse` before the act to see what would become of each."""
    REHEARSE.set(rehearse)


def _perform(act: Act, said: dict[str, Any], file: str, at: datetime, by: str | None, as_json: bool) -> None:
    rehearse = REHEARSE.get()
    refs = refusing(lambda: prose(None, Path(file)) or "").splitlines()

    async def performed(ready: Services) -> list[Outcome]:
        asked = Bulk.of(act.name, refs, said, at)
        commands = ready.commands.rehearsal() if rehearse else ready.commands
        return await each(ready.log, commands, None, asked, actor(by).name, uuid4())

    outcomes = run(performed)
    _say(outcomes, as_json=as_json, rehearsed=rehearse)
    if any(one.verdict is Verdict.REFUSED for one in outcomes):
        raise typer.Exit(REFUSED)


def _say(outcomes: list[Outcome], *, as_json: bool, rehearsed: bool) -> None:
    words = wording(language())
    said = {Verdict.DONE: words.text("will be done") if rehearsed else words.text("done"),
            Verdict.NOTHING_TO_DO: words.text("so already, nothing to do")}  # fmt: skip
    if as_json:
        print_json([_data(one) for one in outcomes])
        return
    for one in outcomes:
        why = words.refusal(one.refusal) if one.refusal else said[one.verdict]
        output.print(f"{one.ref}  {why}", markup=False)


def _data(one: Outcome) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "verdict": one.verdict.value,
        "stage": one.stage,
        "reason": str(one.refusal) if one.refusal else None,
    }


for one in ON_SUGGESTIONS:
    if one.name in IN_BULK:
        app.command(name=one.name)(command_of_act(one, _perform, ref_help=FILE))
