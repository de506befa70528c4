from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from icalendar import Calendar

from domain.suggestion import assignment, commitments, handling, publication, replies
from domain.suggestion.promises import Promise
from domain.vocabulary import Role
from duban.feeds.deadlines import unit_calendar
from duban.wording.wording import wording
from projections.clocks import owed_by
from tests.domain.cases import MARA, NDRC, on, submit
from tests.engine import Engine, people, with_npc
from tests.entrypoints.command_line import done, duban

pytestmark = pytest.mark.postgres

REF = "npc/14-2/3973"
Pool = asyncpg.Pool


async def entries(pool: Pool, engine: Engine, unit: str = MARA, lang: str = "zh") -> list[Any]:
    """A unit's calendar, as another program reads it."""
    await engine.projector.catch_up()
    async with pool.acquire() as connection:
        streams = await owed_by(connection, unit)
    made, number = await unit_calendar(engine.log, streams, unit, wording(lang), "https://duban.example.org")
    found: list[Any] = list(Calendar.from_ical(made).walk("VEVENT"))
    assert len(found) == number
    return found


async def assigned(engine: Engine, on_day: str = "2024-04-02", **facts: str) -> None:
    await engine.commands.submit(submit(**facts), people())
    await engine.commands.handle(
        REF, people(), assignment.Assign(to="国务院", at=on(on_day)),
        assignment.SubAssign(unit=MARA, role=Role.LEAD, at=on(on_day)),
        assignment.SubAssign(unit=NDRC, role=Role.CO_HANDLING, at=on(on_day)),
    )  # fmt: skip


@pytest.mark.parametrize(("lang", "said", "rule"), [("zh", "到期", "第四十二条"), ("en", "due", "art. 42")])
async def test_a_deadline_is_a_day_with_its_rule_and_article_in_the_readers_language(
    pool: Pool, lang: str, said: str, rule: str
) -> None:
    engine = await with_npc(pool)
    await assigned(engine)

    found = {str(one["CATEGORIES"].cats[0]): one for one in await entries(pool, engine, lang=lang)}

    answer = found[wording(lang).rule("answer")]
    assert (answer.start, answer.end) == (date(2024, 7, 2), date(2024, 7, 3))
    assert said in str(answer["SUMMARY"])
    assert REF in str(answer["SUMMARY"])
    assert "关于支持庆阳打造循环农业示范区的建议" in str(answer["SUMMARY"])
    assert rule in str(answer["DESCRIPTION"])
    assert "2024-07-02" in str(answer["DESCRIPTION"])
    assert (str(answer["STATUS"]), str(answer["URL"])) == (
        "CONFIRMED",
        f"https://duban.example.org/case/{REF}",
    )


async def test_a_deadline_that_moves_keeps_its_uid_and_one_that_has_ended_is_gone(pool: Pool) -> None:
    engine = await with_npc(pool)
    await assigned(engine)
    before = {str(one["UID"]): one for one in await entries(pool, engine)}
    again = {str(one["UID"]): one for one in await entries(pool, engine, lang="en")}

    await engine.commands.handle(
        REF, people(), handling.GrantExtension(unit=MARA, reason="涉及面广", at=on("2024-06-20"))
    )
    moved = {str(one["UID"]): one for one in await entries(pool, engine)}
    promise = Promise(promise="建成3个示范县", due=on("2026-12-31"))
    await engine.commands.handle(
        REF, people(), handling.GiveOpinion(unit=NDRC, at=on("2024-04-28")),
        replies.Answer(unit=MARA, category="B", served_on="deputies", at=on("2024-08-20"), commitments=(promise,)),
    )  # fmt: skip
    answered = {str(one["UID"]): one for one in await entries(pool, engine)}
    await engine.commands.handle(REF, people(), commitments.Fulfil(evidence="验收单", at=on("2026-05-01")))

    assert before.keys() == again.keys()
    (uid,) = [u for u, one in before.items() if one.start == date(2024, 7, 2)]
    assert moved[uid].start > date(2024, 7, 2)
    assert moved[uid]["SEQUENCE"] > before[uid]["SEQUENCE"]
    assert uid not in answered
    assert date(2026, 12, 31) in {one.start for one in answered.values()}
    assert date(2026, 12, 31) not in {one.start for one in await entries(pool, engine)}


async def test_a_day_beyond_the_published_calendar_says_that_it_is_provisional(pool: Pool) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(
        submit(at=on("2026-10-10"), number="77", case_id="0190b0a0-0000-7000-8000-000000000077"), people()
    )
    await engine.commands.handle(
        "npc/14-2/77", people(), assignment.Assign(to="国务院", at=on("2026-11-20")),
        assignment.SubAssign(unit=MARA, role=Role.LEAD, at=on("2026-11-20")),
    )  # fmt: skip
    found = [one for one in await entries(pool, engine) if str(one["STATUS"]) == "TENTATIVE"]

    rows = await pool.fetch(
        "select due_on from p_clocks_v1 where provisional and ended is null and about = $1", MARA
    )
    assert sorted(one.start for one in found) == sorted(row["due_on"] for row in rows)
    assert all("暂定" in str(one["SUMMARY"]) and "尚未公布" in str(one["DESCRIPTION"]) for one in found)


async def test_of_a_confidential_case_only_the_reference_is_told_and_hostile_words_stay_words(
    pool: Pool,
) -> None:
    engine = await with_npc(pool)
    await assigned(engine, title='甲;,\\nEND:VEVENT\\r\\nBEGIN:VALARM\u202e:"')
    open_ones = await entries(pool, engine)
    ask = publication.RequestConfidentiality(by="张代表", reason="涉密", at=on("2024-05-01"))
    await engine.commands.handle(REF, people(), ask)
    kept = await entries(pool, engine)

    assert all("甲;,\\nEND:VEVENT" in str(one["SUMMARY"]) for one in open_ones)
    assert not any(one.subcomponents for one in open_ones)
    assert {str(one["UID"]) for one in kept} == {str(one["UID"]) for one in open_ones}
    assert not any("甲" in one.to_ical().decode() for one in kept)
    assert {str(one["CLASS"]) for one in kept} == {"CONFIDENTIAL"}


async def test_the_command_writes_a_file_that_is_whole(pool: Pool, database: str, tmp_path: Path) -> None:
    engine = await with_npc(pool)
    await assigned(engine)
    await engine.projector.catch_up()
    file = tmp_path / "deadlines.ics"

    told = await done(database, "unit", "calendar", MARA, "--output", str(file), "--congress", "npc")
    strange = await duban(
        database, "unit", "calendar", "无此单位", "--congress", "npc", "--output", str(file)
    )
    nowhere = await duban(database, "unit", "calendar", MARA, "--output", str(tmp_path / "no" / "x.ics"))

    assert told["deadlines"] == len(list(Calendar.from_ical(file.read_bytes()).walk("VEVENT"))) > 0
    assert (strange.exit_code, nowhere.exit_code) == (1, 1)
    assert [one.name for one in tmp_path.iterdir()] == ["deadlines.ics"]
