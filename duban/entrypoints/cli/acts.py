"""Acts on a case: submit, register, assign, answer, commit and the rest, each recorded as events."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from domain.suggestion import (
    assignment,
    commitments,
    feedback,
    handling,
    intake,
    promises,
    replies,
    supervision,
)
from domain.suggestion.suggestion import SuggestionCommand
from domain.vocabulary import Kind, Level, Role, Satisfaction
from duban.bootstrap import Services
from duban.commands import Done
from duban.entrypoints.cli.support import By, Json, On, Ref, actor, moment, output, print_json, prose, run

app = typer.Typer(no_args_is_help=True)

Unit = Annotated[str | None, typer.Option("--unit", help="The handling unit.", show_default=False)]
TextFile = Annotated[
    Path | None, typer.Option("--text-file", help="File with the text; - for standard input.")
]
CommitmentId = Annotated[
    str | None, typer.Option("--commitment", help="Such as c1; default the only open one.")
]


@app.command()
def submit(
    congress: Annotated[str, typer.Option(help="Slug of the congress: npc, or the place as printed.")],
    title: Annotated[str, typer.Option(help="What the suggestion is about, in a line.")],
    term: Annotated[int | None, typer.Option(help="Term of the congress.", min=1, max=999)] = None,
    session: Annotated[int | None, typer.Option(help="Session of the term.", min=1, max=999)] = None,
    number: Annotated[str | None, typer.Option(help="Its number, if it has one already.")] = None,
    kind: Annotated[Kind, typer.Option(help="What was handed in.")] = Kind.SUGGESTION,
    lead_deputy: Annotated[str | None, typer.Option(help="The lead deputy.")] = None,
    delegation: Annotated[str | None, typer.Option(help="The delegation.")] = None,
    text: Annotated[str | None, typer.Option(help="The full text.")] = None,
    text_file: TextFile = None,
    intersessional: Annotated[bool, typer.Option(help="Submitted between sessions.")] = False,
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Submit a suggestion, and register it when its number is given."""

    async def act(ready: Services) -> Done:
        at = await ready.commands.congress(congress)
        command = intake.Submit(
            congress=congress,
            case_id=str(uuid4()),
            level=at.level or Level.NATIONAL,
            place=at.place,
            kind=kind,
            term=term,
            session=session,
            number=number,
            title=title,
            text=prose(text, text_file),
            lead_deputy=lead_deputy,
            delegation=delegation,
            in_session=not intersessional,
            at=moment(on),
        )
        return await ready.commands.submit(command, actor(by))

    _say(run(act), as_json)


