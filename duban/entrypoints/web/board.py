"""The board: counters that are links, filters, and the cases by urgency, now or as of any moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.base import Refusal
from domain.clock import day_of
from domain.vocabulary import CONTROL_CHARACTERS, Kind, Level, Stage
from duban.access.seeing import seeing
from duban.access.viewer import Viewer
from duban.entrypoints.web.choices import Choices
from duban.entrypoints.web.finer import Finer
from duban.entrypoints.web.pages import url
from duban.entrypoints.web.services import Services
from duban.reading import moment_of
from projections import board
from projections.board import Filter
from projections.projector import reached

A_WEEK = timedelta(days=7)
PAGE = 50  # lines
LAST_PAGE = 100_000  # beyond it nobody turns pages; keeps the offset in the database's range
LONGEST_TEXT = 200  # characters of a filter
CHOICES: dict[str, frozenset[str]] = {
    name: frozenset(map(str, kind)) for name, kind in (("stage", Stage), ("level", Level), ("kind", Kind))
}
FREE = ("congress", "unit", "text")
SWITCHES = ("late", "due", "commitments")


class NotAFilter(Refusal):
    """“{value}” cannot be asked of the filter “{name}”.

    Choose one of the values that the board offers.
    """


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the board, as its address says it."""

    congress: str | None
    stage: str | None
    unit: str | None
    level: str | None
    kind: str | None
    text: str | None
    late: bool
    due: bool  # within a week
    commitments: bool  # open ones
    as_of: str | None
    page: int
    finer: Finer

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Question":
        asked = {name: value.strip() or None for name, value in given.items()}
        for name in (*CHOICES, *FREE):
            _ensure_allowed(name, asked.get(name))
        return cls(
            congress=asked.get("congress"),
            stage=asked.get("stage"),
            unit=asked.get("unit"),
            level=asked.get("level"),
            kind=asked.get("kind"),
            text=asked.get("text"),
            late=asked.get("late") is not None,
            due=asked.get("due") is not None,
            commitments=asked.get("commitments") is not None,
            as_of=asked.get("as_of"),
            page=_page(asked.get("page") or "1"),
            finer=Finer.of(asked),
        )

    def address(self, **changes: Any) -> str:
        """The address of this question with changes; another question begins on its first page."""
        values = {name: getattr(self, name) for name in self.__slots__} | {"page": 1} | changes
        switched = {name: 1 if values[name] else None for name in SWITCHES}
        finer: Finer = values.pop("finer")
        return url(
            "/",
            {
                **dict(finer.asked),
                **values,
                **switched,
                "page": None if values["page"] == 1 else values["page"],
            },
        )

    def turned(self, page: int) -> str:
        return self.address(page=page)

    @property
    def query(self) -> str:
        """As the address holds it, from its first page on."""
        return self.address().partition("?")[2]

    def only(self, **switch: Any) -> str:
        """The address of one counter: the congress and the moment stay, every other filter goes."""
        return url("/", {"congress": self.congress, "as_of": self.as_of, **switch})

    @property
    def filtered(self) -> bool:
        return any(getattr(self, name) for name in (*CHOICES, *FREE, *SWITCHES)) or bool(self.finer.asked)

    def filter(self, now: datetime) -> Filter:
        return Filter(
            congress=self.congress,
            stage=self.stage,
            unit=self.unit,
            level=self.level,
            kind=self.kind,
            text=self.text,
            late=self.late,
            due_before=now + A_WEEK if self.due else None,
            open_commitments=self.commitments,
            **self.finer.filters,
        )


async def read_board(
    services: Services, question: Question, now: datetime, viewer: Viewer, choices: Choices
) -> dict[str, Any]:
    """Everything that the board shows, read in one snapshot, as the viewer sees it."""
    moment = await moment_of(services.log, question.as_of, now)
    wanted, judged, as_of = question.filter(moment.now), moment.now, moment.position
    offset = (question.page - 1) * PAGE
    plan_once = as_of is not None and viewer.sees_all  # what others see of a stage is not to be guessed
    async with seeing(services.pool, viewer, plan_once=plan_once) as connection:
        position = await reached(connection)
        counts = await board.counts(connection, congress=question.congress, now=judged, as_of=as_of)
        if question.filtered:
            page = await board.page(connection, wanted, now=judged, as_of=as_of, limit=PAGE, offset=offset)
        else:  # all are counted above
            lines = await board.find(connection, wanted, now=judged, as_of=as_of, limit=PAGE, offset=offset)
            page = board.Page(lines, counts["cases"])
        return {
            "question": question,
            "moment": moment,
            "position": position if as_of is None else as_of,
            "behind": as_of is not None and as_of > position,
            "counts": counts,
            "lines": [_line(line, judged) for line in page.lines],
            "number": page.number,
            "first": offset + 1,
            "last": min(offset + PAGE, page.number),
            **await choices.of(viewer, connection),
        }


def _line(line: dict[str, Any], now: datetime) -> dict[str, Any]:
    due_on = day_of(line["next_due"]) if line["next_due"] else None
    days = (due_on - day_of(now)).days if due_on else None
    urgency = "none" if days is None else "late" if days < 0 else "soon" if days <= A_WEEK.days else "calm"
    shown = [line["lead_unit"], *(unit for unit in line["units"] if unit != line["lead_unit"])]
    return {**line, "due_on": due_on, "urgency": urgency, "shown_units": [unit for unit in shown if unit]}


def _ensure_allowed(name: str, value: str | None) -> None:
    if value is None:
        return
    unknown = name in CHOICES and value not in CHOICES[name]
    if unknown or len(value) > LONGEST_TEXT or CONTROL_CHARACTERS.search(value):
        raise NotAFilter(name=name, value=value[:60])


def _page(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= LAST_PAGE):
        raise NotAFilter(name="page", value=text[:60])
    return int(text)
