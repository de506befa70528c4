import json

import pytest

from tests.domain.cases import MARA
from tests.engine import with_npc
from tests.entrypoints.command_line import done, duban
from tests.entrypoints.test_acts import Pool, submit

pytestmark = pytest.mark.postgres

CARRIED = "suggestion.commitment-carried-over"
END = ("congress", "end-term", "npc", "--term", "14", "--on", "2025-03-04")


async def promised(database: str, number: str) -> str:
    ref = await submit(database, "循环农业", "--number", number)
    await done(database, "assign", ref, "--lead", MARA, "--on", "2024-04-02")
    promise = ("--promise", "建成3个示范县", "--due", "2026-12-31")
    await done(database, "answer", ref, "--unit", MARA, "--category", "B", *promise, "--on", "2024-06-20")
    return ref


async def test_open_promises_of_a_term_go_over_into_the_next_and_once(pool: Pool, database: str) -> None:
    engine = await with_npc(pool)
    open_one, kept = await promised(database, "1"), await promised(database, "2")
    await done(database, "fulfil", kept, "--evidence", "验收报告", "--on", "2024-12-01")
    await submit(database, "没有承诺的一件", "--number", "3")

    ended, head = await done(database, *END), await engine.log.head()
    again = await done(database, *END)

    assert ended == {"congress": "npc", "term": 14, "cases": 1, "promises": 1}
    assert (again["promises"], await engine.log.head()) == (0, head)
    case = await done(database, "case", "show", open_one)
    assert case["stage"] == "answered"
    await engine.projector.catch_up()
    rows = json.loads((await duban(database, "audit", "query", "--type", CARRIED, "--json")).stdout)
    assert [row["ref"] for row in rows] == [open_one]


async def test_a_term_is_followed_by_a_later_one(pool: Pool, database: str) -> None:
    await with_npc(pool)

    refused = await duban(database, *END, "--successor", "13")

    assert refused.exit_code == 1
    assert "cannot follow" in refused.stderr
