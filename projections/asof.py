"""As of a position: the one condition by which every query of rows with a validity chooses the present or the past.

A row that has ended lies in one cell: of the cells at least as long as it was, the shortest in which it began. What
held at a position therefore began, at each length, in the position's own cell or in the one before it, and a plain
index on the cells finds it. Intervals kept once in a plain index and found by a list of nodes are the relational
interval tree of Kriegel, Pötke and Seidl (2000); cells whose length follows from the row's are Ulrich's loose octrees
(2000) in one dimension.
"""

from typing import Final

HOLDS_NOW: Final = "to_position is null"
HOLDS_STILL: Final = "to_position is null and from_position <= $1"
HAS_ENDED_SINCE: Final = """validity_cell(from_position, to_position) = any(validity_cells_at($1::bigint))
    and from_position <= $1 and to_position > $1"""


def held(as_of: int | None, alias: str = "") -> str:
    """The rows that hold now, or that held after the event at position `$1`."""
    condition = HOLDS_NOW if as_of is None else f"({HOLDS_STILL} or {HAS_ENDED_SINCE})"
    if not alias:
        return condition
    return condition.replace("from_position", f"{alias}.from_position").replace(
        "to_position", f"{alias}.to_position"
    )


def held_in_parts(as_of: int | None) -> tuple[str, ...]:
    """The same rows in parts that have none in common, each of which one index answers.

    First come those that still hold: the indexes of the present have them.
    """
    return (HOLDS_NOW,) if as_of is None else (HOLDS_STILL, HAS_ENDED_SINCE)


def rows(table: str, as_of: int | None, alias: str = "") -> str:
    """What to select from: the rows of a table that hold now, or that held after the event at position `$1`.

    The parts stand side by side, for one condition that joins them by `or` takes three times as long to plan.
    """
    parts = " union all ".join(f"select * from {table} where {part}" for part in held_in_parts(as_of))
    return f"({parts}) {alias or table}"


def row_of(table: str, as_of: int | None, key: str) -> str:
    """The query for the one row of a key that holds now or held then, to be joined laterally.

    It is the last that had begun, unless that had ended; an index on key and beginning finds it.
    """
    if as_of is None:
        return f"select * from {table} where {key} and {HOLDS_NOW}"
    last = f"select * from {table} where {key} and from_position <= $1 order by from_position desc limit 1"
    return f"select * from ({last}) {table} where to_position is null or to_position > $1"


def first_rows(table: str, as_of: int | None, where: str, first: str) -> str:
    """The query for those of the same rows that come first; an index in their order finds the first of each part."""
    parts = [f"(select * from {table} where {part} and {where} {first})" for part in held_in_parts(as_of)]
    return f"select * from ({' union all '.join(parts)}) {table} {first}"
