"""Motions: from their movers to the committee's report, or on as a suggestion."""

from datetime import datetime
from typing import Annotated, Any, cast

import typer

from domain.motion import Motion, fold_motion
from domain.motion_acts import MotionCommand, MotionEvent
from duban.acts.act import Act
from duban.acts.on_motions import MOVE, ON_MOTIONS
from duban.acts.perform import command_of, move
from duban.bootstrap import Services
from duban.entrypoints.cli.options import command_of_act
from duban.entrypoints.cli.support import Json, actor, output, print_json, run
from duban.histories import histories

app = typer.Typer(no_args_is_help=True, help="Motions (议案).")

REF = "Reference of the motion, such as npc/14-2/motion-20."
Ref = Annotated[str, typer.Argument(help=REF, show_default=False)]


@app.command("list")
def list_motions(
    congress: Annotated[str | None, typer.Option(help="Only this congress.")] = None, as_json: Json = False
) -> None:
    """The motions that were moved."""

    async def read(ready: Services) -> list[Motion]:
        found = histories(ready.log, ready.pool, "motion/", up_to=await ready.log.head(), congress=congress)
        return [fold_motion(cast(MotionEvent, r.body) for r in recorded) async for _, recorded in found]

    motions = run(read)
    if as_json:
        print_json([as_data(motion) for motion in motions])
        return
    for motion in motions:
        output.print(f"{motion.ref}  {motion.stage.value}  {motion.subject}", markup=False)


@app.command()
def show(ref: Ref, as_json: Json = False) -> None:
    """One motion, as it stands."""
    motion = run(lambda ready: ready.motions.motion(ref))
    if as_json:
        print_json(as_data(motion))
        return
    for name, value in as_data(motion).items():
        if value not in (None, []):
            output.print(f"{name.replace('_', ' ')}: {value}", markup=False)


def as_data(motion: Motion) -> dict[str, Any]:
    """A motion as JSON-ready data."""
    return {
        "ref": motion.ref,
        "stage": motion.stage.value,
        "subject": motion.subject,
        "movers": list(motion.movers),
        "delegation": motion.delegation,
        "number": motion.number,
        "committee": motion.committee,
        "disposition": motion.disposition.value if motion.disposition else None,
        "merged_into": motion.merged_into,
        "opinions_asked": list(motion.opinions_asked),
        "opinions": list(motion.opinions),
        "outcome": motion.outcome.value if motion.outcome else None,
        "version": motion.version,
    }


def _perform(act: Act, said: dict[str, Any], ref: str, at: datetime, by: str | None, as_json: bool) -> None:
    async def performed(ready: Services) -> Motion:
        if act is MOVE:
            return await move(ready.commands, ready.motions, said, actor(by), at)
        return await ready.motions.handle(ref, actor(by), cast(MotionCommand, command_of(act, said, at)))

    motion = run(performed)
    print_json(as_data(motion)) if as_json else output.print(f"{motion.ref}  {motion.stage}", markup=False)


for one in ON_MOTIONS:
    app.command(name=one.name)(command_of_act(one, _perform, ref_help=None if one is MOVE else REF))
