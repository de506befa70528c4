"""Acts on a case: a command per act of the catalogue; three that say several things at once are written out."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.suggestion import assignment, promises, replies
from domain.suggestion.suggestion import SuggestionCommand
from domain.vocabulary import Basis, Kind, Role
from duban.acts.act import Act
from duban.acts.on_suggestions import ON_SUGGESTIONS
from duban.acts.perform import perform
from duban.acts.perform import submit as hand_in
from duban.bootstrap import Services
from duban.commands import Done
from duban.entrypoints.cli.options import command_of_act
from duban.entrypoints.cli.support import (
    By,
    Json,
    On,
    Ref,
    actor,
    language,
    moment,
    output,
    print_json,
    prose,
    run,
)
from duban.wording.wording import wording

app = typer.Typer(no_args_is_help=True)

ELSEWHERE = ("sub-assign", "take-in", "migrate-rules")  # `assign`, `merge` and `rules migrate` say them
REF = "Reference of the case, such as npc/14-2/3973."
TextFile = Annotated[
    Path | None, typer.Option("--text-file", help="File with the text; - for standard input.")
]


def submit(
    congress: Annotated[str, typer.Option(help="Slug of the congress: npc, or the place as printed.")],
    title: Annotated[str, typer.Option(help="What the suggestion is about, in a line.")],
    term: Annotated[int | None, typer.Option(help="Term of the congress.", min=1, max=999)] = None,
    session: Annotated[int | None, typer.Option(help="Session of the term.", min=1, max=999)] = None,
    number: Annotated[str | None, typer.Option(help="Its number, if it has one already.")] = None,
    kind: Annotated[Kind, typer.Option(help="What was handed in.")] = Kind.SUGGESTION,
    lead_deputy: Annotated[str | None, typer.Option(help="The lead deputy.")] = None,
    co_signer: Annotated[
        list[str] | None, typer.Option(help="A deputy who signs too; confirms later.")
    ] = None,
    delegation: Annotated[str | None, typer.Option(help="The delegation.")] = None,
    by_delegation: Annotated[
        bool, typer.Option("--by-delegation", help="The delegation itself submits.")
    ] = False,
    basis: Annotated[list[Basis] | None, typer.Option(help="What it rests on.")] = None,
    grass_roots: Annotated[bool | None, typer.Option(help="The deputy comes from the grass roots.")] = None,
    first_term: Annotated[bool | None, typer.Option(help="The deputy serves a first term.")] = None,
    proposed_unit: Annotated[list[str] | None, typer.Option(help="A unit that the deputies propose.")] = None,
    matters: Annotated[int, typer.Option(help="How many matters it raises; one is allowed.", min=1)] = 1,
    facts: Annotated[str | None, typer.Option(help="The facts, where the parts are given apart.")] = None,
    analysis: Annotated[str | None, typer.Option(help="The analysis.")] = None,
    proposal: Annotated[str | None, typer.Option(help="The concrete proposal.")] = None,
    text: Annotated[str | None, typer.Option(help="The full text.")] = None,
    text_file: TextFile = None,
    intersessional: Annotated[bool, typer.Option(help="Submitted between sessions.")] = False,
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Submit a suggestion, and register it when its number is given."""
    given = {"facts": facts, "analysis": analysis, "proposal": proposal}
    said = {
        "congress": congress,
        "kind": kind,
        "term": term,
        "session": session,
        "number": number,
        "title": title,
        "text": prose(text, text_file),
        "lead_deputy": lead_deputy,
        "co_signers": co_signer,
        "delegation": delegation,
        "by_delegation": by_delegation,
        "basis": basis,
        "grass_roots": grass_roots,
        "first_term": first_term,
        "proposed_units": proposed_unit,
        "parts": given if any(given.values()) else None,
        "matters": matters,
        "in_session": not intersessional,
    }

    async def act(ready: Services) -> Done:
        return await hand_in(ready.commands, said, actor(by), moment(on))

    _say(run(act), as_json)


