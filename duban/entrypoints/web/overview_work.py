"""Overviews of work: what is to do, the promises, the key topics, a deputy's record."""

from dataclasses import replace
from typing import Any

from domain.vocabulary import Stage
from duban.access.inboxes import inboxes_of
from duban.access.viewer import Role
from duban.entrypoints.web.asked import Asked, case_cell, due_cells, headings
from duban.entrypoints.web.pictures import BURN_DOWN, CALENDAR, pictured
from duban.entrypoints.web.tables import Cell, Counter, Overview, Table, number
from projections import board, commitments, deputies, inbox, key_topics
from projections.board import Filter


async def to_do(asked: Asked) -> Overview:
    """What the reader has to do now, the most urgent first."""
    words, counters, rows = asked.words, list[Counter](), list[list[Cell]]()
    wanted = asked.query.get("task") or None
    for audience, who in inboxes_of(asked.viewer):
        own = await inbox.page(asked.connection, audience, who, now=asked.now, task=wanted, as_of=asked.as_of)
        for line in own.counts:
            name = words.name("task", line["task"])
            href = asked.link("/todo", task=line["task"])
            counters.append(Counter(line["tasks"], name, href, bool(line["overdue"]), line["task"] == wanted))
        for line in own.tasks:
            due, left = due_cells(line["due_at"], asked)
            about = Cell(words.unit(line["about"]) if line["about"] else "")
            title = Cell(line["title"] or words.text("(no title given)"))
            rows.append(
                [
                    case_cell(line["ref"], asked),
                    title,
                    Cell(words.name("task", line["task"])),
                    about,
                    due,
                    left,
                ]
            )
    columns = headings(words, "ref", "title", "task", "about", "due", "left")
    empty = words.text(
        "Nothing is waiting for you. What is assigned to you, or asked of you, will stand here."
    )
    table = Table(words.text("To do, the most urgent first"), columns, rows, empty)
    to_rate = await _to_rate(asked)
    shown, figures = await pictured(asked, CALENDAR)
    page = asked.page(words.text("To do"), [table, *to_rate, *figures], counters)
    return replace(page, pictures=shown)


async def _to_rate(asked: Asked) -> list[Table]:
    """Answers that those who made the suggestions may rate, whether or not the rules set a term for it."""
    viewer, words = asked.viewer, asked.words
    if not viewer.roles & {Role.DEPUTY, Role.DELEGATION_STAFF}:
        return []
    of_deputy = {"lead_deputy": viewer.deputy} if viewer.deputy else {"delegation": viewer.delegation}
    answered = Filter(congress=viewer.congress, stage=Stage.ANSWERED, **of_deputy)
    found = await board.find(asked.connection, answered, now=asked.now, as_of=asked.as_of)
    rows = [[case_cell(line["ref"], asked), Cell(line["title"] or words.text("(no title given)")),
             Cell(words.unit(line["lead_unit"]))] for line in found]  # fmt: skip
    columns = headings(words, "ref", "title", "unit")
    empty = words.text("No answer waits for a rating.")
    return [Table(words.text("Answers that may be rated"), columns, rows, empty)]


async def promises(asked: Asked) -> Overview:
    """The ledger of commitments: its figures by year, then the promises themselves."""
    words, standing, year = asked.words, asked.query.get("standing"), asked.query.get("year", "")
    chosen = commitments.Standing(standing) if standing in list(commitments.Standing) else None
    ledger = await commitments.ledger(asked.connection, now=asked.now, as_of=asked.as_of)
    found = await commitments.find(
        asked.connection,
        now=asked.now,
        as_of=asked.as_of,
        standing=chosen,
        year=int(year) if year.isdigit() and len(year) == len("2024") else None,
    )
    rows = [_promise(line, asked) for line in found]
    columns = headings(words, "ref", "promise", "owner", "standing", "due", "left")
    empty = words.text("No promise stands so.")
    promised = Table(words.text("Promises, the most urgent first"), columns, rows, empty)
    totals = [
        Counter(
            sum(line[_column(one)] for line in ledger),
            words.name("standing", one.value),
            asked.link("/commitments", standing=one.value),
            one is commitments.Standing.OVERDUE,
            one is chosen,
        )
        for one in commitments.Standing
    ]
    shown, figures = await pictured(asked, BURN_DOWN)
    tables = [promised, _by_year(ledger, asked), *figures]
    return replace(asked.page(words.text("Commitments"), tables, totals), pictures=shown)


