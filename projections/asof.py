"""As of a position: the one condition by which every query of rows with a validity chooses the present or the past."""

HOLDS_NOW = "to_position is null"
HELD_AT = "int8range(from_position, to_position) @> $1::bigint"


def held(as_of: int | None, alias: str = "") -> str:
    """The rows that hold now, or that held after the event at position `$1`.

    The present is a partial index; the past an index on the range, so that a whole board of any day is one look.
    """
    condition = HOLDS_NOW if as_of is None else HELD_AT
    if not alias:
        return condition
    return condition.replace("from_position", f"{alias}.from_position").replace(
        "to_position", f"{alias}.to_position"
    )
