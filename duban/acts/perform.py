"""Performing an act: what was said becomes a command of the domain, and the command a fact of the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import uuid5

from pydantic import ValidationError

from domain.base import Refusal
from domain.congress import Congress
from domain.motion import Motion
from domain.motion_acts import Move
from domain.suggestion.acceptance import Merge
from domain.suggestion.intake import Submit
from domain.suggestion.suggestion import SuggestionCommand
from domain.suggestion.supervision import PutUnder, Release
from domain.vocabulary import Level
from duban.acts.act import Act
from duban.acts.fields import present
from duban.acts.on_motions import MOVE
from duban.acts.on_suggestions import SUBMIT
from duban.acts.refusals import FieldMissing, FieldRefused, refusal_of
from duban.commands import Actor, Commands, Done
from duban.motions import Motions
from duban.topics import under_topic

__all__ = ["FieldMissing", "FieldRefused", "NoSuchField", "command_of", "move", "perform", "submit"]


class NoSuchField(Refusal):
    """{act} knows no field “{field}”.

    It asks for: {fields}.
    """


def command_of(act: Act, said: Mapping[str, Any], at: datetime, **given: Any) -> Any:
    """The command that the fields make; refuses the first field that is missing, strange or not what it should be."""
    names = [field.name for field in act.fields]
    if strange := [name for name in said if name not in names]:
        raise NoSuchField(act=act.name, field=strange[0][:80], fields=", ".join(names) or "-")
    try:
        return act.command.model_validate({**present(said), **given, "at": at})
    except ValidationError as invalid:
        raise refusal_of(invalid) from None


async def perform(
    commands: Commands, act: Act, ref: str, said: Mapping[str, Any], by: Actor, at: datetime
) -> Done:
    """Act on the suggestion that bears a reference."""
    command = cast(SuggestionCommand, command_of(act, said, at))
    if isinstance(command, Merge):
        return await commands.merge(ref, command, by)
    if isinstance(command, PutUnder | Release):
        return await under_topic(commands, ref, command, by)
    return await commands.handle(ref, by, command)


async def submit(commands: Commands, said: Mapping[str, Any], by: Actor, at: datetime) -> Done:
    """Hand in a suggestion to the congress that the fields name; its level and place are the congress's."""
    where = await _congress(commands, said)
    command = command_of(
        SUBMIT,
        said,
        at,
        case_id=str(uuid5(by.command_id, "case")),
        level=where.level or Level.NATIONAL,
        place=where.place,
    )
    return await commands.submit(cast(Submit, command), by)


async def move(
    commands: Commands, motions: Motions, said: Mapping[str, Any], by: Actor, at: datetime
) -> Motion:
    """Move a motion in the congress that the fields name; its level is the congress's."""
    where = await _congress(commands, said)
    command = command_of(MOVE, said, at, motion_id=str(uuid5(by.command_id, "motion")), level=where.level)
    return await motions.move(cast(Move, command), by)


async def _congress(commands: Commands, said: Mapping[str, Any]) -> Congress:
    if not (slug := str(said.get("congress") or "")):
        raise FieldMissing(field="congress")
    return await commands.congress(slug)
