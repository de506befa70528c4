"""Commands as the arrays that `append_events` takes, and its answer as outcomes."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final
from uuid import UUID

import asyncpg

from duban.event_log.model import Append, Appended, Conflict, Outcome, StreamWrite
from duban.event_log.rows import NewRow, rows_of

# asyncpg takes half a microsecond for each element of an array. Numbers, ids and names go as one text each, which
# PostgreSQL takes apart in less; names hold no line feed (see limits.py).
_LITERAL, _JOINED = "${}::text::{}", r"string_to_array(${}, E'\n')"
_ARGUMENTS: Final = (
    ("boolean", "${}::{}"),
    ("integer", "${}::{}"),
    ("text[]", _JOINED),
    ("integer[]", _LITERAL),
    ("integer[]", _LITERAL),
    ("bigint[]", _LITERAL),
    ("integer[]", _LITERAL),
    ("text[]", _JOINED),
    ("bigint[]", _LITERAL),
    ("text[]", _JOINED),
    ("smallint[]", _LITERAL),
    ("text[]", _JOINED),
    ("integer[]", _LITERAL),
    ("uuid[]", _LITERAL),
    ("bytea[]", "${}::{}"),
    ("text[]", _JOINED),
    ("uuid[]", _LITERAL),
    ("uuid[]", _LITERAL),
    ("bytea[]", "${}::{}"),
)
_CALL: Final = ", ".join(
    place.format(number, type) for number, (type, place) in enumerate(_ARGUMENTS, start=1)
)
APPEND: Final = f"select * from append_events({_CALL})"


class Batch:
    """What one call of `append_events` carries; see the function for what each array means."""

    def __init__(self, appends: Sequence[Append]) -> None:
        self._appends = appends
        self._written: list[StreamWrite] = [write for append in appends for write in append.writes]
        self._rows: list[NewRow] = [row for append in appends for row in rows_of(append)]

    def arguments(self, *, careful: bool = False) -> tuple[object, ...]:
        streams: dict[str, int] = {}
        slots = [streams.setdefault(write.stream_id, len(streams) + 1) for write in self._written]
        (
            stream,
            version,
            congress,
            shard,
            type,
            schema,
            event_id,
            payload,
            actor,
            correlation,
            causation,
            digest,
        ) = zip(*self._rows, strict=True)
        return (
            careful,
            len(self._appends),
            "\n".join(streams),
            _numbers(number for number, append in enumerate(self._appends, start=1) for _ in append.writes),
            _numbers(slots),
            _numbers(write.expected_version for write in self._written),
            _numbers(len(write.events) for write in self._written),
            "\n".join(stream),
            _numbers(version),
            "\n".join(congress),
            _numbers(shard),
            "\n".join(type),
            _numbers(schema),
            _ids(event_id),
            payload,
            "\n".join(actor),
            _ids(correlation),
            _ids(causation),
            digest,
        )

    def outcomes(self, answer: asyncpg.Record) -> list[Outcome]:
        if (first := answer["first"]) is not None:
            positions = iter(range(first, first + len(self._rows)))
            return [Appended(tuple(islice(positions, append.size)), False) for append in self._appends]
        positions, clashes = iter(answer["positions"]), answer["conflict_write"]
        outcomes: list[Outcome] = []
        for number, (append, repeated) in enumerate(zip(self._appends, answer["repeated"], strict=True)):
            own = tuple(islice(positions, append.size))
            if (clash := clashes[number]) is None:
                outcomes.append(Appended(own, repeated))
            else:
                write = self._written[clash - 1]
                actual = answer["conflict_actual"][number]
                outcomes.append(Conflict(write.stream_id, write.expected_version, actual))
        return outcomes


def _numbers(numbers: Iterable[int]) -> str:
    return f"{{{','.join(map(str, numbers))}}}"


def _ids(ids: Iterable[UUID | None]) -> str:
    return f"{{{','.join(['NULL' if one is None else one.hex for one in ids])}}}"
