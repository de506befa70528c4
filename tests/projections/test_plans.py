"""The plans of the queries that people wait for: they walk the index that was made for them."""

from datetime import UTC, datetime
from typing import Any, cast

import asyncpg
import pytest

from duban.access.seeing import Seen, seeing
from duban.access.viewer import PUBLIC
from projections import board
from projections.asof import rows
from projections.base import Connection
from projections.filters import Filter
from projections.history import Written
from projections.inbox import Inbox
from projections.writing import write

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool
NOW = datetime(2024, 6, 1, tzinfo=UTC)
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

    async def plan(as_of: int | None, condition: str) -> str:
        asked = f"select * from {rows('p_inbox_v1', as_of)} where {condition}".replace("$1", "5000")
        return "\n".join(row[0] for row in await pool.fetch(f"explain {asked}"))

    now = await plan(None, "audience = 'unit' and who = 'u7'")
    then = await plan(5000, "true")

    assert "p_inbox_v1_audience_who_due_at_idx" in now
    assert "p_inbox_v1_then" in then


LINES = """
    insert into p_case_board_v2 (case_id, congress, ref, kind, level, place, title, stage, jurisdiction, roles,
        next_due, provisional, answered_late, commitments_open, commitments_made, by_delegation, in_session, protected,
        from_position, to_position)
    select 'c' || n / 10, 'npc', 'r' || n, 'suggestion', 'national', '全国', repeat('议', 100), 'handling', 'national',
        '{}', '2024-01-01'::timestamptz + n * interval '1 minute', false, false, 0, 0, false, true, false,
        n, case when n % 10 < 9 then n + 1 end
    from generate_series(1, 20000) n
"""
SEEN = """
    insert into p_visibility_v1 (case_id, congress, units, signatories, by_delegation, key_topics, confidential,
        protected, published, replies_public, concluded, from_position)
    select 'c' || n, 'npc', '{}', '{}', false, '{}', false, false, n % 2 = 0, '{}', false, n
    from generate_series(0, 2000) n
"""


async def test_the_first_page_walks_the_order_in_which_it_is_shown_and_its_figures_need_no_table(
    pool: Pool, database: str
) -> None:
    owner = await asyncpg.connect(database)
    await owner.execute(LINES)
    await owner.execute(SEEN)
    await owner.execute("vacuum analyze p_case_board_v2")
    await owner.execute("vacuum analyze p_visibility_v1")
    await owner.close()
    told: list[str] = []

    class Explaining:
        """A connection that tells the plan of each statement first."""

        def __init__(self, connection: Connection) -> None:
            self._connection = connection

        async def fetch(self, query: str, *args: Any) -> list[Any]:
            told.append("\n".join(row[0] for row in await self._connection.fetch(f"explain {query}", *args)))
            return await self._connection.fetch(query, *args)

        async def fetchrow(self, query: str, *args: Any) -> Any:
            return (await self.fetch(query, *args))[0]

    async with seeing(pool, PUBLIC) as seen:
        assert isinstance(seen, Seen)
        await seen._connection.execute("set local enable_sort = off")  # it pays off with more lines than here
        seen._connection = cast(Connection, Explaining(seen._connection))
        assert len(await board.find(seen, Filter(), now=NOW, limit=50)) == 50
        assert (await board.counts(seen, now=NOW))["cases"] == 1000
        assert (await board.counts(seen, now=NOW, as_of=5000))["cases"] > 0
        assert len(await board.find(seen, Filter(), now=NOW, as_of=5000, limit=50)) == 50
        assert len((await board.page(seen, Filter(key_topic="t"), now=NOW, as_of=5000)).lines) == 0
    async with pool.acquire() as everything:
        explaining = cast(Connection, Explaining(cast(Connection, everything)))
        found = await board.page(explaining, Filter(congress="npc", stage="handling"), now=NOW)
        assert found.number == 2000

    lines, figures, then, past_lines, of_topic, of_stage = told
    assert "p_case_board_v2_urgent" in lines
    assert "Sort" not in lines
    assert "Index Only Scan using p_case_board_v2_now" in figures
    assert "Index Only Scan using p_case_board_v2_then" in then
    assert "Index Scan using p_case_board_v2_urgent" in past_lines
    assert "Index Only Scan using p_case_board_v2_then" in past_lines
    assert "p_case_board_v2_topics_then" in of_topic
    assert "Index Only Scan using p_case_board_v2_of_stage" in of_stage


async def test_a_line_that_ends_is_found_without_reading_the_inbox_in_which_it_stands(pool: Pool) -> None:
    lines = [
        (f"case {n}", "commission", "npc", "assign", "", "npc", f"npc/14-2/{n}", None, n, None)
        for n in range(2000)
    ]
    ended = [(5000, *line[:5]) for line in lines[:100]]
    async with pool.acquire() as connection, connection.transaction():  # nobody has analyzed the table yet
        tx = cast(Connection, connection)
        await write(tx, Inbox(), Written(holding=lines))
        await write(tx, Inbox(), Written(closes=ended))
        read = "select idx_tup_fetch from pg_stat_xact_user_tables where relname = 'p_inbox_v1'"
        assert await connection.fetchval(read) == len(ended)
        assert await connection.fetchval("select count(*) from p_inbox_v1 where to_position = 5000") == len(
            ended
        )
