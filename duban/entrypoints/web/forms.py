"""Forms made from acts: each field as what it is, with what is known already filled in; and what was sent, as said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.suggestion.acceptance import Outcome
from domain.suggestion.state import EVERYBODY, CaseState
from domain.vocabulary import Basis, ContactWay, Extent, Ground, Kind, Part, Role, Satisfaction
from duban.access.viewer import Viewer
from duban.acts.act import Act
from duban.acts.fields import Field, FieldKind
from duban.acts.labels import LABELS
from duban.acts.perform import FieldRefused
from duban.casefile import NotAMoment, moment_of
from duban.wording.wording import Wording

CHOICES: Mapping[type, str] = {  # which names the values of a choice have
    Role: "role", Satisfaction: "satisfaction", Ground: "ground", ContactWay: "way", Part: "part", Extent: "extent",
    Basis: "basis", Kind: "kind", Outcome: "turned-away",
}  # fmt: skip
DAY = "on_day"  # when it happened; the field of every form
OWN_NAME = ("by", "deputy", "decided_by")


@dataclass(frozen=True, slots=True)
class Input:
    """A field as a form shows it."""

    name: str
    label: str
    kind: str
    required: bool
    many: bool
    choices: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class ActForm:
    """An act that the viewer may perform here, as a form."""

    name: str
    title: str
    group: str
    inputs: tuple[Input, ...]
    day: str
    said: str | None = None  # the refusal, when it was just tried


@dataclass(frozen=True, slots=True)
class Tried:
    """A form that was sent and refused: its act, what was typed, and what is said about it."""

    act: str
    typed: Mapping[str, str]
    said: str


def forms_of(
    acts: Iterable[Act], case: CaseState | None, viewer: Viewer, words: Wording, tried: Tried | None = None
) -> list[ActForm]:
    """The acts as forms; the one that was tried keeps what was typed."""
    found = []
    for act in acts:
        typed = tried.typed if tried and tried.act == act.name else {}
        inputs = [i for field in act.fields for i in _inputs(field, act, case, viewer, words, typed)]
        said = tried.said if tried and tried.act == act.name else None
        title, group = words.text(act.title), words.name("group", act.group.value)
        found.append(ActForm(act.name, title, group, tuple(inputs), typed.get(DAY, ""), said))
    return found


def _inputs(
    field: Field, act: Act, case: CaseState | None, viewer: Viewer, words: Wording, typed: Mapping[str, str]
) -> list[Input]:
    if field.kind is FieldKind.PARTS:
        names = {"commitments": ("promise", "due"), "parts": ("facts", "analysis", "proposal")}[field.name]
        kinds = {"due": "day"}
        return [
            Input(n, words.text(LABELS[n]), kinds.get(n, "prose"), False, False, (), typed.get(n, ""))
            for n in names
        ]
    value = typed.get(field.name, _known(field, act, case, viewer))
    return [
        Input(
            name=field.name,
            label=words.text(LABELS[field.name]),
            kind=field.kind.value,
            required=field.required and field.kind is not FieldKind.FLAG,
            many=field.many,
            choices=_choices(field, case, words),
            value=value,
        )
    ]


def _choices(field: Field, case: CaseState | None, words: Wording) -> tuple[tuple[str, str], ...]:
    if field.kind is FieldKind.CHOICE:
        return tuple((value, words.name(CHOICES[field.type], value)) for value in field.choices)
    if field.name in ("unit", "owner") and case is not None:
        return tuple((a.unit, words.role(a.role)) for a in case.assignments)
    if field.name == "commitment" and case is not None:
        return tuple((c.id, c.promise[:60]) for c in case.commitments)
    return ()


def _known(field: Field, act: Act, case: CaseState | None, viewer: Viewer) -> str:
    """What goes without saying: one's own unit or name, the only unit, the only promise."""
    if field.name in ("unit", "owner"):
        named = {a.unit for a in case.assignments} if case else set()
        return viewer.unit or (next(iter(named)) if len(named) == 1 else "")
    if field.name == "commitment" and case is not None and len(case.open_commitments) == 1:
        return case.open_commitments[0].id
    if field.name == "served_on":
        return EVERYBODY
    if field.name in OWN_NAME:
        return viewer.deputy or viewer.committee or viewer.unit or viewer.name
    if field.default not in (None, ()) and field.kind in (FieldKind.CHOICE, FieldKind.NUMBER, FieldKind.LINE):
        return str(field.default)
    return ""


def said_of(act: Act, form: Mapping[str, str]) -> dict[str, Any]:
    """What a sent form says, under the names of the act's fields. Refuses a day that is none."""
    said: dict[str, Any] = {}
    for field in act.fields:
        if field.kind is FieldKind.PARTS:
            said |= _parts(field, form)
            continue
        typed = form.get(field.name, "").strip()
        if field.kind is FieldKind.FLAG:
            said[field.name] = typed == "1"
        elif typed and field.kind is FieldKind.DAY:
            said[field.name] = day_of_form(field.name, typed)
        elif typed:
            said[field.name] = _listed(typed) if field.many else typed
    return said


def _parts(field: Field, form: Mapping[str, str]) -> dict[str, Any]:
    if field.name == "commitments":
        promise, due = form.get("promise", "").strip(), form.get("due", "").strip()
        made = {"promise": promise, "due": day_of_form("due", due) if due else None}
        return {"commitments": (made,)} if promise else {}
    parts = {name: form.get(name, "").strip() or None for name in ("facts", "analysis", "proposal")}
    return {"parts": parts} if any(parts.values()) else {}


def _listed(typed: str) -> tuple[str, ...]:
    """Several things, one a line or parted by the signs that part things in either language."""
    for sign in ("、", ";", "；", ","):
        typed = typed.replace(sign, "\n")
    return tuple(line.strip() for line in typed.splitlines() if line.strip())


def day_of_form(field: str, typed: str) -> datetime:
    try:
        return moment_of(typed, end=False)
    except NotAMoment as wrong:
        raise FieldRefused(field=field, why=str(wrong)) from None
