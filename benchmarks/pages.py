"""The pages people open first, over HTTP as the server answers it: how long they take and how much they weigh."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from statistics import quantiles
from time import perf_counter
from typing import Final
from urllib.parse import quote

import httpx2
from fastapi import FastAPI

from benchmarks.harness import Row, Sample
from benchmarks.histories import COMMITTEE, UNITS
from benchmarks.term import Term
from duban.access.viewer import Role
from duban.accounts.gate import GateSettings
from duban.accounts.model import Account
from duban.bootstrap import now
from duban.entrypoints.web.app import FRAGMENT, create_app
from duban.entrypoints.web.identity import SESSION_COOKIE

FIRST_PAGE, STEP = 100, 50  # milliseconds, p95
WEIGHT = 200_000  # bytes of a case page
UNLIMITED = "1000000/minute"
UNIT = UNITS[7]
PASSWORD = "a long password for the bench"
PEOPLE: Final = (
    None,  # the public
    Account("commission", frozenset({Role.AFFAIRS_COMMISSION}), "npc"),
    Account("handler", frozenset({Role.UNIT_HANDLER}), "npc", unit=UNIT),
    Account("committee", frozenset({Role.SUPERVISING_COMMITTEE}), "npc", committee=COMMITTEE),
    Account("deputy", frozenset({Role.DEPUTY}), "npc", deputy="代表0123"),
)


async def pages(term: Term, chance: Random, times: int) -> list[Row]:
    """The first page of everybody, the unit page, case pages and steps of replays."""
    app = create_app(term.ready, now, GateSettings(rate=UNLIMITED))
    rows = []
    for account in PEOPLE:
        async with _signed_in(app, account) as client:
            rows.append(await _first(client, account.name if account else "the public", times))
            if account is not None and account.name == "commission":
                rows += await _of_cases(client, term, chance, times)
    return rows


async def _first(client: httpx2.AsyncClient, name: str, times: int) -> Row:
    page = await _timed(client, ["/"] * times)
    goals = [(f"p95 under {FIRST_PAGE} ms", page.p95, page.p95 < FIRST_PAGE)]
    return Row(f"first page of {name}, p95", "ms", Sample([page.p95]), page.weights, goals)


async def _of_cases(client: httpx2.AsyncClient, term: Term, chance: Random, times: int) -> list[Row]:
    refs = [quote(ref) for ref in chance.sample(list(term.refs), times)]
    unit = await _timed(client, [f"/unit?name={quote(UNIT)}"] * times)
    case = await _timed(client, [f"/case/{ref}" for ref in refs])
    steps = [f"/case/{ref}/replay?step={chance.randint(1, 15)}" for ref in refs]
    step = await _timed(client, steps, {FRAGMENT: "1"})
    heaviest = max(case.sizes)
    return [
        Row("unit page of the commission over HTTP, p95", "ms", Sample([unit.p95]), unit.weights,
            [(f"p95 under {FIRST_PAGE} ms", unit.p95, unit.p95 < FIRST_PAGE)]),
        Row("case page, p95", "ms", Sample([case.p95]), case.weights,
            [(f"p95 under {FIRST_PAGE} ms", case.p95, case.p95 < FIRST_PAGE),
             (f"under {WEIGHT // 1000} kB", heaviest / 1000, heaviest < WEIGHT)]),
        Row("step of a replay, p95", "ms", Sample([step.p95]), step.weights,
            [(f"p95 under {STEP} ms", step.p95, step.p95 < STEP)]),
    ]  # fmt: skip


class _Timed:
    """Answers: how long they took in milliseconds, and their bytes."""

    def __init__(self, times: Sequence[float], sizes: Sequence[int]) -> None:
        self.p95 = quantiles(times, n=20)[-1]
        self.sizes = sizes
        self.weights = {"heaviest, kB": Sample([max(sizes) / 1000])}


async def _timed(
    client: httpx2.AsyncClient, addresses: Sequence[str], headers: dict[str, str] | None = None
) -> _Timed:
    times, sizes = [], []
    for number, address in enumerate((addresses[0], *addresses)):  # the first warms
        start = perf_counter()
        answer = await client.get(address, headers=headers or {})
        took = (perf_counter() - start) * 1000
        assert answer.status_code == 200, (address, answer.status_code)
        if number:
            times.append(took)
            sizes.append(len(answer.content))
    return _Timed(times, sizes)


@asynccontextmanager
async def _signed_in(app: FastAPI, account: Account | None) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8520") as client:
        if account is not None:
            await app.state.gate.accounts.add(account, PASSWORD, by="bench")
            session = await app.state.gate.sessions.open(account)
            client.cookies.set(SESSION_COOKIE, session.token)
        yield client
