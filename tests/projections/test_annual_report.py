"""A scripted season and the next: every table, rate, promise and record is exactly what was counted by hand."""

from datetime import UTC, datetime
from random import Random
from typing import Any

import asyncpg
import pytest

from domain.congress import OpenCongress
from domain.key_topic_acts import ChooseTopic, NameCommittee
from domain.suggestion.acceptance import ConvertMotion, Merge
from domain.suggestion.assignment import Assign
from domain.suggestion.classification import Classify
from domain.suggestion.intake import Register
from domain.suggestion.publication import DecidePublication
from domain.suggestion.signatories import Withdraw
from domain.suggestion.supervision import Conclude, Inspect
from domain.vocabulary import Basis, Extent, Kind, Level, Part, Role
from duban.topics import Topics
from projections import commitments, deputies, key_topics, performance, statistics
from projections.board import find
from projections.commitments import Standing
from projections.filters import filter_of
from projections.rates import Rate
from projections.rebuild.checking import check
from projections.registry import PROJECTIONS
from projections.scope import Scope
from tests.domain.cases import MARA, MOF, NDRC, answer, on, part, submit
from tests.engine import Engine, people
from tests.projections.test_season import FAIR, GOOD, NOW, a_season, rated, ref

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool
GANSU, OFFICE = "甘肃代表团", "代表工作委员会"
EVERY = [1, 2, 3, 4, 5, 6, 7, 8, 9]

# Of session 2: value -> the cases, and how many are answered, solved, planned, answered late, overdue.
# 1-7 and 9 are answered; 1, 2, 3 and 9 solved; 4, 5 and 6 planned; 3 was late; 6 and 8 have a term that has passed.
ALL = (EVERY, 8, 4, 3, 1, 2)
OF_MARA = ([1, 2, 3, 4, 5, 6, 7, 8], 7, 3, 3, 1, 2)
SESSION_2: dict[str, dict[Any, Any]] = {
    "by_system": {"国务院": ALL},
    "by_unit": {MARA: OF_MARA, MOF: ([9], 1, 1, 0, 0, 0), NDRC: ([8], 0, 0, 0, 0, 1)},
    "by_lead_unit": {MARA: OF_MARA, MOF: ([9], 1, 1, 0, 0, 0)},
    "by_role": {"lead": ALL, "co-handling": ([8], 0, 0, 0, 0, 1)},
    "by_category": {
        "A": ([1, 2, 3, 9], 4, 4, 0, 1, 0),
        "B": ([4, 5, 6], 3, 0, 3, 0, 1),
        "D": ([7], 1, 0, 0, 0, 0),
    },
    "by_outcome": {
        "resolved": ([1, 2, 3, 9], 4, 4, 0, 1, 0),
        "in_progress": ([4, 5, 6], 3, 0, 3, 0, 1),
        "reference": ([7], 1, 0, 0, 0, 0),
    },
    "by_subject": {},
    "by_aspect": {},
    "by_key_topic": {"乡村振兴": ([8], 0, 0, 0, 0, 1)},
    "by_delegation": {GANSU: ALL},
    "by_session": {True: OF_MARA, False: ([9], 1, 1, 0, 0, 0)},
    "by_basis": {"research": ([1, 2, 3, 4], 4, 3, 1, 1, 0)},
    "by_kind": {"suggestion": ALL},
    "by_stage": {
        "rated": ([1, 2, 3, 4, 5], 5, 3, 2, 1, 0),
        "answered": ([6, 9], 2, 1, 1, 0, 1),
        "handling": ([7, 8], 1, 0, 0, 0, 1),
    },
    "by_level": {"national": ALL},
    "by_submitter": {False: ALL},
    "by_grass_roots": {False: ([2, 3, 4, 5, 6, 7, 8, 9], 7, 3, 3, 1, 2), True: ([1], 1, 1, 0, 0, 0)},
    "by_first_term": {},
    "by_publication": {},
    "by_end_without_handling": {},
}
FIGURES_2: dict[str, list[int]] = {
    "cases": EVERY, "suggestions": EVERY, "motions": [], "former_motions": [], "between_sessions": [9],
    "by_delegation": [], "ended_without_handling": [], "merged": [], "under_key_supervision": [8], "concluded": [],
    "unclassified": EVERY, "replies_due": EVERY, "replies_given": [1, 2, 3, 4, 5, 6, 9], "replies_late": [3],
    "reclassified": [7], "satisfied": [1, 2, 4, 5], "basically_satisfied": [3], "not_satisfied": [7],
    "attitude_satisfied": [1, 2, 3, 5, 7], "attitude_rated": [1, 2, 3, 4, 5, 7], "not_returned": [],
    "replies_after_contact": [], "rehandlings": [7],
}  # fmt: skip
NAMED_2 = {"lead_deputies": (2, EVERY), "lead_units": (2, EVERY), "delegations": (0, [])}

