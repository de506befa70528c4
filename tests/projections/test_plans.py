"""The plans of the queries that people wait for: they walk the index that was made for them."""

import asyncpg
import pytest

from projections.asof import held

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool
ROWS = """
    insert into p_inbox_v1 (case_id, audience, who, task, about, congress, ref, from_position, to_position)
    select 'c' || n / 10, 'unit', 'u' || n % 50, 'answer', n::text, 'npc', 'r', n, case when n % 10 < 9 then n + 9 end
    from generate_series(1, 20000) n
"""


async def test_present_and_past_are_each_found_through_their_index(pool: Pool, database: str) -> None:
    owner = await asyncpg.connect(database)
    await owner.execute(ROWS)
    await owner.execute("vacuum analyze p_inbox_v1")
    await owner.close()

    async def plan(condition: str) -> str:
        rows = await pool.fetch(f"explain select * from p_inbox_v1 where {condition}")
        return "\n".join(row[0] for row in rows)

    now = await plan(f"{held(None)} and audience = 'unit' and who = 'u7'")
    then = await plan(held(1).replace("$1", "5000"))

    assert "p_inbox_v1_audience_who_due_at_idx" in now
    assert "p_inbox_v1_int8range_idx" in then