@app.command()
def register(
    ref: Ref,
    number: Annotated[str, typer.Option(help="The number it is to bear.")],
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Give a submitted suggestion its number."""
    _act(ref, by, as_json, lambda: [intake.Register(number=number, at=moment(on))])


@app.command()
def assign(
    ref: Ref,
    to: Annotated[str | None, typer.Option(help="System of organs; default the first unit named.")] = None,
    lead: Annotated[list[str] | None, typer.Option(help="Lead unit (主办).")] = None,
    co: Annotated[list[str] | None, typer.Option(help="Co-handling unit (会办).")] = None,
    separate: Annotated[list[str] | None, typer.Option(help="Unit for separate handling (分别办理).")] = None,
    reference: Annotated[list[str] | None, typer.Option(help="Unit for reference only (参阅).")] = None,
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
        rest = [assignment.SubAssign(unit=unit, role=role, at=at) for unit, role in parts]
        return await ready.commands.handle(ref, who, *first, *rest)

    _say(run(act), as_json)


@app.command()
def opine(
    ref: Ref,
    unit: Annotated[str, typer.Option(help="The co-handling unit.")],
    opinion: Annotated[str | None, typer.Option(help="Its opinion.")] = None,
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Record a co-handling unit's opinion."""
    _act(ref, by, as_json, lambda: [handling.GiveOpinion(unit=unit, opinion=opinion, at=moment(on))])


@app.command()
def extend(
    ref: Ref,
    unit: Annotated[str, typer.Option(help="The unit that needs the longer term.")],
    reason: Annotated[str, typer.Option(help="Why the matter is broad or hard.")],
    approver: Annotated[str | None, typer.Option(help="Who granted it.")] = None,
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Record that a unit was granted the longer term to answer."""
    _act(
        ref,
        by,
        as_json,
        lambda: [handling.GrantExtension(unit=unit, reason=reason, approver=approver, at=moment(on))],
    )


@app.command()
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
    served_on: Annotated[str, typer.Option(help="Whom the answer reached.")] = "deputies",
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Record a unit's answer and that it reached the deputies."""
    _act(
        ref,
        by,
        as_json,
        lambda: [
            replies.Answer(
                unit=unit,
                document_no=document_no,
                category=category,
                signatory=signatory,
                text=prose(text, text_file),
                served_on=served_on,
                commitments=_promises(promise, due),
                at=moment(on),
            )
        ],
    )


def _promises(promise: str | None, due: str | None) -> tuple[promises.Promise, ...]:
    if promise is None:
        return ()
    return (promises.Promise(promise=promise, due=moment(due) if due else None),)


@app.command(name="feedback")
def give_feedback(
    ref: Ref,
    result: Annotated[Satisfaction, typer.Option(help="How the deputies rate the result.")],
    attitude: Annotated[Satisfaction | None, typer.Option(help="How they rate the attitude.")] = None,
    unit: Unit = None,
    reasons: Annotated[str | None, typer.Option(help="Needed when not satisfied.")] = None,
    deputy: Annotated[str, typer.Option(help="Who rates.")] = "deputies",
    channel: Annotated[str, typer.Option(help="How the form came in.")] = "congress",
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Record the deputies' feedback on an answer."""
    _act(
        ref,
        by,
        as_json,
        lambda: [
            feedback.GiveFeedback(
                unit=unit,
                result=result,
                attitude=attitude,
                reasons=reasons,
                by=deputy,
                channel=channel,
                at=moment(on),
            )
        ],
    )


@app.command()
def commit(
    ref: Ref,
    promise: Annotated[str, typer.Option(help="What is promised.")],
    unit: Unit = None,
    due: Annotated[str | None, typer.Option(help="The day by which it is promised.")] = None,
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Record a commitment made in an answer."""
    _act(
        ref,
        by,
        as_json,
        lambda: [
            commitments.Commit(owner=unit, promise=promise, due=moment(due) if due else None, at=moment(on))
        ],
    )


@app.command(name="follow-up")
def follow_up(
    ref: Ref,
    finding: Annotated[str, typer.Option(help="What the follow-up found.")],
    commitment: CommitmentId = None,
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Record what a follow-up of a commitment found."""
    _act(
        ref,
        by,
        as_json,
        lambda: [commitments.FollowUp(commitment=commitment, finding=finding, at=moment(on))],
    )


@app.command()
def fulfil(
    ref: Ref,
    evidence: Annotated[str, typer.Option(help="What shows that it is fulfilled.")],
    commitment: CommitmentId = None,
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Record that a commitment is fulfilled."""
    _act(
        ref,
        by,
        as_json,
        lambda: [commitments.Fulfil(commitment=commitment, evidence=evidence, at=moment(on))],
    )


@app.command()
def conclude(
    ref: Ref,
    remark: Annotated[str | None, typer.Option(help="A remark for the record.")] = None,
    on: On = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Conclude a case; open commitments live on."""
    _act(ref, by, as_json, lambda: [supervision.Conclude(remark=remark, at=moment(on))])


def _act(
    ref: str, by: str | None, as_json: bool, commands: Callable[[], Sequence[SuggestionCommand]]
) -> None:
    async def act(ready: Services) -> Done:
        return await ready.commands.handle(ref, actor(by), *commands())

    _say(run(act), as_json)


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
    where = f"position {data['position']}" if done.positions else "nothing to record"
    output.print(f"{data['ref']}  {data['stage']}  ({where})", markup=False)
