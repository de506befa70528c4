"""Pictures of the statistics: drawn on the server as SVG, in the reader's language, with their figures as tables."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from domain.vocabulary import Stage
from duban.entrypoints.web.asked import Asked
from duban.entrypoints.web.tables import Cell, Picture, Table, number
from projections import pictures

HEAT, CALENDAR = "stages-by-unit", "terms-by-day"
PICTURES: Final = (HEAT, CALENDAR)
KEPT: Final = 64  # drawings; one with the same figures in the same words is not drawn again
FONTS: Final = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"
INK, PALE, DARK = "#1c2530", "#e6eef6", "#1f4e79"

Rows = tuple[tuple[Any, ...], ...]


async def pictured(asked: Asked) -> tuple[list[Picture], list[Table]]:
    """The pictures that have something to show, and the tables of their figures."""
    heat, days = await _heat(asked), await _days(asked)
    shown = [
        Picture(asked.link(f"/statistics/{name}.svg", lang=asked.words.lang), title)
        for name, title, rows in (
            (HEAT, _title(HEAT, asked), heat),
            (CALENDAR, _title(CALENDAR, asked), days),
        )
        if rows
    ]
    return shown, [_heat_table(heat, asked), _days_table(days, asked)]


async def picture(name: str, asked: Asked) -> str:
    """One picture as SVG."""
    if name == HEAT:
        rows = tuple(line[:3] for line in _named(await _heat(asked), asked))
        order = tuple(asked.words.stage(stage) for stage in Stage)
        return drawn_heat(rows, order, asked.words.text("cases"))
    days = tuple((day.isoformat(), terms) for day, terms in await _days(asked))
    return drawn_days(days, asked.words.text("terms that end"))


async def _heat(asked: Asked) -> list[tuple[str, str, int, int]]:
    found = await pictures.heat(
        asked.connection, now=asked.now, congress=asked.viewer.congress, as_of=asked.as_of
    )
    return [(line["unit"], line["stage"], line["cases"], line["overdue"]) for line in found]


async def _days(asked: Asked) -> list[tuple[Any, int]]:
    found = await pictures.calendar(
        asked.connection, now=asked.now, congress=asked.viewer.congress, as_of=asked.as_of
    )
    return [(line["due_on"], line["terms"]) for line in found]


def _named(heat: Sequence[tuple[str, str, int, int]], asked: Asked) -> list[tuple[str, str, int, int]]:
    words = asked.words
    return [(words.unit(unit), words.stage(stage), cases, late) for unit, stage, cases, late in heat]


def _title(name: str, asked: Asked) -> str:
    if name == HEAT:
        return asked.words.text("Cases of the busiest lead units by stage")
    return asked.words.text("Terms that end on each day of the next twelve weeks")


def _heat_table(heat: Sequence[tuple[str, str, int, int]], asked: Asked) -> Table:
    words = asked.words
    rows = [
        [
            Cell(words.unit(unit)),
            Cell(words.stage(stage)),
            number(cases, asked.link("/", lead_unit=unit, stage=stage)),
            number(late, asked.link("/", lead_unit=unit, stage=stage, late=1), late=True),
        ]
        for unit, stage, cases, late in heat
    ]
    columns = [words.text("Unit"), words.text("Stage"), words.text("cases"), words.text("overdue")]
    return Table(_title(HEAT, asked), columns, rows, words.text("No case has a lead unit yet."))


def _days_table(days: Sequence[tuple[Any, int]], asked: Asked) -> Table:
    words = asked.words
    rows = [[Cell(words.day(day)), number(terms)] for day, terms in days]
    columns = [words.text("Due"), words.text("terms that end")]
    return Table(_title(CALENDAR, asked), columns, rows, words.text("No term ends within twelve weeks."))


@lru_cache(KEPT)
def drawn_heat(rows: Rows, order: tuple[str, ...], label: str) -> str:
    """Units by stages, the more cases the darker, with their number in the field."""
    from altair import Chart, Color, Scale, Text, X, Y, condition, datum, value

    base = Chart(
        {"values": [dict(zip(("unit", "stage", "cases"), row, strict=True)) for row in rows]}
    ).encode(x=X("stage:N", sort=list(order), title=None), y=Y("unit:N", title=None))
    fields = base.mark_rect().encode(
        color=Color("cases:Q", scale=Scale(range=[PALE, DARK]), legend=None, title=label)
    )
    middle = max(row[2] for row in rows) / 2
    figures = base.mark_text().encode(
        text=Text("cases:Q"), color=condition(datum.cases > middle, value("white"), value(INK))
    )
    return _svg((fields + figures).properties(width={"step": 72}, height={"step": 26}))


@lru_cache(KEPT)
def drawn_days(rows: Rows, label: str) -> str:
    """One bar a day."""
    from altair import Axis, Chart, X, Y

    chart = Chart({"values": [{"day": day, "terms": terms} for day, terms in rows]}).mark_bar(color=DARK)
    encoded = chart.encode(
        x=X("day:T", title=None, axis=Axis(format="%m-%d")),
        y=Y("terms:Q", title=label, axis=Axis(tickMinStep=1, format="d")),
    )
    return _svg(encoded.properties(width=760, height=180))


def _svg(chart: Any) -> str:
    from vl_convert import vegalite_to_svg

    told = chart.configure(font=FONTS, background="white").to_dict()
    return str(vegalite_to_svg(told))