# Of session 3: 10 is withdrawn by its delegation, 11 was a motion, 12 is answered by two units and concluded,
# 13 is merged into it. 12 and 13 are without a running term; 11 has none yet.
SESSION_3: dict[str, dict[Any, Any]] = {
    "by_system": {"国务院": ([12], 1, 1, 0, 0, 0)},
    "by_unit": {MARA: ([12], 1, 1, 0, 0, 0), NDRC: ([12], 1, 1, 0, 0, 0)},
    "by_lead_unit": {MARA: ([12], 1, 1, 0, 0, 0)},
    "by_role": {"separate": ([12], 1, 1, 0, 0, 0)},
    "by_category": {"A": ([12], 1, 1, 0, 0, 0)},
    "by_outcome": {"resolved": ([12], 1, 1, 0, 0, 0)},
    "by_subject": {"农业农村": ([12, 13], 1, 1, 0, 0, 0), "教育": ([11], 0, 0, 0, 0, 0)},
    "by_aspect": {"经济": ([12, 13], 1, 1, 0, 0, 0), "社会": ([11], 0, 0, 0, 0, 0)},
    "by_key_topic": {},
    "by_delegation": {GANSU: ([10], 0, 0, 0, 0, 0)},
    "by_session": {True: ([10, 11, 12, 13], 1, 1, 0, 0, 0)},
    "by_basis": {"inspection": ([12], 1, 1, 0, 0, 0), "visits": ([12], 1, 1, 0, 0, 0)},
    "by_kind": {"suggestion": ([10, 11, 12, 13], 1, 1, 0, 0, 0)},
    "by_stage": {
        "registered": ([11, 13], 0, 0, 0, 0, 0),
        "concluded": ([12], 1, 1, 0, 0, 0),
        "ended": ([10], 0, 0, 0, 0, 0),
    },
    "by_level": {"national": ([10, 11, 12, 13], 1, 1, 0, 0, 0)},
    "by_submitter": {False: ([11, 12, 13], 1, 1, 0, 0, 0), True: ([10], 0, 0, 0, 0, 0)},
    "by_grass_roots": {},
    "by_first_term": {True: ([11], 0, 0, 0, 0, 0)},
    "by_publication": {
        "content full": ([12], 1, 1, 0, 0, 0),
        "feedback withheld": ([12], 1, 1, 0, 0, 0),
        "reply summary": ([12], 1, 1, 0, 0, 0),
    },
    "by_end_without_handling": {"withdrawn": ([10], 0, 0, 0, 0, 0)},
}
FIGURES_3: dict[str, list[int]] = {
    "cases": [10, 11, 12, 13], "suggestions": [10, 11, 12, 13], "motions": [], "former_motions": [11],
    "between_sessions": [], "by_delegation": [10], "ended_without_handling": [10], "merged": [13],
    "under_key_supervision": [], "concluded": [12], "unclassified": [10], "replies_due": [12], "replies_given": [12],
    "replies_late": [], "reclassified": [], "satisfied": [12], "basically_satisfied": [12], "not_satisfied": [],
    "attitude_satisfied": [12], "attitude_rated": [12], "not_returned": [], "replies_after_contact": [],
    "rehandlings": [],
}  # fmt: skip
COUNTED_3 = {
    "replies_due": 2,
    "replies_given": 2,
    "attitude_satisfied": 2,
    "attitude_rated": 2,
}  # parts, not cases


def of_3(number: int) -> str:
    return f"npc/14-3/{number}"


