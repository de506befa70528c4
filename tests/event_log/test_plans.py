import json

import asyncpg
import pytest
import pytest_asyncio

from duban.event_log.bulk import append_bulk
from duban.event_log.reading import PAGES, of_all, of_stream, of_streams
from tests.event_log.given import CODEC, counted, noted, to

pytestmark = pytest.mark.postgres

TYPES = ["test.counted"]
CASES = {
    "stream": (of_stream("s7", 0, None), "event_log_stream_version"),
    "streams": (of_streams(["s7", "s9"], None), "event_log_stream_version"),
    "all": (of_all(10_000, 500, None, None), "event_log_pkey"),
    "shard": (of_all(10_000, 100, None, 5), "event_log_shard_position"),
    "types": (of_all(10_000, 100, TYPES, None), "event_log_type_position"),
    "types_and_shard": (of_all(10_000, 10, TYPES, 5), "event_log_"),
}


@pytest_asyncio.fixture(loop_scope="session")
async def grown(database: str) -> str:
    """20,000 events, one in a hundred of them of another type."""
    owner = await asyncpg.connect(database)
    appends = [to(f"s{n}", 0, counted(n) if n % 50 == 0 else noted(), noted()) for n in range(10_000)]
    await append_bulk(owner, appends, CODEC)
    await owner.execute("analyze event_log")
    await owner.close()
    return database


async def test_each_combination_of_filters_walks_an_index(grown: str) -> None:
    connection = await asyncpg.connect(grown)
    for mode in ("force_custom_plan", "force_generic_plan"):
        await connection.execute(f"set plan_cache_mode = {mode}")
        for name, ((query, arguments), index) in CASES.items():
            for statement in (query, *PAGES[query]):
                plan = json.loads(
                    await connection.fetchval(f"explain (analyze, format json) {statement}", *arguments)
                )
                text = json.dumps(plan)
                assert "Seq Scan" not in text, (mode, name)
                assert index in text, (mode, name)
                assert _rows_touched(plan[0]["Plan"]) < 4000, (mode, name)
    await connection.close()


@pytest.mark.parametrize("reading", [of_stream("s7", 0, 3000), of_streams(["s7", "s9"], 3000)])
async def test_a_stream_is_found_by_its_name_alone_while_the_planner_knows_nothing_of_the_log(
    database: str, reading: tuple[str, list[object]]
) -> None:
    query, arguments = reading
    connection = await asyncpg.connect(database)
    await append_bulk(connection, [to(f"s{n}", 0, noted()) for n in range(3000)], CODEC)
    await connection.execute("set plan_cache_mode = force_generic_plan")
    for statement in (query, *PAGES[query]):
        plan = await connection.fetchval(f"explain (format json) {statement}", *arguments)
        assert "event_log_stream_version" in plan
        assert "event_log_pkey" not in plan  # which would read every position up to the one that is asked for
    await connection.close()


def _rows_touched(node: dict[str, object]) -> float:
    """The most rows that any part of the plan looked at, the discarded ones included."""
    own = float(str(node["Actual Rows"])) * float(str(node["Actual Loops"]))
    own += float(str(node.get("Rows Removed by Filter", 0)))
    parts = node.get("Plans", [])
    assert isinstance(parts, list)
    return max([own, *map(_rows_touched, parts)])
