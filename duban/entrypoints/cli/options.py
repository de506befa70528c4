"""Commands made from acts: one option per field, so that no act is left without a command."""

import inspect
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.suggestion.state import EVERYBODY
from duban.acts.act import Act
from duban.acts.fields import Field, FieldKind
from duban.acts.labels import LABELS
from duban.entrypoints.cli.support import By, Json, On, actor, moment, prose

NAMES = {
    "on": "recipient",  # `--on` is the day on which it happened
    "owner": "unit",
    "units": "unit",  # an option that may be given several times has the name of one
    "lead_units": "lead-unit",
    "movers": "mover",
    "deputies": "deputy",
    "copied_to": "copy-to",
    "on_behalf_of": "on-behalf-of",
}
RATINGS = ("feedback", "rate-fulfilment")
DEPUTYS = (*RATINGS, "withdraw", "comment-draft", "request-confidentiality")  # what only they do
BY = {  # what an act calls those who take it, besides `--decided-by`
    "inspect": "inspected-by",
    "verify-fulfilment": "verified-by",
    "ask-opinion-again": "asked-by",
    "ask-reconsideration": "mover",
    "archive": "archived-by",
    "coordinate": "coordinated-by",
}
TWO_SIDED = {
    "upheld": "--upheld/--refused",
    "holds": "--holds/--broken",
    "supports": "--supports/--opposes",
    "in_session": "--in-session/--intersessional",
}
TEXT_FILE = "file with the text; - for standard input"

Said = dict[str, Any]
Perform = Callable[[Act, Said, str, datetime, str | None, bool], None]


def command_of_act(
    act: Act, perform: Perform, *, ref_help: str | None, given: Sequence[str] = ()
) -> Callable[..., None]:
    """A typer command that asks for the fields of an act and performs it; `given` fields the reference says."""
    fields = [field for field in act.fields if field.name not in given]

    def command(**values: Any) -> None:
        as_json, by, on = values.pop("as_json"), values.pop("by"), values.pop("on")
        ref = values.pop("ref", "")
        perform(act, said_of(act, fields, values, by), ref, moment(on), by, as_json)

    ref = Annotated[str, typer.Argument(help=ref_help, show_default=False)]
    parameters = [_parameter("ref", ref)] if ref_help else []
    parameters += [p for field in fields for p in _parameters(act, field)]
    parameters += [_parameter("on", On, None), _parameter("by", By, None), _parameter("as_json", Json, False)]
    parameters.sort(key=lambda p: p.default is not inspect.Parameter.empty)
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # what typer reads
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    command.__doc__ = act.summary
    return command


def said_of(act: Act, fields: Sequence[Field], values: Said, by: str | None) -> Said:
    """What the options say, under the names of the fields; who decides is who acts, unless said otherwise."""
    said: Said = {}
    for field in fields:
        if field.kind is FieldKind.PARTS:
            if field.name == "commitments" and (promise := values.pop("promise", None)):
                due = values.pop("due", None)
                said["commitments"] = ({"promise": promise, "due": moment(due) if due else None},)
            continue
        value = values.pop(f"_{field.name}")
        if field.name == "text":
            value = prose(value, values.pop("text_file"))
        if field.kind is FieldKind.DAY and value is not None:
            value = moment(value)
        said[field.name] = (
            [v.value if isinstance(v, Enum) else v for v in value] if field.many and value else value
        )
    if "by" in said and not said["by"]:
        who = EVERYBODY if act.name in RATINGS else actor(by).name
        said["by"] = (who,) if _field(act, "by").many else who
    return {name: value for name, value in said.items() if value is not None}


def _field(act: Act, name: str) -> Field:
    return next(field for field in act.fields if field.name == name)


def _parameters(act: Act, field: Field) -> list[inspect.Parameter]:
    if field.kind is FieldKind.PARTS:
        if field.name != "commitments":
            return []  # what has parts of its own is submitted as JSON, through the API
        return [
            _parameter("promise", _option(str | None, "--promise", LABELS["promise"]), None),
            _parameter("due", _option(str | None, "--due", LABELS["due"]), None),
        ]
    found = [_parameter(f"_{field.name}", _annotated(act, field), *_default(field))]
    if field.name == "text":
        found.append(_parameter("text_file", _option(Path | None, "--text-file", TEXT_FILE), None))
    return found


def _default(field: Field) -> tuple[Any, ...]:
    asked = field.required and field.name not in ("by", "text")
    return () if asked else (None,)


def _annotated(act: Act, field: Field) -> Any:
    name = NAMES.get(field.name, field.option)
    if field.name == "by":
        name = "deputy" if act.name in DEPUTYS else BY.get(act.name, "decided-by")
    kind: Any = {FieldKind.FLAG: bool, FieldKind.NUMBER: int, FieldKind.CHOICE: field.type}.get(
        field.kind, str
    )
    if field.many:
        kind = list[kind]
    asked = not _default(field)
    declared = f"--{name}/--no-{name}" if kind is bool else f"--{name}"
    also = ("--decided-by",) if field.name == "by" and act.name in BY else ()
    declared = TWO_SIDED.get(field.name, declared)
    return _option(kind if asked else kind | None, declared, LABELS[field.name], *also)


def _option(kind: Any, declaration: str, text: str, *also: str) -> Any:
    return Annotated[
        kind, typer.Option(declaration, *also, help=f"{text[0].upper()}{text[1:]}.", show_default=False)
    ]


def _parameter(name: str, annotation: Any, *default: Any) -> inspect.Parameter:
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        annotation=annotation,
        default=default[0] if default else inspect.Parameter.empty,
    )
