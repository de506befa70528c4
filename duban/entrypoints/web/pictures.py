"""Pictures where people look: drawn in the reader's language, each with its figures as a table beside it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from domain.clock import day_of
from domain.vocabulary import Stage
from duban.catalogue import msgid
from duban.entrypoints.web.asked import Asked
from duban.entrypoints.web.drawings import drawn_days, drawn_matrix, drawn_months
from duban.entrypoints.web.tables import Cell, Picture, Table, number
from projections import pictures

HEAT, CALENDAR, BURN_DOWN, FLOW = "stages-by-unit", "terms-by-day", "open-promises", "category-flow"

OF_CONGRESS: Final = frozenset({HEAT, FLOW})  # the others show what their pages list: all that is seen

Found = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture: the view that it belongs to, its title, its figures, and how they are drawn and told."""

    view: str
    title: str
    find: Callable[..., Awaitable[list[dict[str, Any]]]]
    draw: Callable[[Found, Asked], str]
    tell: Callable[[Found, Asked], tuple[list[str], list[list[Cell]]]]
    empty: str


async def pictured(asked: Asked, *names: str) -> tuple[list[Picture], list[Table]]:
    """The pictures that have something to show, and the tables of their figures."""
    shown, told = list[Picture](), list[Table]()
    for name in names:
        drawn, found = PICTURES[name], await _found(name, asked)
        title = asked.words.text(drawn.title)
        if found:
            shown.append(Picture(asked.link(f"/pictures/{name}.svg", lang=asked.words.lang), title))
        columns, rows = drawn.tell(found, asked)
        told.append(Table(title, columns, rows, asked.words.text(drawn.empty)))
    return shown, told


async def picture(name: str, asked: Asked) -> str | None:
    """One picture as SVG; none where there is nothing to show."""
    found = await _found(name, asked)
    return PICTURES[name].draw(found, asked) if found else None


async def _found(name: str, asked: Asked) -> list[dict[str, Any]]:
    congress = asked.viewer.congress if name in OF_CONGRESS else None
    return await PICTURES[name].find(asked.connection, now=asked.now, congress=congress, as_of=asked.as_of)


def _draw_heat(found: Found, asked: Asked) -> str:
    words = asked.words
    rows = tuple((words.unit(line["unit"]), words.stage(line["stage"]), line["cases"]) for line in found)
    here = {row[1] for row in rows}
    return drawn_matrix(rows, tuple(s for s in map(words.stage, Stage) if s in here), (None, None))


def _tell_heat(found: Found, asked: Asked) -> tuple[list[str], list[list[Cell]]]:
    words = asked.words
    rows = [
        [
            Cell(words.unit(line["unit"])),
            Cell(words.stage(line["stage"])),
            number(line["cases"], asked.link("/", lead_unit=line["unit"], stage=line["stage"])),
            number(
                line["overdue"],
                asked.link("/", lead_unit=line["unit"], stage=line["stage"], late=1),
                late=True,
            ),
        ]
        for line in found
    ]
    return [words.text("Unit"), words.text("Stage"), words.text("cases"), words.text("overdue")], rows


def _draw_days(found: Found, asked: Asked) -> str:
    rows = tuple((line["due_on"].isoformat(), line["terms"]) for line in found)
    today = day_of(asked.now)
    span = (today.isoformat(), (today + timedelta(days=pictures.AHEAD)).isoformat())
    return drawn_days(rows, asked.words.text("terms that end"), span)


def _tell_days(found: Found, asked: Asked) -> tuple[list[str], list[list[Cell]]]:
    words = asked.words
    rows = [[Cell(words.day(line["due_on"])), number(line["terms"])] for line in found]
    return [words.text("Due"), words.text("terms that end")], rows


def _draw_burn_down(found: Found, asked: Asked) -> str:
    rows = tuple((line["month"].isoformat(), line["open"], line["overdue"]) for line in found)
    return drawn_months(rows, (asked.words.text("open promises"), asked.words.text("of them overdue")))


def _tell_burn_down(found: Found, asked: Asked) -> tuple[list[str], list[list[Cell]]]:
    words = asked.words
    rows = [
        [
            Cell(line["month"].isoformat()[:7]),
            *(number(line[name], late=name == "overdue") for name in ("made", "kept", "open", "overdue")),
        ]
        for line in reversed(found)
    ]
    columns = ("month", "made", "kept", "open promises", "of them overdue")
    return [words.text(name) for name in columns], rows


def _draw_flow(found: Found, asked: Asked) -> str:
    rows = tuple((line["first"], line["latest"], line["answers"]) for line in found)
    titles = (asked.words.text("first answered as"), asked.words.text("stands as"))
    return drawn_matrix(rows, tuple(sorted({row[1] for row in rows})), titles)


def _tell_flow(found: Found, asked: Asked) -> tuple[list[str], list[list[Cell]]]:
    words = asked.words
    rows = [
        [
            Cell(line["first"]),
            Cell(line["latest"]),
            number(line["answers"], asked.link("/", category=line["latest"])),
        ]
        for line in found
    ]
    return [words.text("first answered as"), words.text("stands as"), words.text("answers")], rows


MESSAGES: Final = (
    msgid("month"),
    msgid("made"),
    msgid("kept"),
    msgid("open promises"),
    msgid("of them overdue"),
)
PICTURES: Final[Mapping[str, Drawn]] = {
    HEAT: Drawn(
        "units", msgid("Cases of the busiest lead units by stage"), pictures.heat, _draw_heat, _tell_heat,
        msgid("No case has a lead unit yet."),
    ),
    CALENDAR: Drawn(
        "board", msgid("Terms that end on each day of the next twelve weeks"), pictures.calendar, _draw_days,
        _tell_days, msgid("No term ends within twelve weeks."),
    ),
    BURN_DOWN: Drawn(
        "commitments", msgid("Open promises at the end of each month"), pictures.burn_down, _draw_burn_down,
        _tell_burn_down, msgid("No promise has been made yet; an answer that plans something makes one."),
    ),
    FLOW: Drawn(
        "statistics", msgid("From the category of the first answer to the one that holds"), pictures.flow,
        _draw_flow, _tell_flow, msgid("No answer bears a category yet."),
    ),
}  # fmt: skip
