"""Searching what is public: by words in any published text, and by filters; counted, listed and streamed."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from domain.base import Refusal
from projections.base import Connection
from projections.public_cases import CONTENT, HEAD, REPLY, TABLE, TEXTS

AT_ONCE: Final = 500  # cases of a stream in memory at a time
MOST_WORDS: Final = 8
MOST_VALUES: Final = 30  # of a facet, the most frequent
NEWEST: Final = "latest_on desc nulls last, case_id"
FOUND: Final = f"""select case_id from {TEXTS} where to_position is null
    and text_grams_of_long(text) @> text_grams_of_long({{value}}) and strpos(lower(text), lower({{value}})) > 0"""
"""The cases that a word stands in, by the index; several words are intersected, never looked for text by text."""
CONDITIONS: Final[Mapping[str, str]] = {
    "congress": "congress = {value}",
    "term": "term = {value}",
    "session": "session = {value}",
    "year": "year = {value}",
    "subject": "subject = {value}",
    "stage": "stage = {value}",
    "kind": "kind = {value}",
    "unit": "(lead_units @> array[{value}::text] or co_units @> array[{value}::text])",
    "outcome": "outcomes @> array[{value}::text]",
}
FLAGS: Final[Mapping[str, str]] = {"answered": "replies_full > 0", "promised": "promises_made > 0"}
FIGURES: Final = """
    with found as materialized (
        select congress, term, session, year, subject, lead_units, outcomes, replies_full, promises_made, promises_kept
        from {table} where {where}
    )
    select 'counts' as facet, null as value, null::int as term, null::int as session, count(*) as cases,
        count(*) filter (where replies_full > 0) as answered, count(*) filter (where promises_made > 0) as promised,
        coalesce(sum(promises_made), 0)::bigint as promises_made,
        coalesce(sum(promises_kept), 0)::bigint as promises_kept
    from found
    {facets}
"""
FACETS: Final = """
    union all (select 'session', congress, term, session, count(*) as cases, null, null, null, null from found
        where term is not null group by 2, 3, 4 order by 5 desc, 2 limit {most})
    union all (select 'year', year::text, null, null, count(*), null, null, null, null from found
        where year is not null group by year order by year desc limit {most})
    union all (select 'subject', subject, null, null, count(*), null, null, null, null from found
        where subject is not null group by 2 order by 5 desc, 2 limit {most})
    union all (select 'outcome', o, null, null, count(*), null, null, null, null
        from found, unnest(outcomes) o group by 2 order by 5 desc, 2)
    union all (select 'unit', u, null, null, count(*), null, null, null, null
        from found, unnest(lead_units) u group by 2 order by 5 desc, 2 limit {most})
"""
COUNTED: Final = ("cases", "answered", "promised", "promises_made", "promises_kept")
FACET: Final = ("facet", "value", "term", "session", "cases")
TEXTS_OF: Final = f"""
    select case_id, part, unit, ordinal, text from {TEXTS}
    where to_position is null and part <> '{HEAD}' and case_id = any($1::text[])
"""


class TooManyWords(Refusal):
    """A search takes up to {most} words, and {words} are given.

    Leave out those that stand in every text.
    """


@dataclass(frozen=True, slots=True)
class PublicFilter:
    """What is asked of the public cases; None means all."""

    text: str | None = None  # words, each of which stands somewhere in what is published
    congress: str | None = None
    term: int | None = None
    session: int | None = None
    year: int | None = None
    unit: str | None = None
    subject: str | None = None
    outcome: str | None = None
    stage: str | None = None
    kind: str | None = None
    answered: bool = False  # a reply is public in full
    promised: bool = False  # with a promise that is public

    def facts(self) -> dict[str, Any]:
        """What is asked for, by name."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) not in (None, False)}


def where_of(wanted: PublicFilter) -> tuple[str, list[Any]]:
    """The condition and its values. Refuses more words than a search takes."""
    conditions, values = ["to_position is null"], list[Any]()
    for name, condition in CONDITIONS.items():
        if (value := getattr(wanted, name)) is not None:
            values.append(value)
            conditions.append(condition.format(value=f"${len(values)}"))
    conditions += [condition for name, condition in FLAGS.items() if getattr(wanted, name)]
    words = (wanted.text or "").split()
    if len(words) > MOST_WORDS:
        raise TooManyWords(most=MOST_WORDS, words=len(words))
    found = []
    for word in words:
        values.append(word)
        found.append(FOUND.format(value=f"${len(values)}::text"))
    if found:
        conditions.append(f"case_id in ({' intersect '.join(found)})")
    return " and ".join(conditions), values


async def find(
    connection: Connection, wanted: PublicFilter, *, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """Public cases, what happened latest first."""
    where, values = where_of(wanted)
    sql = f"select * from {TABLE} where {where} order by {NEWEST} limit {limit:d} offset {offset:d}"
    return [_line(row) for row in await connection.fetch(sql, *values)]


async def figures(
    connection: Connection, wanted: PublicFilter, *, by_facet: bool = True
) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """How many there are, with a public reply, with public promises, how many of those were kept; and how many by
    session, subject, outcome, year and lead unit. The cases are looked up once."""
    where, values = where_of(wanted)
    facets = FACETS.format(most=MOST_VALUES) if by_facet else ""
    total, *rows = await connection.fetch(FIGURES.format(table=TABLE, where=where, facets=facets), *values)
    return {name: total[name] for name in COUNTED}, [{name: row[name] for name in FACET} for row in rows]


async def stream(connection: Connection, wanted: PublicFilter) -> AsyncIterator[dict[str, Any]]:
    """Every case that fits with its published texts, some hundred in memory at a time; needs a transaction."""
    where, values = where_of(wanted)
    cursor = await connection.cursor(f"select * from {TABLE} where {where} order by {NEWEST}", *values)
    while page := await cursor.fetch(AT_ONCE):
        texts = await texts_of(connection, [row["case_id"] for row in page])
        for row in page:
            yield _line(row, texts.get(row["case_id"], {}))


async def texts_of(connection: Connection, case_ids: Sequence[str]) -> dict[str, dict[tuple[str, int], str]]:
    """The published texts of cases: of the content under no unit, of replies under theirs and their ordinal."""
    found: dict[str, dict[tuple[str, int], str]] = {}
    for row in await connection.fetch(TEXTS_OF, case_ids):
        found.setdefault(row["case_id"], {})[row["unit"], row["ordinal"]] = row["text"]
    return found


def _line(row: Any, texts: Mapping[tuple[str, int], str] | None = None) -> dict[str, Any]:
    """A row as its readers know it."""
    line = dict(row)
    detail = json.loads(line.pop("detail"))
    line |= {"deputy": detail["lead_deputy"], "delegation": detail["delegation"]}
    line |= {"published": detail["extent"], "published_reason": detail["reason"]}
    line |= {name: detail[name] for name in ("replies", "ratings", "promises")}
    if texts is not None:
        line["text"] = texts.get(("", 0))
        line["replies"] = [
            {**reply, "text": texts.get((reply["unit"], reply["ordinal"]))} for reply in line["replies"]
        ]
    return line


__all__ = ["CONTENT", "REPLY", "PublicFilter", "figures", "find", "stream", "texts_of"]
