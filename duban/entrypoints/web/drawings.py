"""Drawings: figures as SVG, drawn on the server; one with the same figures in the same words is not drawn again."""

from functools import lru_cache
from typing import Any, Final

KEPT: Final = 64  # drawings
FONTS: Final = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"
INK, PALE, DARK, WARN = "#1c2530", "#e6eef6", "#1f4e79", "#9b2c1b"
LABELS, WIDE = 12, 900  # pixels

Rows = tuple[tuple[Any, ...], ...]


@lru_cache(KEPT)
def drawn_matrix(rows: Rows, across: tuple[str, ...], titles: tuple[str | None, str | None]) -> str:
    """What stands down by what stands across: the more the darker, with the number in the field."""
    from altair import Axis, Chart, Color, Scale, Text, X, Y, condition, datum, value

    down = len({row[0] for row in rows})
    named = [dict(zip(("down", "across", "number"), row, strict=True)) for row in rows]
    base = Chart({"values": named}).encode(
        x=X("across:N", sort=list(across), title=titles[1], axis=Axis(labelAngle=0, labelLimit=130)),
        y=Y("down:N", title=titles[0], axis=Axis(labelLimit=260)),
    )
    fields = base.mark_rect(stroke="white").encode(
        color=Color("number:Q", scale=Scale(range=[PALE, DARK], domainMin=0), legend=None)
    )
    middle = max(row[2] for row in rows) / 2
    figures = base.mark_text(fontSize=LABELS).encode(
        text=Text("number:Q"), color=condition(datum.number > middle, value("white"), value(INK))
    )
    return _svg((fields + figures).properties(width={"step": 132}, height={"step": 30 if down > 3 else 40}))


@lru_cache(KEPT)
def drawn_days(rows: Rows, label: str, span: tuple[str, str]) -> str:
    """One bar a day, between the first and the last day of the span."""
    from altair import Axis, Chart, Scale, X, Y

    most = max(row[1] for row in rows)
    chart = Chart({"values": [{"day": day, "terms": terms} for day, terms in rows]}).mark_bar(
        color=DARK, size=7
    )
    encoded = chart.encode(
        x=X("day:T", title=None, scale=Scale(domain=list(span)), axis=Axis(format="%m-%d", grid=False)),
        y=Y("terms:Q", title=label, axis=Axis(tickCount=min(most, 5), tickMinStep=1, format="d")),
    )
    return _svg(encoded.properties(width=WIDE, height=180))


@lru_cache(KEPT)
def drawn_months(rows: Rows, labels: tuple[str, str]) -> str:
    """Month by month: how many are open as an area, and how many of them are late as a dashed line."""
    from altair import Axis, Chart, Color, Legend, Scale, StrokeDash, X, Y

    named = [
        {"month": month, "kind": label, "number": number}
        for month, *numbers in rows
        for label, number in zip(labels, numbers, strict=True)
    ]
    most = max(row["number"] for row in named)
    base = Chart({"values": named}).encode(
        x=X("month:T", title=None, axis=Axis(format="%Y-%m", grid=False)),
        y=Y("number:Q", title=None, axis=Axis(tickCount=min(most, 5), tickMinStep=1, format="d")),
    )
    lines = base.mark_line(point=True, interpolate="step-after").encode(
        color=Color("kind:N", scale=Scale(domain=list(labels), range=[DARK, WARN]),
                    legend=Legend(orient="top", title=None, labelFontSize=LABELS)),
        strokeDash=StrokeDash("kind:N", scale=Scale(domain=list(labels), range=[[1, 0], [5, 3]]), legend=None),
    )  # fmt: skip
    return _svg(lines.properties(width=WIDE, height=200))


def _svg(chart: Any) -> str:
    from vl_convert import vegalite_to_svg

    told = (
        chart.configure(font=FONTS, background="white")
        .configure_axis(labelFontSize=LABELS, titleFontSize=LABELS, labelColor=INK, titleFontWeight="normal")
        .to_dict()
    )
    return str(vegalite_to_svg(told))