async def next_session(engine: Engine) -> None:
    """Four cases of the third session."""

    async def hand_in(number: int, **facts: Any) -> None:
        case_id = f"{number:08}-0000-7000-8000-000000000000"
        known = {"number": str(number), "session": 3, "lead_deputy": "牛代表", "at": on("2025-03-08")}
        await engine.commands.submit(submit(case_id=case_id, **(known | facts)), people())

    await hand_in(10, by_delegation=True, delegation=GANSU, lead_deputy=None)
    await engine.commands.handle(of_3(10), people(), Withdraw(by=(GANSU,), at=on("2025-03-09")))
    await hand_in(11, kind=Kind.MOTION, first_term=True, subject="教育")
    made = await engine.commands.handle(
        "npc/14-3/motion-11", people(), ConvertMotion(decided_by="主席团", at=on("2025-03-12"))
    )
    await engine.commands.handle(made.case.ref, people(), Register(number="11", at=on("2025-03-13")))
    await hand_in(12, basis=(Basis.INSPECTION, Basis.VISITS))
    await hand_in(13, subject="04", lead_deputy="马代表")
    await engine.commands.merge(
        of_3(13), Merge(into=of_3(12), reason="同类事项", at=on("2025-03-20")), people()
    )
    publish: list[DecidePublication] = [
        DecidePublication(part=Part.CONTENT, extent=Extent.FULL, by=OFFICE, at=on("2025-07-05")),
        DecidePublication(
            part=Part.REPLY, extent=Extent.SUMMARY, reason="涉密", by=OFFICE, at=on("2025-07-05")
        ),
        DecidePublication(
            part=Part.FEEDBACK, extent=Extent.WITHHELD, reason="隐私", by=OFFICE, at=on("2025-07-05")
        ),
    ]
    await engine.commands.handle(
        of_3(12), people(),
        Classify(subject="教育", by=OFFICE, at=on("2025-03-20")),
        Classify(subject="农业农村", by=OFFICE, reason="主要涉及种业", at=on("2025-03-21")),
        Assign(to="国务院", at=on("2025-04-02")),
        part(MARA, Role.SEPARATE, at="2025-04-02"), part(NDRC, Role.SEPARATE, at="2025-04-02"),
        answer(MARA, at="2025-06-01"), answer(NDRC, at="2025-06-02"),
        rated(MARA, GOOD, GOOD).model_copy(update={"at": on("2025-06-20")}),
        rated(NDRC, FAIR, GOOD).model_copy(update={"at": on("2025-06-20")}),
        Inspect(by=OFFICE, finding="属实", at=on("2025-06-25")),
        Conclude(at=on("2025-07-01")), *publish,
    )  # fmt: skip
    await engine.projector.catch_up()


@pytest.fixture
async def engine(pool: Pool) -> Engine:
    engine = await a_season(pool)
    await next_session(engine)
    return engine


async def test_every_table_of_both_sessions_is_what_was_counted_each_line_with_its_cases(
    engine: Engine,
) -> None:
    for session, tables in ((2, SESSION_2), (3, SESSION_3)):
        found = await report(engine, Scope("npc", 14, session))

        assert found["tables"].keys() == tables.keys() == statistics.TABLES.keys()
        for name, lines in tables.items():
            figures = {row["value"]: counted(row) for row in found["tables"][name]}
            assert figures == {value: (len(cases), *more) for value, (cases, *more) in lines.items()}, name
            for row in found["tables"][name]:
                assert await listed(engine, row["filter"]) == refs(session, lines[row["value"]][0]), name


async def test_every_figure_above_the_tables_is_what_was_counted_with_its_cases(engine: Engine) -> None:
    for session, figures, parts in ((2, FIGURES_2, {}), (3, FIGURES_3, COUNTED_3)):
        found = await report(engine, Scope("npc", 14, session))
        said = {**found["totals"], **found["replies"]}

        assert {name: said[name] for name in figures} == {
            name: parts.get(name, len(cases)) for name, cases in figures.items()
        }
        for name, cases in figures.items():
            assert await listed(engine, found["filters"][name]) == refs(session, cases), name
    second = await report(engine, Scope("npc", 14, 2))
    for name, (number, cases) in NAMED_2.items():
        assert second["totals"][name] == number
        assert await listed(engine, second["filters"][name]) == refs(2, cases)
    assert {*second["filters"]} == {*FIGURES_2, *NAMED_2}


