"""Given, for conferences: a session's registered cases, and sheets that propose units for them."""

import asyncio
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from domain.conference import AssignmentConference
from domain.conference_acts import PrepareConference
from domain.law import Law
from duban.bootstrap import now
from duban.calendars import official
from duban.commands import Actor
from duban.conferences.conferences import Conferences, conference_id_of
from duban.conferences.sheet import Checked, SheetCheck, read_sheet
from duban.event_log.log import EventLog
from tests.domain.cases import on, submit
from tests.engine import Engine

HEADER = ("编号", "主办", "会办", "分别办理", "参阅", "系统")
Row = Sequence[str]


def conferences_on(log: Any) -> Conferences:
    return Conferences(log, Law(official()), now)


async def registered(engine: Engine, numbers: Iterable[int], **facts: Any) -> None:
    """Cases of npc/14-2, each with its own lead deputy unless said otherwise."""

    async def submitted(number: int) -> None:
        facts_of_it = {"case_id": f"case-{number}", "number": str(number), "lead_deputy": f"代表{number}"}
        await engine.commands.submit(submit(**(facts_of_it | facts)), Actor.of("people"))

    await asyncio.gather(*(submitted(number) for number in numbers))


def csv_bytes(rows: Iterable[Row], header: Row = HEADER, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def workbook(path: Path, rows: Iterable[Sequence[Any]]) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


async def checked(engine: Engine, path: Path) -> Checked:
    congress = await engine.commands.congress("npc")
    return await SheetCheck(engine.log, Law(official()), congress, 14, 2, now()).run(read_sheet(path))


def sheet_of(path: Path, rows: Iterable[Row]) -> Path:
    path.write_bytes(csv_bytes(rows))
    return path


async def prepared(engine: Engine, path: Path, rows: Iterable[Row]) -> AssignmentConference:
    """A conference made from these rows, every one of them good."""
    good = await checked(engine, sheet_of(path, rows))
    assert good.faults == ()
    conference_id, digest = conference_id_of(14, 2, good.proposals)
    command = PrepareConference(
        congress="npc", conference_id=conference_id, term=14, session=2, sheet=path.name, digest=digest,
        proposals=good.proposals, at=on("2024-04-01"),
    )  # fmt: skip
    return await conferences_on(engine.log).prepare(command, Actor.of("people"))


def led_by(unit: str, numbers: Iterable[int]) -> list[Row]:
    return [(str(number), unit, "", "", "", "") for number in numbers]


async def assignments(log: EventLog, conference: AssignmentConference) -> Mapping[str, int]:
    """How often each case of the conference was assigned."""
    names = [f"case/{conference.congress}/{p.case_id}" for p in conference.proposals]
    streams = await log.read_streams(names)
    return {
        name: sum(r.type == "suggestion.assigned" for r in recorded) for name, recorded in streams.items()
    }
