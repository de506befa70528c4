"""Figures on the command line: statistics, a unit's work, a deputy's record, the commitment ledger, the inbox.

Columns bear the names that docs/reference/projections.md gives them, so that a figure can be looked up and asked again.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Table

from domain.clock import day_of
from duban.bootstrap import Services, now
from duban.entrypoints.cli.cases import AsOfOption
from duban.entrypoints.cli.support import Json, language, output, print_json, run
from duban.reading import Reading, reading
from duban.wording.wording import wording
from projections import commitments, deputies, inbox, performance, unit_work
from projections.commitments import Standing
from projections.inbox import Audience
from projections.key_topics import find as find_topics
from projections.rates import Rate

T = TypeVar("T")
CongressOption = Annotated[str | None, typer.Option(help="Only cases of this congress.")]
HIDDEN = {"case_id", "from_position", "to_position"}

deputy = typer.Typer(no_args_is_help=True, help="Deputies' performance records.")
commitment = typer.Typer(no_args_is_help=True, help="The ledger of what units have promised.")


@deputy.callback()
@commitment.callback()
def group() -> None:
    """Keeps each command a word of its own."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read, and what it says about itself."""

    about: dict[str, Any]
    data: dict[str, Any]


def unit_show(
    unit: Annotated[str, typer.Argument(help="Name of the unit.", show_default=False)],
    congress: CongressOption = None,
    cases: Annotated[str | None, typer.Option(help="List the cases behind this measure.")] = None,
    as_of: AsOfOption = None,
    as_json: Json = False,
) -> None:
    """A unit's parts and its rates, kept apart, with their intervals; its work, what it owes first."""

    async def read(at: Reading) -> dict[str, Any]:
        asked: dict[str, Any] = {"now": at.now, "as_of": at.as_of}
        if cases is not None:
            refs = await performance.cases_of(at.connection, unit, cases, congress=congress, **asked)
            return {"unit": unit, "measure": cases, "cases": refs}
        found = await performance.units(at.connection, congress=congress, unit=unit, **asked)
        work = await unit_work.find(at.connection, unit, **asked)
        rates: Mapping[str, Rate] = found[0].pop("rates") if found else {}
        parts = found[0] if found else {"unit": unit, "parts": 0}
        return {**parts, "rates": {k: r.data() for k, r in rates.items()}, "work": _lines(work)}

    answer = read_at(as_of, read)
    if as_json:
        print_json({**answer.about, **answer.data})
        return
    print_facts({k: v for k, v in answer.data.items() if not isinstance(v, list | dict)})
    print_table("rates", ({"measure": name, **rate} for name, rate in answer.data.get("rates", {}).items()))
    shown = ("ref", "role", "owing", "due_at", "answered_at", "category", "result")
    print_table("work", ({k: line[k] for k in shown} for line in answer.data.get("work", ())))
    print_table("cases", ({"ref": ref} for ref in answer.data.get("cases", ())))
    say_position(answer)


@deputy.command(name="show")
def deputy_show(
    name: Annotated[
        str, typer.Argument(help="The deputy, or the delegation that submits.", show_default=False)
    ],
    congress: CongressOption = None,
    as_of: AsOfOption = None,
    as_json: Json = False,
) -> None:
    """A deputy's record: what the cases tell, without anybody typing it again."""

    async def read(at: Reading) -> dict[str, Any]:
        record = await deputies.record(at.connection, name, congress=congress, as_of=at.as_of)
        return {**record, "cases": _lines(record["cases"])}

    answer = read_at(as_of, read)
    if as_json:
        print_json({**answer.about, **answer.data})
        return
    print_facts({k: v for k, v in answer.data.items() if k != "cases"})
    shown = ("ref", "title", "part", "stage", "outcome")
    print_table("cases", ({k: line[k] for k in shown} for line in answer.data["cases"]))
    say_position(answer)


@commitment.command(name="list")
def commitment_list(
    standing: Annotated[Standing | None, typer.Option(help="Only promises that stand like this.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only promises of this unit.")] = None,
    year: Annotated[int | None, typer.Option(help="Only promises made in this year.")] = None,
    congress: CongressOption = None,
    as_of: AsOfOption = None,
    as_json: Json = False,
) -> None:
    """The ledger: promises, the most urgent first, and how many there are of each year."""

    async def read(at: Reading) -> dict[str, Any]:
        asked: dict[str, Any] = {"now": at.now, "as_of": at.as_of, "congress": congress, "owner": owner}
        found = await commitments.find(at.connection, standing=standing, year=year, limit=MOST, **asked)
        return {
            "by_year": await commitments.ledger(at.connection, **asked),
            "commitments": _lines(found),
        }

    answer = read_at(as_of, read)
    if as_json:
        print_json({**answer.about, **answer.data})
        return
    print_table("by_year", answer.data["by_year"])
    shown = ("ref", "commitment", "owner", "promise", "due_on", "state", "kept_late")
    print_table("commitments", ({k: line[k] for k in shown} for line in answer.data["commitments"]))
    say_position(answer)


def inbox_command(
    role: Annotated[Audience, typer.Option(help="Whose inbox.")],
    who: Annotated[str | None, typer.Option(help="The unit, deputy, committee, or congress.")] = None,
    congress: CongressOption = None,
    as_of: AsOfOption = None,
    as_json: Json = False,
) -> None:
    """What a unit, a deputy, a committee or the commission has to do, the most urgent first."""

    async def read(at: Reading) -> dict[str, Any]:
        if role is Audience.COMMITTEE:
            found = await find_topics(
                at.connection, as_of=at.as_of, congress=congress, committee=who, open_only=True
            )
            return {"counts": [], "tasks": _lines(found)}
        page = await inbox.page(
            at.connection, role, who, now=at.now, congress=congress, as_of=at.as_of, limit=MOST
        )
        return {"counts": page.counts, "tasks": _lines(page.tasks)}

    answer = read_at(as_of, read)
    if as_json:
        print_json({**answer.about, **answer.data})
        return
    print_table("counts", answer.data["counts"])
    shown = ("ref", "title", "who", "task", "about", "due_at")
    print_table("tasks", ({k: line.get(k) for k in shown} for line in answer.data["tasks"]))
    say_position(answer)


MOST = 100_000  # lines; more than one reader of any of these lists has before him


def read_at(as_of: str | None, ask: Callable[[Reading], Awaitable[dict[str, Any]]]) -> Answer:
    async def act(ready: Services) -> Answer:
        async with reading(ready.pool, ready.log, ready.projector, as_of, now()) as at:
            return Answer(at.data(), await ask(at))

    return run(act)


def _lines(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**{k: v for k, v in row.items() if k not in HIDDEN}, "position": row["from_position"]}
        for row in rows
    ]


def print_facts(facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        output.print(f"{name}: {value}", markup=False)


def print_table(title: str, rows: Iterable[Mapping[str, Any]]) -> None:
    lines = list(rows)
    if not lines:
        return
    table = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for name in lines[0]:
        table.add_column(name, overflow="fold")
    for line in lines:
        table.add_row(*(_cell(value) for value in line.values()))
    output.print(table)


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return day_of(value).isoformat()
    return "-" if value is None else str(value)


def say_position(answer: Answer) -> None:
    words = wording(language())
    facts = {"position": answer.about["position"], "time": words.time(answer.about["judged_at"])}
    output.print(words.text("read at position {position}, judged by {time}", **facts), markup=False)
