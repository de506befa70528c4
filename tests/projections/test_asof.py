from random import Random
from typing import Final

import asyncpg
import pytest

from projections.asof import first_rows, held, held_in_parts, row_of, rows

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool

PLAIN: Final = "from_position <= $1 and (to_position is null or to_position > $1)"
SPANS: Final = "create temporary table span (number integer, from_position bigint, to_position bigint)"
LARGEST: Final = 1 << 40  # a length that has a cell of its own

Span = tuple[int, int | None]


def some_spans(chance: Random, head: int) -> list[Span]:
    """Of all lengths alike, at their cells' edges as anywhere; some have no end yet."""
    spans: list[Span] = [(1, None), (1, 2), (1, head), (head, None), (1, LARGEST), (LARGEST, 2 * LARGEST)]
    for _ in range(600):
        begins = chance.choice([chance.randint(1, head), chance.randrange(64, head, 64)])
        length = min(1 << chance.randint(0, 40), LARGEST - 1) + chance.randint(-1, 1)
        spans.append((begins, None if chance.random() < 0.2 else begins + max(length, 1)))
    return spans


@pytest.mark.parametrize(("seed", "head"), [(1, 300), (2, 1_000_000), (3, LARGEST)])
async def test_what_held_at_any_position_is_what_began_by_then_and_had_not_ended(
    pool: Pool, seed: int, head: int
) -> None:
    chance = Random(seed)
    spans = some_spans(chance, head)
    edges = [edge + near for span in chance.sample(spans, 40) for edge in span if edge for near in (-1, 0, 1)]
    positions = [0, 1, head, head + 1, 2 * LARGEST, *edges, *(chance.randint(0, head) for _ in range(20))]

    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(SPANS)
        await connection.copy_records_to_table("span", records=[(n, *span) for n, span in enumerate(spans)])

        async def numbers(sql: str, position: int) -> list[int]:
            return [row["number"] for row in await connection.fetch(sql, position)]

        async def found(condition: str, position: int) -> list[int]:
            return await numbers(f"select number from span s where {condition} order by 1", position)

        for position in positions:
            expected = await found(PLAIN, position)
            parts = [await found(part, position) for part in held_in_parts(position)]

            assert await found(held(position, "s"), position) == expected
            assert (
                await numbers(f"select * from {rows('span', position)} order by number", position) == expected
            )
            first = first_rows("span", position, "number % 2 = 1", "order by number limit 5")
            assert await numbers(first, position) == [n for n in expected if n % 2 == 1][:5]
            assert sorted(number for part in parts for number in part) == expected


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_one_row_of_a_key_is_the_one_that_held(pool: Pool, seed: int) -> None:
    chance = Random(seed)
    spans: list[tuple[int, int, int | None]] = []
    for number in range(60):  # one row after the other, with times between in which there was none
        edges = sorted(chance.sample(range(1, 1000), 2 * chance.randint(1, 5)))
        own: list[Span] = list(zip(edges[::2], edges[1::2], strict=True))
        if chance.random() < 0.5:
            own[-1] = (own[-1][0], None)
        spans += [(number, *span) for span in own]

    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(SPANS)
        await connection.copy_records_to_table("span", records=spans)

        async def numbers(of_key: str, *position: int) -> list[int]:
            asked = f"select r.number from generate_series(0, 59) k(n), lateral ({of_key}) r order by 1"
            return [row["number"] for row in await connection.fetch(asked, *position)]

        for position in (0, 1, 999, 1000, *(chance.randint(1, 1000) for _ in range(50))):
            expected = f"select number from span s where {PLAIN} order by 1"
            found = await numbers(row_of("span", position, "number = k.n"), position)

            assert found == [row["number"] for row in await connection.fetch(expected, position)]
        assert await numbers(row_of("span", None, "number = k.n")) == [
            n for n, _, end in spans if end is None
        ]
