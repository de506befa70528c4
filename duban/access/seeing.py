"""Seeing: a connection on which every read model holds only what one viewer may see, whatever is asked of it.

The tables of the read models are shadowed by queries of the same name, so that counts, searches, filters,
exports and past moments are cut alike. What may be seen of the past is decided by what holds now.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

import asyncpg

from duban.access.viewer import OVERSEERS, UNIT_STAFF, Role, Viewer
from projections.base import PLAN_EACH, PLAN_ONCE, Connection, Projection
from projections.registry import PROJECTIONS

PART_OF_NAME: Final = re.compile(r"\bp_[a-z_]+_v\d+\b")
SAYS: Final = "select " + ", ".join(
    f"set_config('duban.{name}', ${n}, true)"
    for n, name in enumerate(("congress", "unit", "committee", "deputy", "delegation", "fields"), 1)
)
SEPARATOR: Final = "\x1f"

# What is said is read once for a statement, not once for a row: hence the sub-selects.
OF: Final = "(select nullif(current_setting('duban.{name}', true), ''))"
FIELDS: Final = "(select string_to_array(current_setting('duban.fields', true), chr(31)))"
CASES: Final = """
    select case_id, published, replies_public, {whole} as whole, not protected or {named} as named,
        {whole} and (concluded or {rated}) as rated
    from public.p_visibility_v1 v where v.to_position is null and (v.published or {whole})
"""
SUPERVISED: Final = f"""v.key_topics && array(
    select k.topic_id from public.p_key_topics_v1 k where k.to_position is null
        and k.congress = {OF.format(name="congress")} and k.committee = {OF.format(name="committee")})"""
SUPERVISED_ANYWHERE: Final = f"""exists (
    select from public.p_key_topics_v1 k where k.to_position is null and k.congress = v.congress
        and k.committee = {OF.format(name="committee")} and k.topic_id = any(v.key_topics))"""
UNIT, DEPUTY, DELEGATION = (OF.format(name=name) for name in ("unit", "deputy", "delegation"))
OFFICE: Final = dict.fromkeys(OVERSEERS, "true")
MAKERS: Final = {
    Role.DEPUTY: f"(v.signatories @> array[{DEPUTY}] or v.by_delegation and v.delegation = {DELEGATION})",
    Role.DELEGATION_STAFF: f"v.delegation = {DELEGATION}",
}
UNITS: Final = {
    **dict.fromkeys(UNIT_STAFF, f"v.units @> array[{UNIT}]"),
    Role.UNIT_COORDINATOR: f"(v.units @> array[{UNIT}] or v.system = {UNIT})",
}
COMMITTEES: Final = {
    Role.SUPERVISING_COMMITTEE: f"({SUPERVISED} or not v.confidential and v.units && {FIELDS})"
}
HERE: Final = f"v.congress = {OF.format(name='congress')}"
"""The tables `access_policy.SEES_CASE` and `SEES_CONFIDENTIAL`, as conditions by role; a test holds them together."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What tells the statements of one viewer from those of another; who they are is said to the connection."""

    roles: frozenset[Role]
    somewhere: bool  # of one congress only

    def cases(self) -> str:
        """The cases that are seen, with how much of each; only what the roles need, so that indexes serve."""
        return CASES.format(
            whole=self._any({**OFFICE, **MAKERS, **UNITS, **COMMITTEES}),
            named=self._any({**OFFICE, **MAKERS}),
            rated=self._any({**OFFICE, **MAKERS, **COMMITTEES}),
        )

    def here(self, alias: str) -> str:
        return HERE.replace("v.", f"{alias}.") if self.somewhere else "true"

    def _any(self, conditions: Mapping[Role, str]) -> str:
        held = sorted({conditions[role] for role in self.roles if role in conditions})
        if not held:
            return "false"
        said = f"coalesce({self.here('v')} and ({' or '.join(held)}), false)"
        return said if self.somewhere else said.replace(SUPERVISED, SUPERVISED_ANYWHERE)


NAMELESS: Final = "not s.named"
UNRATED: Final = "not s.rated"
REPLY_KEPT: Final = "(not s.whole and not coalesce(t.lead_unit = any(s.replies_public), false))"
KEPT: Final = {  # column -> when it is shown as null
    "lead_deputy": NAMELESS,
    "attitude": UNRATED,
    "result": UNRATED,
    "feedback": UNRATED,
    "rated": UNRATED,
}
KEPT_ON_BOARD: Final = {"category": REPLY_KEPT, "outcome": REPLY_KEPT, "delegation": NAMELESS}
ROWS: Final = {  # table -> which of its rows are seen at all, besides those of cases that are
    "p_commitments": "(s.whole or t.owner = any(s.replies_public))",
    "p_deputy_record": "s.whole and s.named",
    "p_unit_work": "s.whole",
    "p_inbox": "s.whole",
    "p_audit_trail": "s.whole",  # it holds what was withheld, too
}


