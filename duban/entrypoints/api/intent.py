"""Intent: the typed body of each act, made from the command that it becomes."""

from typing import Any, get_type_hints

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model

from duban.acts.act import Act
from duban.acts.fields import Field as ActField
from duban.acts.fields import FieldKind
from duban.acts.labels import LABELS

EXAMPLES: dict[str, Any] = {
    "unit": "农业农村部", "owner": "农业农村部", "to": "国务院办公厅", "category": "B", "by": "代表工作委员会",
    "document_no": "农办议〔2024〕1号", "congress": "npc", "ref": "npc/14-2/3973", "into": "npc/14-2/1037",
    "other": "npc/14-2/1037", "commitment": "c1", "deputy": "张代表", "lead_deputy": "张代表", "number": "3973",
    "title": "关于支持庆阳打造循环农业示范区的建议", "promise": "2026年底前建成3个示范县",
    "committee": "农业与农村委员会", "topic": "2024-01", "term": 14, "session": 2, "year": 2024, "matters": 1,
    "served_on": "deputies", "on": "deputies", "subject": "农业农村",
}  # fmt: skip
A_DAY = "2024-07-02T09:00:00+08:00"


def body_of(act: Act, without: tuple[str, ...] = ()) -> type[BaseModel]:
    """The body that an act is asked for with: its fields, and when it happened; `without` what the path says."""
    hints = get_type_hints(act.command, include_extras=True)
    fields: dict[str, Any] = {}
    asked = [field for field in act.fields if field.name not in without]
    for field in asked:
        info = act.command.model_fields[field.name]
        said = LABELS.get(field.name, field.name)
        default = ... if info.is_required() else info.get_default(call_default_factory=True)
        fields[field.name] = (hints[field.name], Field(default, description=said))
    fields["at"] = (
        AwareDatetime | None,
        Field(None, description="When it happened; now, where it is not said."),
    )
    example = {field.name: _example(field) for field in asked if field.required}
    config = ConfigDict(extra="forbid", title=_name(act), json_schema_extra={"examples": [example]})
    made: type[BaseModel] = create_model(f"{_name(act)}", __config__=config, __doc__=act.summary, **fields)
    return made


def said_in(body: BaseModel, *without: str) -> dict[str, Any]:
    """What was said, by field; what was not said is left out."""
    return {
        name: getattr(body, name)
        for name in body.model_fields_set
        if name not in ("at", *without) and getattr(body, name) is not None
    }


def _name(act: Act) -> str:
    return "".join(part.title() for part in (*act.name.split("-"), act.subject.value))


def _example(field: ActField) -> Any:
    one: Any = EXAMPLES.get(field.name) or {
        FieldKind.CHOICE: field.choices[0] if field.choices else None,
        FieldKind.FLAG: True,
        FieldKind.NUMBER: 1,
        FieldKind.DAY: A_DAY,
        FieldKind.PARTS: {},
    }.get(field.kind, "……")
    return [one] if field.many else one
