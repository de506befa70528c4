"""Seeing: a connection on which every read model holds only what one viewer may see, whatever is asked of it.

The tables of the read models are shadowed by queries of the same name, so that counts, searches, filters,
exports and past moments are cut alike. What may be seen of the past is decided by what holds now.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Final, cast

import asyncpg

from duban.access import OVERSEERS, UNIT_STAFF, Role, Viewer
from projections.base import Connection, Projection
from projections.registry import PROJECTIONS

PART_OF_NAME: Final = re.compile(r"\bp_[a-z_]+_v\d+\b")
SAYS: Final = "select " + ", ".join(
    f"set_config('duban.{name}', ${n}, true)"
    for n, name in enumerate(("congress", "unit", "committee", "deputy", "delegation", "fields", "roles"), 1)
)
SEPARATOR: Final = "\x1f"

OF: Final = "nullif(current_setting('duban.{name}', true), '')"
LISTED: Final = "string_to_array(current_setting('duban.{name}', true), chr(31))"
IS: Final = f"{LISTED.format(name='roles')} && array[{{roles}}]"
CASES: Final = """
    select case_id, published, replies_public, whole, not protected or named as named, whole and rated as rated
    from (
        select v.*, {here} and coalesce({whole}, false) as whole, {here} and coalesce({named}, false) as named,
            v.concluded or coalesce({rated}, false) as rated
        from public.p_visibility_v1 v where v.to_position is null
    ) v where whole or published
"""
SUPERVISED: Final = f"""exists (
    select from public.p_key_topics_v1 k where k.to_position is null and k.congress = v.congress
        and k.committee = {OF.format(name="committee")} and k.topic_id = any(v.key_topics))"""


def _is(*roles: Role) -> str:
    return IS.format(roles=", ".join(f"'{role.value}'" for role in sorted(roles)))


UNIT, DEPUTY, DELEGATION = (OF.format(name=name) for name in ("unit", "deputy", "delegation"))
BY_OFFICE: Final = _is(*OVERSEERS)
MAKERS: Final = " or ".join((
    f"({_is(Role.DEPUTY)} and v.signatories @> array[{DEPUTY}])",
    f"({_is(Role.DEPUTY)} and v.by_delegation and v.delegation = {DELEGATION})",
    f"({_is(Role.DELEGATION_STAFF)} and v.delegation = {DELEGATION})",
))  # fmt: skip
UNITS: Final = f"""({_is(*UNIT_STAFF)} and v.units @> array[{UNIT}])
    or ({_is(Role.UNIT_COORDINATOR)} and v.system = {UNIT})"""
COMMITTEES: Final = f"""({_is(Role.SUPERVISING_COMMITTEE)} and ({SUPERVISED}
    or not v.confidential and v.units && {LISTED.format(name="fields")}))"""
HERE: Final = f"coalesce(v.congress = {OF.format(name='congress')}, true)"
SEEN: Final = CASES.format(
    here=HERE,
    whole=f"{BY_OFFICE} or {MAKERS} or {UNITS} or {COMMITTEES}",
    named=f"{BY_OFFICE} or {MAKERS}",
    rated=f"{BY_OFFICE} or {MAKERS} or {COMMITTEES}",
)
"""The tables `access_policy.SEES_CASE` and `SEES_CONFIDENTIAL`, as one query; a test holds them together."""

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
}


@cache
def _shadows() -> dict[str, str]:
    """What stands in the place of each table."""
    return {projection.table: _shadow(projection) for projection in PROJECTIONS}


def _shadow(projection: Projection) -> str:
    table = projection.table
    if "case_id" not in projection.stored:
        return _of_topics(projection)
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


def _of_topics(projection: Projection) -> str:
    """Key topics of the congress, each with the cases that are seen."""
    seen = "array(select c from unnest(t.case_ids) c where c in (select case_id from seen_cases))"
    refs = ("array(select r from unnest(t.case_ids, t.refs) as x (c, r)"
            " where c in (select case_id from seen_cases))")  # fmt: skip
    names = {"case_ids": seen, "refs": refs}
    columns = ", ".join(
        f"{names[name]} as {name}" if name in names else f"t.{name}" for name in projection.stored
    )
    here = HERE.replace("v.", "t.")
    return f"select {columns} from public.{projection.table} t where {here}"


@cache
def shadowed(sql: str) -> str:
    """A query in which every read model is cut to what the viewer of this connection may see."""
    shadows = _shadows()
    tables = sorted({name for name in PART_OF_NAME.findall(sql) if name in shadows})
    if not tables:
        return sql
    parts = [f"seen_cases as materialized ({SEEN})", *(f"{name} as ({shadows[name]})" for name in tables)]
    start = sql.lstrip()
    rest = f", {start[5:]}" if start[:5].lower() == "with " else f" {start}"
    return "with " + ", ".join(parts) + rest


class Seen:
    """A connection of one viewer; speaks as asyncpg's does, as far as read models ask."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def fetch(self, query: str, *args: Any) -> list[asyncpg.Record]:
        return await self._connection.fetch(shadowed(query), *args)

    async def fetchrow(self, query: str, *args: Any) -> asyncpg.Record | None:
        return await self._connection.fetchrow(shadowed(query), *args)

    async def fetchval(self, query: str, *args: Any) -> Any:
        return await self._connection.fetchval(shadowed(query), *args)

    def transaction(self, **kwargs: Any) -> Any:
        return self._connection.transaction(**kwargs)

    def cursor(self, query: str, *args: Any, prefetch: int | None = None) -> Any:
        return self._connection.cursor(shadowed(query), *args, prefetch=prefetch)


async def seen_by(connection: Connection, viewer: Viewer) -> Connection:
    """The connection, inside its transaction, as the viewer sees the read models on it."""
    if viewer.sees_all:
        return connection
    said = (viewer.congress, viewer.unit, viewer.committee, viewer.deputy, viewer.delegation)
    lists = (SEPARATOR.join(sorted(viewer.fields)), SEPARATOR.join(sorted(viewer.roles)))
    await connection.execute(SAYS, *(one or "" for one in said), *lists)
    return cast(Connection, Seen(connection))


@asynccontextmanager
async def seeing(pool: "asyncpg.Pool[Any]", viewer: Viewer) -> AsyncIterator[Connection]:
    """One snapshot of the read models, as a viewer sees it."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield await seen_by(cast(Connection, connection), viewer)
