import pytest

from tests.domain.cases import MARA, MOF, NDRC
from tests.engine import with_npc
from tests.entrypoints.command_line import done, duban
from tests.entrypoints.test_acts import JOINT, Pool, submit

pytestmark = pytest.mark.postgres

NOTICE = (
    "--notice",
    "国办发明电〔2024〕9号",
    "--holiday",
    "2024-07-02=纪念日",
    "--workday",
    "2024-07-06=纪念日",
)


async def assigned(database: str) -> str:
    ref = await submit(database, "循环农业", "--number", "3973")
    await submit(database, "没有交办的一件", "--number", "3974")
    await done(database, "assign", ref, "--to", "国务院", "--lead", MARA, "--co", NDRC, "--on", "2024-04-02")
    return ref


async def test_a_late_holiday_is_shown_then_recorded_and_recorded_once(pool: Pool, database: str) -> None:
    engine = await with_npc(pool)
    ref = await assigned(database)
    head = await engine.log.head()

    shown = await done(database, "calendar", "amend", *NOTICE)
    assert (shown["confirmed"], shown["recorded"], await engine.log.head()) == (False, 0, head)
    assert shown["moves"] == [
        {
            "ref": ref, "rule": "answer", "about": MARA,
            "before": "2024-07-02", "after": "2024-07-03", "provisional": False,
        }
    ]  # fmt: skip
    confirmed = await done(database, "calendar", "amend", *NOTICE, "--confirm")
    again = await done(database, "calendar", "amend", *NOTICE, "--confirm")

    assert (confirmed["recorded"], again["recorded"]) == (1, 0)
    case = await done(database, "case", "show", JOINT)
    due = {
        c["about"]: c for c in case["clocks"] if c["rule"] == "answer" and c["status"] in ("open", "overdue")
    }
    assert due[MARA]["due_on"] == "2024-07-03"
    calendar = await done(database, "calendar", "show")
    assert calendar["version"].endswith("+国办发明电〔2024〕9号")
    later = await submit(database, "之后提出的一件", "--number", "3975")
    await done(database, "assign", later, "--lead", MOF, "--on", "2024-04-02")
    shown = (await done(database, "case", "show", later))["clocks"]
    assert {c["due_on"] for c in shown if (c["about"], c["rule"]) == (MOF, "answer")} == {"2024-07-03"}
    assert (await done(database, "calendar", "recount"))["moves"] == []


async def test_a_notice_that_contradicts_itself_moves_nothing(pool: Pool, database: str) -> None:
    engine = await with_npc(pool)
    await assigned(database)
    head = await engine.log.head()

    refused = await duban(
        database, "calendar", "amend", "--notice", "x", "--workday", "2024-07-02", "--confirm"
    )

    assert refused.exit_code == 1
    assert "is a weekday" in refused.stderr
    assert await engine.log.head() == head


async def test_moving_a_case_to_other_rules_can_be_seen_before_it_is_done(pool: Pool, database: str) -> None:
    engine = await with_npc(pool)
    ref = await assigned(database)
    head = await engine.log.head()
    to = ("--to", "npc@2025-03-11", "--reason", "代表法修改", "--on", "2025-04-01")

    shown = await done(database, "rules", "migrate", ref, *to, "--preview")
    assert (shown["positions"], await engine.log.head()) == ([], head)
    moved = await done(database, "rules", "migrate", ref, *to)

    assert shown["clocks"] == moved["clocks"]
    assert {clock["about"] for clock in moved["clocks"]} == {MARA}
    assert (await done(database, "case", "show", ref))["rules"] == "npc@2025-03-11"
    assert (await duban(database, "rules", "migrate", ref, *to)).exit_code == 1
    unknown = await duban(database, "rules", "migrate", ref, "--to", "npc@1999-01-01", "--reason", "x")
    assert unknown.exit_code == 1
    assert "npc@1999-01-01" in unknown.stderr
