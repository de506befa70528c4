from pathlib import Path

import asyncpg
import pytest

from domain.suggestion.assignment import Assign
from domain.vocabulary import Role
from tests.conferences import checked, csv_bytes, registered
from tests.domain.cases import MARA, MOF, NDRC, on
from tests.engine import people, with_npc

pytestmark = pytest.mark.postgres

Pool = asyncpg.Pool


async def test_a_good_sheet_becomes_proposals_in_its_order(pool: Pool, tmp_path: Path) -> None:
    engine = await with_npc(pool)
    await registered(engine, [1, 2, 3])
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(
        csv_bytes(
            [
                ("2", MARA, f"{NDRC}、{MOF}", "", "", "国务院"),
                ("npc/14-2/1", "", "", f"{NDRC};{MOF}", MARA, ""),
                ("第3号", MARA, "", "", "", ""),
            ]
        )
    )

    found = await checked(engine, sheet)

    assert found.faults == ()
    first, second, third = found.proposals
    assert (first.ref, first.to, first.row) == ("npc/14-2/2", "国务院", 2)
    assert [(p.unit, p.role) for p in first.parts] == [
        (MARA, Role.LEAD), (NDRC, Role.CO_HANDLING), (MOF, Role.CO_HANDLING),
    ]  # fmt: skip
    assert (second.ref, second.to) == ("npc/14-2/1", NDRC)
    assert third.ref == "npc/14-2/3"


async def test_every_fault_is_named_with_its_row_and_column(pool: Pool, tmp_path: Path) -> None:
    engine = await with_npc(pool)
    await registered(engine, [1, 2, 3, 4, 5])
    await engine.commands.handle("npc/14-2/5", people(), Assign(to="国务院", at=on("2024-04-01")))
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(
        csv_bytes(
            [
                ("1", "农业农村厅", "", "", "", ""),
                ("2", "", NDRC, "", "", ""),
                ("2", MARA, "", "", "", ""),
                ("404", MARA, "不存在的单位", "", "", ""),
                ("", MARA, "", "", "", ""),
                ("3", MARA, MARA, "", "", ""),
                ("4", MARA, "", NDRC, "", ""),
                ("5", MARA, "", "", "", ""),
                ("npc/14-3/1", "长" * 301, "", "", "", "系" * 301),
            ]
        )
    )
    head = await engine.log.head()

    found = await checked(engine, sheet)

    assert [(f.row, f.column, type(f.refusal).__name__) for f in found.faults] == [
        (2, "主办", "UnknownUnitNearOthers"),
        (3, "主办", "NobodyOwesAReply"),
        (4, "编号", "NumberTwice"),
        (5, "会办", "UnknownUnit"),
        (5, "编号", "NoSuchCase"),
        (6, "编号", "NumberMissing"),
        (7, "主办", "AlreadyHasRole"),
        (8, "主办", "LeadAlreadyNamed"),
        (9, "编号", "AlreadyAssigned"),
        (10, "编号", "OfAnotherSession"),
        (10, "主办", "NameTooLong"),
    ]
    assert "农业农村部" in str(found.faults[0].refusal)
    assert await engine.log.head() == head


async def test_a_sheet_of_twenty_thousand_faulty_rows_is_reported_whole(pool: Pool, tmp_path: Path) -> None:
    engine = await with_npc(pool)
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(csv_bytes([(str(n), f"没有的单位{n}", "", "", "", "") for n in range(20_000)]))

    found = await checked(engine, sheet)

    assert found.proposals == ()
    assert len(found.faults) == 40_000  # each row: no such case, no such unit
    assert (found.faults[-1].row, {fault.column for fault in found.faults}) == (20_001, {"编号", "主办"})
