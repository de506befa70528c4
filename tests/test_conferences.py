from pathlib import Path
from typing import Any

import asyncpg
import pytest

from domain.conference import PORTION, ConferenceStatus
from domain.conference_acts import (
    NoSuchConference,
    PauseConference,
    ResumeConference,
    RetryConference,
    StartConference,
)
from domain.suggestion.assignment import Assign
from domain.vocabulary import Role
from duban.commands import Actor, NotYetHappened
from duban.conferences.conferences import Conferences
from duban.conferences.preview import names, preview
from duban.letters.assignment import write_letters
from tests.conferences import assignments, conferences_on, led_by, prepared, registered
from tests.domain.cases import MARA, MOF, NDRC, on
from tests.engine import people, with_npc

pytestmark = pytest.mark.postgres

Pool = asyncpg.Pool
START = StartConference(at=on("2024-04-02"))


async def _to_the_end(conferences: Conferences, name: str) -> None:
    while (await conferences.assigning(name).portion()).status is ConferenceStatus.RUNNING:
        pass


async def test_a_conference_assigns_each_case_once_at_one_instant(pool: Pool, tmp_path: Path) -> None:
    engine = await with_npc(pool)
    numbers = range(PORTION + 20)
    await registered(engine, numbers)
    conferences = conferences_on(engine.log)
    conference = await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, numbers))
    again = await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, numbers))
    assert again == conference
    assert (await conferences.assigning(conference.name).portion()).pending == len(numbers)  # not started

    for _ in range(2):
        await conferences.handle(conference.name, START, Actor.of("王主任"))
        await _to_the_end(conferences, conference.name)

    assert set((await assignments(engine.log, conference)).values()) == {1}
    (recorded,) = [
        r for r in await engine.log.read_stream("case/npc/case-7") if r.type == "suggestion.assigned"
    ]
    assert (recorded.actor, recorded.body.occurred_at) == ("王主任", START.at)
    finished = await conferences.conference(conference.name)
    assert (finished.status, len(finished.assigned)) == (ConferenceStatus.FINISHED, len(numbers))


async def test_cut_off_between_the_cases_and_their_count_it_goes_on_without_a_second_assignment(
    pool: Pool, tmp_path: Path
) -> None:
    engine = await with_npc(pool)
    await registered(engine, range(8))
    conference = await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, range(8)))
    conferences = conferences_on(engine.log)
    await conferences.handle(conference.name, START, people())

    class Cut(Exception):
        pass

    class CutOff:
        """The log, but the process dies before it counts."""

        def __getattr__(self, name: str) -> Any:
            return getattr(engine.log, name)

        async def append(self, append: object) -> None:
            raise Cut

    with pytest.raises(Cut):
        await conferences_on(CutOff()).assigning(conference.name).portion()
    assert (await conferences.conference(conference.name)).pending == 8
    await _to_the_end(conferences, conference.name)

    assert set((await assignments(engine.log, conference)).values()) == {1}
    assert len((await conferences.conference(conference.name)).assigned) == 8


async def test_a_refused_case_does_not_hold_up_the_others_and_is_tried_again(
    pool: Pool, tmp_path: Path
) -> None:
    engine = await with_npc(pool)
    await registered(engine, range(3))
    conference = await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, range(3)))
    await engine.commands.handle("npc/14-2/1", people(), Assign(to="省政府", at=on("2024-04-01")))
    conferences = conferences_on(engine.log)

    await conferences.handle(conference.name, START, people())
    await _to_the_end(conferences, conference.name)
    finished = await conferences.conference(conference.name)
    assert len(finished.assigned) == 2
    (refused,) = finished.refused
    assert (refused.ref, refused.refusal) == ("npc/14-2/1", "AlreadyAssigned")
    assert "省政府" in refused.reason

    await conferences.handle(conference.name, RetryConference(at=START.at), people())
    await _to_the_end(conferences, conference.name)
    assert [case.ref for case in (await conferences.conference(conference.name)).refused] == ["npc/14-2/1"]


async def test_paused_it_assigns_nothing(pool: Pool, tmp_path: Path) -> None:
    engine = await with_npc(pool)
    await registered(engine, range(3))
    conferences = conferences_on(engine.log)
    name = (await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, range(3)))).name
    await conferences.handle(name, START, people())
    await conferences.handle(name, PauseConference(reason="核对", at=START.at), people())

    assert (await conferences.assigning(name).portion()).pending == 3
    await conferences.handle(name, ResumeConference(at=START.at), people())
    assert (await conferences.assigning(name).portion()).pending == 0


async def test_a_start_in_the_future_and_an_unknown_name_are_refused(pool: Pool, tmp_path: Path) -> None:
    engine = await with_npc(pool)
    await registered(engine, range(1))
    conferences = conferences_on(engine.log)
    name = (await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, range(1)))).name

    with pytest.raises(NotYetHappened):
        await conferences.handle(name, StartConference(at=on("2199-01-01")), people())
    for wrong in ("npc/14-2-00000000", "npc", "a/b/c", "\x00/x"):
        with pytest.raises(NoSuchConference):
            await conferences.conference(wrong)


async def test_the_preview_shows_loads_and_what_the_sheet_leaves_out(pool: Pool, tmp_path: Path) -> None:
    engine = await with_npc(pool)
    await registered(engine, range(5))
    rows = [("0", MARA, NDRC, "", "", ""), ("1", MARA, "", "", "", ""), ("2", NDRC, "", "", "", "")]
    conference = await prepared(engine, tmp_path / "sheet.csv", rows)

    seen = await preview(engine.log, pool, conference, await engine.commands.congress("npc"))

    assert {load.unit: load.by_role for load in seen.loads} == {
        MARA: {Role.LEAD: 2},
        NDRC: {Role.LEAD: 1, Role.CO_HANDLING: 1},
    }
    assert seen.units_without_a_case == (MOF,)
    assert seen.not_on_the_sheet == ("npc/14-2/3", "npc/14-2/4")
    assert seen.same_title == (("npc/14-2/0", "npc/14-2/1", "npc/14-2/2"),)
    assert await names(pool, "npc") == [conference.name]


async def test_each_lead_deputy_gets_one_letter_in_both_languages(pool: Pool, tmp_path: Path) -> None:
    engine = await with_npc(pool)
    await registered(engine, range(2), lead_deputy="张三", delegation="甘肃")
    await registered(engine, [2], lead_deputy="<b>李四</b>")
    await registered(engine, [3], lead_deputy=None)
    conferences = conferences_on(engine.log)
    conference = await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, range(4)))
    await conferences.handle(conference.name, START, people())
    await _to_the_end(conferences, conference.name)

    written = await write_letters(
        engine.log, await conferences.conference(conference.name), tmp_path / "letters"
    )

    assert (written.letters, written.without_deputy) == (2, ["npc/14-2/3"])
    letter = (tmp_path / "letters/zh/张三-甘肃.html").read_text("utf-8")
    assert letter.count(MARA) == 2
    assert "2024-07-02" in letter
    assert "主办" in letter
    assert "Answer due by" in (tmp_path / "letters/en/张三-甘肃.html").read_text("utf-8")
    (other,) = [file for file in (tmp_path / "letters/zh").iterdir() if "李四" in file.name]
    assert "&lt;b&gt;" in other.read_text("utf-8")
