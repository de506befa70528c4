"""What people wait for with one term in the log: board, unit page and named questions, now and as of any position.

Each line is the 95th hundredth of the times, over the same code that the web and the command line call.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from random import Random
from statistics import quantiles
from time import perf_counter
from typing import Final

from benchmarks.harness import Bench, Row, Sample, main
from benchmarks.histories import COMMITTEE, DELEGATIONS, UNITS
from benchmarks.pages import pages
from benchmarks.term import Term, a_term
from duban.access.seeing import seeing
from duban.access.viewer import ENGINE, PUBLIC, Role, Viewer
from duban.bootstrap import now
from projections import board, commitments, deputies, inbox, performance, questions, trail, unit_work
from projections.filters import Filter, Lateness
from projections.inbox import Audience
from projections.questions import QUESTIONS
from projections.trail import Wanted

TIMES = 40  # of each question, now and as of random positions
GOAL = 100  # milliseconds, p95
AS_OF = 2  # times as long as now, at most
PAGE = 50  # lines, as on the web
SHOWN = 1001  # rows: what the command line takes for its table
DAYS = {"recorded-late": 980}  # since the session, which the term's log recorded all at once

UNIT, LEAD = UNITS[7], "代表0123"
VIEWERS: Final[Mapping[str, Viewer]] = {
    "engine": ENGINE,
    "commission": Viewer("commission", frozenset({Role.AFFAIRS_COMMISSION}), "npc"),
    "unit staff": Viewer("handler", frozenset({Role.UNIT_HANDLER}), "npc", unit=UNIT),
    "coordinator": Viewer("coordinator", frozenset({Role.UNIT_COORDINATOR}), "npc", unit=UNIT),
    "committee": Viewer(
        "committee", frozenset({Role.SUPERVISING_COMMITTEE}), "npc", committee=COMMITTEE,
        fields=frozenset(UNITS[:10]),
    ),
    "deputy": Viewer("deputy", frozenset({Role.DEPUTY}), "npc", deputy=LEAD, delegation=DELEGATIONS[3]),
    "public": PUBLIC,
}  # fmt: skip
FILTERS: Final[Mapping[str, Filter]] = {
    "whole": Filter(),
    "by stage": Filter(congress="npc", stage="concluded"),
    "by unit": Filter(unit=UNIT),
    "by role of a unit": Filter(unit=UNIT, role="co-handling"),
    "late": Filter(late=True),
    "answered late": Filter(lateness=Lateness.ANSWERED_LATE),
    "by delegation and category": Filter(delegation=DELEGATIONS[3], category="B"),
    "by key topic": Filter(key_topic="2024-05"),
    "by text": Filter(text="第1234"),
}
Ask = Callable[[datetime, int | None], Awaitable[object]]


async def measure(bench: Bench) -> list[Row]:
    async with a_term(bench) as term:
        chance = Random(7)
        times = max(bench.amount(TIMES), 8)
        past = [chance.randint(term.head // 10, term.head) for _ in range(times)]
        rows = [await _row(name, ask, past) for name, ask in _asked(term).items()]
        return rows + await pages(term, chance, times)


def _asked(term: Term) -> dict[str, Ask]:
    asked: dict[str, Ask] = {}
    for name, wanted in FILTERS.items():
        asked[f"board, {name}"] = _board(term, VIEWERS["engine"], wanted)
    for name, viewer in VIEWERS.items():
        for which in ("whole", "by stage", "late"):
            asked[f"board, {which}, seen by {name}"] = _board(term, viewer, FILTERS[which])
    for name in ("engine", "unit staff", "committee", "public"):
        asked[f"unit page, seen by {name}"] = _unit(term, VIEWERS[name])
    asked["inbox of a unit"] = _inbox(term, VIEWERS["unit staff"], Audience.UNIT, UNIT)
    asked["inbox of the commission"] = _inbox(term, VIEWERS["commission"], Audience.COMMISSION, "npc")
    asked["record of a deputy"] = _deputy(term, VIEWERS["deputy"])
    asked["commitments, overdue"] = _commitments(term, VIEWERS["engine"])
    for name in QUESTIONS:
        asked[f"question {name}"] = _question(term, name, DAYS.get(name))
    asked["question recorded-late, of nearly every event"] = _question(term, "recorded-late", None)
    asked |= {f"trail by {name}": _trail(term, wanted) for name, wanted in _wanted(term).items()}
    return asked


def _board(term: Term, viewer: Viewer, wanted: Filter) -> Ask:
    async def ask(at: datetime, as_of: int | None) -> None:
        plan_once = as_of is not None and viewer.sees_all
        async with seeing(term.ready.pool, viewer, plan_once=plan_once) as seen:
            await board.page(seen, wanted, now=at, as_of=as_of, limit=PAGE)

    return ask


def _unit(term: Term, viewer: Viewer) -> Ask:
    async def ask(at: datetime, as_of: int | None) -> None:
        async with seeing(term.ready.pool, viewer, plan_once=as_of is not None) as seen:
            await performance.units(seen, now=at, as_of=as_of, unit=UNIT)
            await unit_work.find(seen, UNIT, now=at, as_of=as_of)

    return ask


def _inbox(term: Term, viewer: Viewer, audience: Audience, who: str) -> Ask:
    async def ask(at: datetime, as_of: int | None) -> None:
        async with seeing(term.ready.pool, viewer) as seen:
            await inbox.page(seen, audience, who, now=at, as_of=as_of)

    return ask


def _deputy(term: Term, viewer: Viewer) -> Ask:
    async def ask(at: datetime, as_of: int | None) -> None:
        async with seeing(term.ready.pool, viewer, plan_once=as_of is not None) as seen:
            await deputies.record(seen, LEAD, as_of=as_of)

    return ask


def _commitments(term: Term, viewer: Viewer) -> Ask:
    async def ask(at: datetime, as_of: int | None) -> None:
        async with seeing(term.ready.pool, viewer, plan_once=as_of is not None) as seen:
            await commitments.find(seen, now=at, as_of=as_of, standing=commitments.Standing.OVERDUE)

    return ask


def _question(term: Term, name: str, number: int | None) -> Ask:
    async def ask(at: datetime, as_of: int | None) -> None:
        async with term.ready.pool.acquire() as connection:
            found = questions.answers(
                connection, QUESTIONS[name], as_of=as_of or term.head, number=number, limit=SHOWN
            )
            async for _ in found:
                pass

    return ask


def _wanted(term: Term) -> dict[str, Wanted]:
    some = term.case_ids[len(term.case_ids) // 2]
    return {
        "case": Wanted(case_id=some),
        "unit": Wanted(unit=UNIT),
        "unit and type": Wanted(unit=UNIT, type="suggestion.answered"),
        "unit in a role": Wanted(unit=UNIT, role="lead"),
        "actor": Wanted(actor="auditor"),
        "type": Wanted(type="suggestion.reclassified"),
        "beginning of a type": Wanted(type="access."),
        "text in a title": Wanted(text="第12345"),
    }


def _trail(term: Term, wanted: Wanted) -> Ask:
    async def ask(at: datetime, as_of: int | None) -> None:
        async with term.ready.pool.acquire() as connection:
            async for _ in trail.rows(connection, replace(wanted, as_of=as_of or term.head), limit=SHOWN):
                pass

    return ask


async def _row(name: str, ask: Ask, past: list[int]) -> Row:
    for position in (None, past[0]):  # plans and caches
        await ask(now(), position)
    present = await _p95(ask, [None] * len(past))
    then = await _p95(ask, past)
    goals = [
        (f"p95 under {GOAL} ms", present, present < GOAL),
        (f"as of at most {AS_OF} x now", then / present, then <= AS_OF * present),
    ]
    return Row(f"{name}, p95", "ms", Sample([present]), {"as of": Sample([then])}, goals)


async def _p95(ask: Ask, positions: list[int] | list[None]) -> float:
    times = []
    for position in positions:
        start = perf_counter()
        await ask(now(), position)
        times.append((perf_counter() - start) * 1000)
    return quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main(measure)
