"""A scripted season whose numbers are known beforehand, each with the list of its cases."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from domain.base import Refusal
from domain.suggestion.assignment import Assign
from domain.suggestion.commitments import Fulfil
from domain.suggestion.contacts import RecordContact
from domain.suggestion.feedback import GiveFeedback
from domain.suggestion.fulfilment import Fail
from domain.suggestion.promises import Promise
from domain.suggestion.service import Reclassify
from domain.suggestion.suggestion import SuggestionCommand
from domain.suggestion.supervision import PutUnder
from domain.vocabulary import Basis, ContactWay, Role, Satisfaction
from duban.reading import BeforeTheLog, moment_of
from projections import commitments, deputies, inbox, performance, statistics
from projections.base import Connection
from projections.board import Filter, find, stream
from projections.commitments import Standing
from projections.filters import Lateness, NotAFilter, NotAValue, filter_of
from projections.inbox import Audience
from projections.performance import NoSuchMeasure
from projections.statistics import Scope
from tests.domain.cases import MARA, MOF, NDRC, answer, on, part, submit
from tests.engine import Engine, people, with_npc

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool
NOW = datetime(2026, 1, 15, tzinfo=UTC)
LATE = "2024-08-20"  # after 2024-07-02, when every answer of the season was due


def ref(number: int) -> str:
    return f"npc/14-2/{number}"


def rated(unit: str, result: Satisfaction, attitude: Satisfaction) -> GiveFeedback:
    facts: dict[str, Any] = {"reasons": "未落实"} if result is Satisfaction.NOT_SATISFIED else {}
    return GiveFeedback(
        unit=unit, result=result, attitude=attitude, by="deputies", at=on("2024-08-25"), **facts
    )


def promising(unit: str, due: str, number: int) -> Any:
    promise = Promise(promise=f"第{number}项", due=on(due))
    return answer(unit, category="B", commitments=(promise,))


GOOD, FAIR, BAD = Satisfaction.SATISFIED, Satisfaction.BASICALLY, Satisfaction.NOT_SATISFIED
# Eight cases of MARA: 7 answered, 6 of them in time; 3 solved, 3 planned, 1 left for reference; 6 forms, 4 satisfied.
SEASON: dict[int, tuple[SuggestionCommand, ...]] = {
    1: (part(MARA), answer(MARA), rated(MARA, GOOD, GOOD)),
    2: (part(MARA), answer(MARA), rated(MARA, GOOD, GOOD)),
    3: (part(MARA), answer(MARA, at=LATE), rated(MARA, FAIR, GOOD)),
    4: (part(MARA), promising(MARA, "2024-12-31", 4), rated(MARA, GOOD, FAIR),
        Fulfil(commitment="c1", evidence="验收", at=on("2024-12-01"))),
    5: (part(MARA), promising(MARA, "2025-06-30", 5), rated(MARA, GOOD, GOOD),
        Fail(commitment="c1", reasons="资金未到位", signed_by="部长", at=on("2025-07-01"))),
    6: (part(MARA), promising(MARA, "2027-12-31", 6)),
    7: (part(MARA), answer(MARA, category="A"),
        Reclassify(unit=MARA, category="D", by="代表工作委员会", reason="复核", at=on("2024-07-10")),
        rated(MARA, BAD, GOOD)),
    8: (part(MARA), part(NDRC, Role.CO_HANDLING),
        RecordContact(unit=MARA, way=ContactWay.VISIT, official="张", at=on("2024-04-20")),
        PutUnder(topic="乡村振兴", committee="农业与农村委员会", at=on("2024-05-01"))),
    9: (part(MOF), answer(MOF)),
}  # fmt: skip


async def a_season(pool: Pool) -> Engine:
    engine = await with_npc(pool)
    for number, commands in SEASON.items():
        await engine.commands.submit(
            submit(
                case_id=f"{number:08}-0000-7000-8000-000000000000", number=str(number), title=f"第{number}号建议",
                lead_deputy="黄代表" if number <= 3 else "马代表", delegation="甘肃代表团",
                in_session=number != 9, basis=(Basis.RESEARCH,) if number <= 4 else (), grass_roots=number == 1,
            ),
            people(),
        )  # fmt: skip
        assign = Assign(to="国务院", at=on("2024-04-02"))
        await engine.commands.handle(ref(number), people(), assign, *commands)
    await engine.projector.catch_up()
    return engine


async def test_the_numbers_of_a_season_come_out_each_with_its_cases(pool: Pool) -> None:
    await a_season(pool)
    async with pool.acquire() as connection:
        await _rates_come_out(connection)
        await _tables_come_out(connection)
        await _promises_come_out(connection)
        await _people_find_their_work(connection)


async def _rates_come_out(connection: Connection) -> None:
    (mara,) = await performance.units(connection, now=NOW, unit=MARA)
    assert (mara["parts"], mara["lead"], mara["owing"], mara["overdue"]) == (8, 8, 2, 1)
    expected = {
        "replied": (6, 8),  # the unhappy deputies of case 7 have a second reply coming
        "on_time": (6, 7),
        "solved_or_planned": (6, 7),
        "satisfied": (4, 6),
        "commitments_kept": (1, 2),  # one is not due yet
        "attitude_satisfied": (5, 6),
        "reclassified": (1, 7),
        "contacted": (0, 7),
    }
    assert {name: (r.part, r.whole) for name, r in mara["rates"].items() if name in expected} == expected
    assert mara["rates"]["commitments_kept"].value is None  # two promises say nothing about a unit
    low, high = mara["rates"]["satisfied"].interval
    assert (round(low, 3), round(high, 3)) == (0.3, 0.903)

    async def behind(measure: str, *, part: bool = True) -> list[str]:
        return await performance.cases_of(connection, MARA, measure, now=NOW, part=part)

    assert await behind("on_time") == [ref(n) for n in (1, 2, 4, 5, 6, 7)]
    assert await behind("satisfied") == [ref(n) for n in (1, 2, 4, 5)]
    assert await behind("commitments_kept", part=False) == [ref(4), ref(5)]
    assert await behind("reclassified") == [ref(7)]
    (changed,) = await performance.categories_changed(connection, now=NOW)
    assert (changed["unit"], changed["before"], changed["after"], changed["cases"]) == (MARA, "A", "D", 1)
    with pytest.raises(NoSuchMeasure, match="on_time"):
        await behind("success")


async def _tables_come_out(connection: Connection) -> None:
    report = await statistics.report(connection, Scope(congress="npc", term=14), now=NOW)
    totals, replies = report["totals"], report["replies"]
    assert (totals["cases"], totals["between_sessions"], totals["under_key_supervision"]) == (9, 1, 1)
    assert (replies["replies_due"], replies["replies_given"], replies["replies_late"]) == (9, 7, 1)
    assert (replies["satisfied"], replies["basically_satisfied"], replies["not_satisfied"]) == (4, 1, 1)
    lines = {name: {row["value"]: row["cases"] for row in rows} for name, rows in report["tables"].items()}
    assert lines["by_system"] == {"国务院": 9}
    assert lines["by_unit"] == {MARA: 8, NDRC: 1, MOF: 1}
    assert lines["by_outcome"] == {"resolved": 4, "in_progress": 3, "reference": 1}
    assert lines["by_session"] == {True: 8, False: 1}
    assert lines["by_basis"] == {"research": 4}
    assert lines["by_delegation"] == {"甘肃代表团": 9}
    assert lines["by_key_topic"] == {"乡村振兴": 1}
    for rows in report["tables"].values():
        for row in rows:
            found = await find(connection, filter_of(row["filter"], ()), now=NOW)
            assert len({line["ref"] for line in found}) == row["cases"], row["filter"]


async def _promises_come_out(connection: Connection) -> None:
    (year,) = await commitments.ledger(connection, now=NOW, congress="npc")
    assert (year["made_year"], year["made"], year["kept"], year["failed"], year["open"]) == (2024, 3, 1, 1, 1)
    assert (year["kept_late"], year["overdue"], year["due"]) == (0, 0, 0)
    kept = await commitments.find(connection, now=NOW, standing=Standing.KEPT)
    assert [line["ref"] for line in kept] == [ref(4)]
    every = await commitments.find(connection, now=NOW)
    assert next(line["state"] for line in every) == "open"  # though others were due before
    later = datetime(2027, 12, 30, tzinfo=UTC)
    assert [c["ref"] for c in await commitments.find(connection, now=later, standing=Standing.DUE)] == [
        ref(6)
    ]


async def _people_find_their_work(connection: Connection) -> None:
    answers = await inbox.page(connection, Audience.UNIT, MARA, now=NOW, task="answer")
    assert [task["ref"] for task in answers.tasks] == [ref(8), ref(7)]
    signs = await inbox.page(connection, Audience.UNIT, NDRC, now=NOW, task="sign-for")
    assert [task["ref"] for task in signs.tasks] == [ref(8)]
    commission = await inbox.page(connection, Audience.COMMISSION, "npc", now=NOW)
    assert {task["task"] for task in commission.tasks} >= {"follow-up", "verify"}
    huang = await deputies.record(connection, "黄代表")
    assert (huang["led"], huang["replies_reached"], len(huang["cases"])) == (3, 3, 3)
    late = await find(connection, Filter(lateness=Lateness.ANSWERED_LATE), now=NOW)
    assert [line["ref"] for line in late] == [ref(3)]
    co = Filter(unit=NDRC, role="co-handling", key_topic="乡村振兴")
    assert [line["ref"] for line in await find(connection, co, now=NOW)] == [ref(8)]


async def test_an_inbox_counts_all_that_it_holds_now_and_at_any_past_position(pool: Pool) -> None:
    engine = await a_season(pool)
    head = await engine.log.head()
    counted = []
    async with pool.acquire() as connection:
        for as_of in (None, *range(1, head + 1, 3), head):
            page = await inbox.page(connection, Audience.UNIT, MARA, now=NOW, as_of=as_of)
            number = Counter(task["task"] for task in page.tasks)
            late = Counter(t["task"] for t in page.tasks if t["due_at"] is not None and t["due_at"] < NOW)
            told = [(one["task"], one["tasks"], one["overdue"]) for one in page.counts]
            assert told == [
                (task, n, late[task]) for task, n in sorted(number.items(), key=lambda i: (-i[1], i[0]))
            ]
            assert await inbox.find(connection, Audience.UNIT, MARA, as_of=as_of) == page.tasks
            asked = {"audience": Audience.UNIT, "who": MARA, "now": NOW, "as_of": as_of}
            of_one = await inbox.page(connection, **asked, task="answer", limit=1)
            assert of_one.counts == page.counts
            assert of_one.tasks == [task for task in page.tasks if task["task"] == "answer"][:1]
            counted.append(told)
        nobody = await inbox.page(connection, Audience.UNIT, "无此单位", now=NOW)
    assert counted[0] == counted[-1]
    assert len({tuple(told) for told in counted}) > 5
    assert (nobody.tasks, nobody.counts) == ([], [])


async def test_figures_of_a_past_position_are_those_that_were_known_then(pool: Pool) -> None:
    engine = await a_season(pool)
    head = await engine.log.head()
    async with pool.acquire() as connection:
        now = await performance.units(connection, now=NOW, unit=MARA)
        same = await performance.units(connection, now=NOW, unit=MARA, as_of=head)
        first = (await engine.log.read_stream("case/npc/00000001-0000-7000-8000-000000000000"))[-1].position
        then = await performance.units(connection, now=NOW, unit=MARA, as_of=first)
    assert now == same
    assert (then[0]["parts"], then[0]["rates"]["satisfied"].part) == (1, 1)


async def test_a_question_without_an_answer_says_why(pool: Pool) -> None:
    engine = await a_season(pool)
    with pytest.raises(BeforeTheLog):
        await moment_of(engine.log, "1999-01-01", NOW)
    with pytest.raises(Refusal, match="beyond the log"):
        await moment_of(engine.log, "99999999", NOW)
    with pytest.raises(NotAFilter, match="delegation"):
        filter_of({}, ["shoe-size=42"])
    for name, unfit, taken in (
        ("stage", "nonsense", "handling"), ("lateness", "", "overdue"), ("term", "-1", "9998"),
        ("year", "９" * 9, "9998"), ("late", "maybe", "false"), ("figure", "shoe-size", "concluded"),
    ):  # fmt: skip
        with pytest.raises(NotAValue, match=f"{name} does not take “{unfit}”.*{taken}"):
            filter_of({}, [f"{name}={unfit}"])
    async with pool.acquire() as connection, connection.transaction():
        nothing = filter_of({}, ["delegation=月球代表团"])
        assert await find(connection, nothing, now=NOW) == []
        streamed = [line["ref"] async for line in stream(connection, Filter(), now=NOW)]
    assert len(streamed) == 9