async def test_the_year_of_submission_parts_the_cases_as_the_sessions_do(engine: Engine) -> None:
    by_year, by_session = (
        await report(engine, Scope("npc", year=2025)),
        await report(engine, Scope("npc", session=3)),
    )

    for name in ("totals", "replies"):
        assert by_year[name] == by_session[name]
    assert await listed(engine, {"year": 2024}) == refs(2, EVERY)
    assert (await report(engine, Scope("npc", year=2023)))["totals"]["cases"] == 0
    assert (await report(engine, Scope("青岛")))["tables"]["by_kind"] == []


async def test_every_rate_of_a_unit_is_what_was_counted_with_its_cases_and_has_its_floor(
    engine: Engine,
) -> None:
    expected: dict[str, tuple[list[int], list[int]]] = {
        "replied": ([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 7, 8]),
        "on_time": ([1, 2, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7]),
        "solved_or_planned": ([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 7]),
        "satisfied": ([1, 2, 4, 5], [1, 2, 3, 4, 5, 7]),
        "commitments_kept": ([4], [4, 5]),
        "attitude_satisfied": ([1, 2, 3, 5, 7], [1, 2, 3, 4, 5, 7]),
        "solved": ([1, 2, 3], [1, 2, 3, 4, 5, 6, 7]),
        "contacted": ([], [1, 2, 3, 4, 5, 6, 7]),
        "forms_returned": ([1, 2, 3, 4, 5, 7], [1, 2, 3, 4, 5, 7]),
        "reclassified": ([7], [1, 2, 3, 4, 5, 6, 7]),
        "objected": ([], [1, 2, 3, 4, 5, 6, 7, 8]),
    }
    of_mof = {"replied": (1, 1), "on_time": (1, 1), "solved_or_planned": (1, 1), "satisfied": (0, 0),
              "commitments_kept": (0, 0), "attitude_satisfied": (0, 0), "solved": (1, 1), "contacted": (0, 1),
              "forms_returned": (0, 0), "reclassified": (0, 1), "objected": (0, 1)}  # fmt: skip
    async with engine.pool.acquire() as connection:
        units = await performance.units(connection, now=NOW, scope=Scope("npc", 14, 2))
        mara, mof, ndrc = (next(u for u in units if u["unit"] == unit) for unit in (MARA, MOF, NDRC))

        assert [unit["unit"] for unit in units] == sorted([MARA, MOF, NDRC])
        assert expected.keys() == performance.MEASURES.keys()
        for measure, (part_of, whole) in expected.items():
            assert mara["rates"][measure] == Rate(len(part_of), len(whole)), measure
            for cases, is_part in ((part_of, True), (whole, False)):
                behind = await performance.cases_of(connection, MARA, measure, now=NOW, part=is_part)
                assert [r for r in behind if r.startswith("npc/14-2/")] == refs(2, cases), measure
        assert {name: (rate.part, rate.whole) for name, rate in mof["rates"].items()} == of_mof
        assert all(rate.value is None and rate.interval is None for rate in mof["rates"].values())
        names = ("parts", "lead", "separate", "co_handling", "reference", "owing", "overdue")
        assert [mara[name] for name in names] == [8, 8, 0, 0, 0, 2, 1]
        assert [ndrc[name] for name in names] == [1, 0, 0, 1, 0, 0, 0]
        changed = await performance.categories_changed(connection, now=NOW, scope=Scope("npc", 14, 2))
        assert [dict(row) for row in changed] == [
            {"unit": MARA, "before": "A", "after": "D", "cases": 1, "refs": [ref(7)]}
        ]
        assert await performance.categories_changed(connection, now=NOW, scope=Scope(session=3)) == []


