"""`duban clock`: the statutory clock as a calculator for anyone."""

import json
import re
from datetime import date
from typing import Annotated

import typer

from domain.base import Refusal
from domain.clock import Deadline, compute
from domain.rules import rules_in_force, term_of
from duban.calendars import official
from duban.wording import clock as wording_clock
from duban.wording.terms import Lang

app = typer.Typer(help="Compute a statutory deadline and see why.", no_args_is_help=True)

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FIRST_YEAR, LAST_YEAR = 1954, 2199  # from the first National People's Congress to where no calendar reaches


class NotADate(Refusal):
    """ "{text}" is not a day between 1954 and 2199.

    Write it as year-month-day, for example 2026-09-28."""


@app.callback()
def clock() -> None:
    """Compute a statutory deadline and see why."""


@app.command("compute")
def compute_command(
    jurisdiction: Annotated[str, typer.Option(help="npc, beijing, shanghai, zhejiang, ...")],
    rule: Annotated[str, typer.Option(help="answer, objection, co_opinion, feedback, ...")],
    from_: Annotated[str, typer.Option("--from", metavar="DATE", help="day of assignment, receipt, ...")],
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    lang: Annotated[Lang, typer.Option(help="language of the explanation")] = "en",
) -> None:
    """When something is due, by which article, and how the days were counted."""
    try:
        deadline = deadline_from(jurisdiction, rule, from_)
    except Refusal as refusal:
        typer.echo(refusal.message, err=True)
        raise typer.Exit(1) from None
    explanation = wording_clock.lines(deadline.derivation, lang)
    if as_json:
        facts = {"jurisdiction": jurisdiction, "rules_id": deadline.derivation.rules_id}
        answer = facts | deadline.model_dump(mode="json") | {"explanation": explanation}
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for line in explanation:
        typer.echo(line)


def deadline_from(jurisdiction: str, rule: str, day: str) -> Deadline:
    """The deadline under the rules in force on the day; an extension shows the term it prolongs."""
    anchor = day_from(day)
    rules = rules_in_force(jurisdiction, anchor)
    event, calendar = term_of(rules, rule).anchor, official()
    if rule != "answer_extended":
        return compute(rules, rule, anchor, calendar, anchor_event=event)
    answer = compute(rules, "answer", anchor, calendar, anchor_event=event)
    return compute(rules, rule, anchor, calendar, anchor_event=event, prolongs=answer)


def day_from(text: str) -> date:
    """A day as people write it, or the refusal `NotADate`."""
    try:
        day = date.fromisoformat(text) if ISO_DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NotADate(text=text[:40])
    return day