def assign(
    ref: Ref,
    to: Annotated[str | None, typer.Option(help="System of organs; default the first unit named.")] = None,
    lead: Annotated[list[str] | None, typer.Option(help="Lead unit (主办).")] = None,
    co: Annotated[list[str] | None, typer.Option(help="Co-handling unit (会办).")] = None,
    separate: Annotated[list[str] | None, typer.Option(help="Unit for separate handling (分别办理).")] = None,
    reference: Annotated[list[str] | None, typer.Option(help="Unit for reference only (参阅).")] = None,
    part: Annotated[str | None, typer.Option(help="What of the case is the part of these units.")] = None,
    forwarded_by: Annotated[str | None, typer.Option(help="Who passes it on; no unit may.")] = None,
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Assign a case, to a system of organs and to units with their roles: all at once, or not at all."""
    parts = [
        (unit, role)
        for role, units in (
            (Role.LEAD, lead),
            (Role.SEPARATE, separate),
            (Role.CO_HANDLING, co),
            (Role.REFERENCE, reference),
        )
        for unit in units or []
    ]
    if not parts and to is None:
        raise typer.BadParameter("name at least one unit, or a system of organs with --to")

    async def act(ready: Services) -> Done:
        at, who = moment(on), actor(by)
        case = await ready.commands.case(await ready.commands.resolve(ref))
        first: list[SuggestionCommand] = []
        if to is not None or case.assigned_to is None:
            first.append(assignment.Assign(to=to or parts[0][0], at=at))
        rest = [assignment.SubAssign(unit=u, role=r, part=part, by=forwarded_by, at=at) for u, r in parts]
        return await ready.commands.handle(ref, who, *first, *rest)

    _say(run(act), as_json)


def answer(
    ref: Ref,
    unit: Annotated[str, typer.Option(help="The unit that answers.")],
    document_no: Annotated[str | None, typer.Option(help="Document number.")] = None,
    category: Annotated[str | None, typer.Option(help="Category in the local scheme, such as A.")] = None,
    signatory: Annotated[str | None, typer.Option(help="Who signed.")] = None,
    text: Annotated[str | None, typer.Option(help="The full text.")] = None,
    text_file: TextFile = None,
    promise: Annotated[str | None, typer.Option(help="What the answer promises.")] = None,
    due: Annotated[str | None, typer.Option(help="The day by which it is promised.")] = None,
    measure: Annotated[str | None, typer.Option(help="How the promise is measured.")] = None,
    served_on: Annotated[str, typer.Option(help="Whom the answer reached; “nobody” yet.")] = "deputies",
    in_person: Annotated[bool, typer.Option("--in-person", help="Answered face to face.")] = False,
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Record a unit's answer and that it reached the deputies."""
    made = () if promise is None else (
        promises.Promise(promise=promise, due=moment(due) if due else None, measure=measure),
    )  # fmt: skip

    async def act(ready: Services) -> Done:
        command = replies.Answer(
            unit=unit,
            document_no=document_no,
            category=category,
            signatory=signatory,
            text=prose(text, text_file),
            served_on=None if served_on == "nobody" else served_on,
            in_person=in_person,
            commitments=made,
            at=moment(on),
        )
        return await ready.commands.handle(ref, actor(by), command)

    _say(run(act), as_json)


def _perform(act: Act, said: dict[str, Any], ref: str, at: datetime, by: str | None, as_json: bool) -> None:
    async def performed(ready: Services) -> Done:
        return await perform(ready.commands, act, ref, said, actor(by), at)

    _say(run(performed), as_json)


WRITTEN_OUT: dict[str, Callable[..., None]] = {"submit": submit, "assign": assign, "answer": answer}
for one in ON_SUGGESTIONS:
    if one.name not in ELSEWHERE:
        command = WRITTEN_OUT.get(one.name) or command_of_act(one, _perform, ref_help=REF)
        app.command(name=one.name, rich_help_panel=one.group.value)(command)


def _say(done: Done, as_json: bool) -> None:
    data = {
        "ref": done.case.ref,
        "version": done.case.version,
        "position": max(done.positions, default=None),
        "stage": done.case.stage.value,
        "positions": list(done.positions),
    }
    if as_json:
        print_json(data)
        return
    words = wording(language())
    where = (
        words.text("position {position}", position=data["position"])
        if done.positions
        else words.text("nothing to record")
    )
    output.print(f"{data['ref']}  {words.stage(done.case.stage)}  ({where})", markup=False)