async def test_the_ledger_of_promises_is_what_was_counted_each_standing_with_its_cases(
    engine: Engine,
) -> None:
    standings: dict[Standing, list[int]] = {
        Standing.OPEN: [6], Standing.DUE: [], Standing.OVERDUE: [], Standing.KEPT: [4], Standing.KEPT_LATE: [],
        Standing.FAILED: [5], Standing.CARRIED_OVER: [],
    }  # fmt: skip
    async with engine.pool.acquire() as connection:
        (year,) = await commitments.ledger(connection, now=NOW, scope=Scope("npc", 14, 2))
        assert year == {
            "made_year": 2024, "made": 3, "open": 1, "due": 0, "overdue": 0, "kept": 1, "kept_late": 0, "failed": 1,
            "carried_over": 0, "verified": 0, "rated_satisfied": 0, "rated": 0,
        }  # fmt: skip
        assert {*standings} == {*Standing}
        for standing, cases in standings.items():
            found = await commitments.find(connection, now=NOW, standing=standing)
            assert [line["ref"] for line in found] == refs(2, cases), standing
        passed = await commitments.find(
            connection, now=datetime(2028, 1, 2, tzinfo=UTC), standing=Standing.OVERDUE
        )
        assert [line["ref"] for line in passed] == [ref(6)]
        assert await commitments.ledger(connection, now=NOW, scope=Scope("npc", session=3)) == []


async def test_the_records_of_deputies_are_what_was_counted_with_their_cases(engine: Engine) -> None:
    nothing = dict.fromkeys(
        ("led", "co_signed", "with_delegation", "asked_to_sign", "between_sessions", "former_motions",
         "ended_without_handling", "replies_reached", "ratings_given", "satisfied", "basically_satisfied",
         "not_satisfied"), 0
    )  # fmt: skip
    records: dict[str, tuple[dict[str, int], list[str]]] = {
        "黄代表": ({"led": 3, "replies_reached": 3}, refs(2, [1, 2, 3])),
        "马代表": (
            {"led": 7, "between_sessions": 1, "replies_reached": 5},
            sorted([*refs(2, [4, 5, 6, 7, 8, 9]), of_3(13)]),
        ),
        "牛代表": ({"led": 2, "former_motions": 1, "replies_reached": 2}, sorted([of_3(11), of_3(12)])),
        GANSU: ({"with_delegation": 1, "ended_without_handling": 1}, [of_3(10)]),
    }
    async with engine.pool.acquire() as connection:
        for deputy, (figures, cases) in records.items():
            found = await deputies.record(connection, deputy, congress="npc")
            assert {name: found[name] for name in nothing} == {**nothing, **figures}, deputy
            assert sorted(line["ref"] for line in found["cases"]) == cases


async def test_two_congresses_may_call_their_topics_by_one_id(engine: Engine) -> None:
    opened = OpenCongress(congress="青岛", place="青岛", level=Level.CITY, at=on("2024-01-02"))
    await engine.commands.open_congress(opened, people())
    topics = Topics(engine.log, engine.commands)
    for congress, title in (("npc", "种业振兴"), ("青岛", "海洋牧场")):
        facts = {
            "congress": congress,
            "topic_id": "2024-03",
            "title": title,
            "year": 2024,
            "approved_by": "主任会议",
        }
        await topics.choose(ChooseTopic.model_validate({**facts, "at": on("2024-04-01")}), people())
    named = NameCommittee(committee="农业与农村委员会", at=on("2024-04-02"))
    await topics.handle("npc", "2024-03", people(), named)
    await engine.projector.catch_up()

    async with engine.pool.acquire() as connection:
        found = await key_topics.find(connection)
    assert {(t["congress"], t["title"], t["committee"]) for t in found} == {
        ("npc", "种业振兴", "农业与农村委员会"), ("青岛", "海洋牧场", None),
    }  # fmt: skip
    async with engine.pool.acquire() as connection:
        for seed in range(20):  # the sample holds the topic of one congress, of both, or none
            assert (
                await check(connection, engine.log, PROJECTIONS, Random(seed), sample=2)
            ).differences == []


async def report(engine: Engine, scope: Scope) -> dict[str, Any]:
    async with engine.pool.acquire() as connection:
        return await statistics.report(connection, scope, now=NOW)


async def listed(engine: Engine, facts: dict[str, Any]) -> list[str]:
    """The references that the board lists for a filter, as it is written on the command line."""
    async with engine.pool.acquire() as connection:
        wanted = filter_of({}, [f"{name}={value}" for name, value in facts.items()])
        return sorted(line["ref"] for line in await find(connection, wanted, now=NOW))


def refs(session: int, cases: list[int]) -> list[str]:
    return sorted(f"npc/14-{session}/{number}" for number in cases)


def counted(row: dict[str, Any]) -> tuple[int, ...]:
    return tuple(row[name] for name in ("cases", "answered", "solved", "planned", "answered_late", "overdue"))