PUBLISHED: Final = frozenset({"p_public_cases", "p_public_texts"})
"""Tables that hold nothing but what everybody sees, as the domain's `published` tells it; their past is nobody's."""


def _shadow(projection: Projection, kind: Kind) -> str:
    """What stands in the place of a table."""
    table = projection.table
    if table.rpartition("_v")[0] in PUBLISHED:
        return f"select * from public.{table} where to_position is null"
    if "case_id" not in projection.stored:
        return _of_topics(projection, kind)
    family = table.rpartition("_v")[0]
    kept = KEPT | (KEPT_ON_BOARD if family == "p_case_board" else {})
    columns = ", ".join(
        f"case when {kept[name]} then null else t.{name} end as {name}" if name in kept else f"t.{name}"
        for name in projection.stored
    )
    return (
        f"select {columns} from public.{table} t join seen_cases s on s.case_id = t.case_id "
        f"where {ROWS.get(family, 'true')}"
    )


def _of_topics(projection: Projection, kind: Kind) -> str:
    """Key topics of the congress, each with the cases that are seen."""
    seen = "array(select c from unnest(t.case_ids) c where c in (select case_id from seen_cases))"
    refs = ("array(select r from unnest(t.case_ids, t.refs) as x (c, r)"
            " where c in (select case_id from seen_cases))")  # fmt: skip
    names = {"case_ids": seen, "refs": refs}
    columns = ", ".join(
        f"{names[name]} as {name}" if name in names else f"t.{name}" for name in projection.stored
    )
    return f"select {columns} from public.{projection.table} t where {kind.here('t')}"


@cache
def shadowed(sql: str, kind: Kind) -> str:
    """A statement in which every read model is cut to what viewers of a kind may see."""
    tables = {projection.table: projection for projection in PROJECTIONS}
    named = sorted({name for name in PART_OF_NAME.findall(sql) if name in tables})
    if not named:
        return sql
    shadows = (f"{name} as not materialized ({_shadow(tables[name], kind)})" for name in named)
    start = sql.lstrip()
    rest = f", {start[5:]}" if start[:5].lower() == "with " else f" {start}"
    return f"with seen_cases as not materialized ({kind.cases()}), {', '.join(shadows)}{rest}"


class Seen:
    """A connection of one viewer; speaks as asyncpg's does, as far as read models ask."""

    def __init__(self, connection: Connection, kind: Kind) -> None:
        self._connection = connection
        self._kind = kind

    async def fetch(self, query: str, *args: Any) -> list[asyncpg.Record]:
        return await self._connection.fetch(shadowed(query, self._kind), *args)

    async def fetchrow(self, query: str, *args: Any) -> asyncpg.Record | None:
        return await self._connection.fetchrow(shadowed(query, self._kind), *args)

    async def fetchval(self, query: str, *args: Any) -> Any:
        return await self._connection.fetchval(shadowed(query, self._kind), *args)

    def transaction(self, **kwargs: Any) -> Any:
        return self._connection.transaction(**kwargs)

    def cursor(self, query: str, *args: Any, prefetch: int | None = None) -> Any:
        return self._connection.cursor(shadowed(query, self._kind), *args, prefetch=prefetch)


async def seen_by(connection: Connection, viewer: Viewer) -> Connection:
    """The connection, inside its transaction, as the viewer sees the read models on it."""
    if viewer.sees_all:
        return connection
    said = (viewer.congress, viewer.unit, viewer.committee, viewer.deputy, viewer.delegation)
    await connection.execute(SAYS, *(one or "" for one in said), SEPARATOR.join(sorted(viewer.fields)))
    return cast(Connection, Seen(connection, Kind(viewer.roles, viewer.congress is not None)))


@asynccontextmanager
async def seeing(
    pool: "asyncpg.Pool[Any]", viewer: Viewer, *, plan_once: bool = False
) -> AsyncIterator[Connection]:
    """One snapshot of the read models, as a viewer sees it.

    `plan_once`: for what is quickly found at any position of the past, which takes as long to plan as to answer.
    """
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute(PLAN_ONCE if plan_once else PLAN_EACH)
        yield await seen_by(cast(Connection, connection), viewer)