def _promise(line: dict[str, Any], asked: Asked) -> list[Cell]:
    return [
        case_cell(line["ref"], asked),
        Cell(line["promise"]),
        Cell(asked.words.unit(line["owner"])),
        Cell(asked.words.name("promise", line["state"])),
        *_due_of(line, asked),
    ]


def _due_of(line: dict[str, Any], asked: Asked) -> tuple[Cell, Cell]:
    """By when it was promised; no days are left of one that is settled."""
    due, left = due_cells(line["due_at"], asked)
    return (due, left) if line["state"] == "open" else (due, Cell("—", kind="number"))


def _by_year(ledger: list[dict[str, Any]], asked: Asked) -> Table:
    words = asked.words
    rows = [
        [
            Cell(str(line["made_year"] or "—"), asked.link("/commitments", year=line["made_year"])),
            number(line["made"]),
            *(_of_year(line, one, asked) for one in commitments.Standing),
        ]
        for line in ledger
    ]
    names = [words.name("standing", one.value) for one in commitments.Standing]
    columns = [words.text("year"), words.text("made"), *names]
    empty = words.text("No promise has been made yet; an answer that plans something makes one.")
    return Table(words.text("By the year of the promise"), columns, rows, empty)


def _of_year(line: dict[str, Any], standing: commitments.Standing, asked: Asked) -> Cell:
    href = asked.link("/commitments", year=line["made_year"], standing=standing.value)
    return number(line[_column(standing)], href, late=standing is commitments.Standing.OVERDUE)


def _column(standing: commitments.Standing) -> str:
    return standing.name.lower()


async def topics(asked: Asked) -> Overview:
    """Key topics, with their committee, their cases and what comes next."""
    words = asked.words
    found = await key_topics.find(asked.connection, as_of=asked.as_of)
    rows = [
        [
            Cell(f"{line['congress']}/{line['topic_id']}"),
            Cell(line["title"]),
            number(line["year"]),
            Cell(line["committee"] or "—"),
            number(len(line["case_ids"]), asked.link("/", key_topic=line["topic_id"])),
            Cell(words.name("topic-task", line["task"] or "done")),
        ]
        for line in found
    ]
    columns = headings(words, "topic", "title", "year", "committee", "cases", "next")
    empty = words.text("No key topic has been chosen; `duban topic choose` chooses one.")
    return asked.page(words.text("Key topics"), [Table(words.text("Key topics"), columns, rows, empty)])


async def deputy(asked: Asked) -> Overview:
    """One deputy's record of performance: the figures, and the suggestions that they count."""
    words, name = asked.words, asked.query.get("name", "") or asked.viewer.deputy or ""
    found = await deputies.record(asked.connection, name, congress=asked.viewer.congress, as_of=asked.as_of)
    figures = [[Cell(words.name("record", k)), number(v)] for k, v in found.items() if isinstance(v, int)]
    cases = [
        [
            case_cell(line["ref"], asked),
            Cell(line["title"] or ""),
            Cell(words.stage(line["stage"]) if line["stage"] else "—"),
        ]
        for line in found["cases"]
    ]
    tables = [
        Table(
            words.text("Figures"),
            [words.text("what"), words.text("number")],
            figures,
            words.text("Nothing is recorded."),
        ),
        Table(
            words.text("Suggestions"),
            headings(words, "ref", "title", "stage"),
            cases,
            words.text("No suggestion bears this name."),
        ),
    ]
    return asked.page(words.text("Record of {deputy}", deputy=name), tables)
