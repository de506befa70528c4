import asyncpg
import pytest

pytestmark = pytest.mark.postgres


async def test_a_test_gets_a_database(database: str) -> None:
    connection = await asyncpg.connect(database)
    assert await connection.fetchval("select 1") == 1
    await connection.close()
