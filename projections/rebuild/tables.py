"""The tables of a rebuild: built beside those that serve, without indexes, and put in their place in one step."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import asyncpg

from projections.base import Connection, Projection

Progress = Callable[[str, int, int], None]
"""Is told the phase, how much of it is done, and how much there is."""

MEMORY: Final = "256MB"  # of each index that is built
CREATE = """
    create table {next} (like {table} including defaults including constraints including comments
        including statistics);
    alter table {next} set (autovacuum_enabled = false);
"""
INDEXES = """
    select i.relname as name, pg_get_indexdef(i.oid) as definition, x.indisprimary as is_primary
    from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = $1::text::regclass
    order by not x.indisprimary, i.relname
"""
VIEWS = """
    select distinct v.oid::regclass::text as name, pg_get_viewdef(v.oid) as definition
    from pg_depend d join pg_rewrite r on r.oid = d.objid join pg_class v on v.oid = r.ev_class
    where d.refobjid = $1::text::regclass and d.classid = 'pg_rewrite'::regclass and v.relkind = 'v'
"""
GRANTS = """
    select quote_ident(g.rolname) as grantee, a.privilege_type as privilege
    from pg_class c, aclexplode(c.relacl) a join pg_roles g on g.oid = a.grantee
    where c.oid = $1::text::regclass and a.grantee <> c.relowner
"""


def next_of(projection: Projection) -> str:
    return f"{projection.table}__next"


async def create(connection: Connection, projections: Sequence[Projection]) -> None:
    """Empty tables like those that serve, without their indexes."""
    for projection in projections:
        await connection.execute(CREATE.format(next=next_of(projection), table=projection.table))


async def drop(connection: Connection, projections: Sequence[Projection]) -> None:
    for projection in projections:
        await connection.execute(f"drop table if exists {next_of(projection)}")


async def finish(
    dsn: str,
    connection: Connection,
    projections: Sequence[Projection],
    *,
    connections: int,
    progress: Progress,
) -> None:
    """Vacuum every new table, so that indexes alone can answer, and index it; on so many connections at once."""
    vacuums = [f"vacuum analyze {next_of(projection)}" for projection in projections]
    await _at_once(dsn, vacuums, connections, partial(progress, "vacuum"))
    statements = [s for projection in projections for s in await _index_statements(connection, projection)]
    longest_first = sorted(statements, key=lambda statement: " USING gin " not in statement)
    await _at_once(dsn, longest_first, connections, partial(progress, "index"))


async def _index_statements(connection: Connection, projection: Projection) -> list[str]:
    """What gives the new table the indexes of the old: the migrations alone say which those are."""
    statements = []
    for number, row in enumerate(await connection.fetch(INDEXES, projection.table)):
        start, _, rest = row["definition"].partition(" ON ")
        unique = "unique " if "UNIQUE" in start else ""
        columns = rest.partition(" ")[2]
        name = f"{next_of(projection)}_{number}"
        statements.append(f"create {unique}index if not exists {name} on {next_of(projection)} {columns}")
    return statements


async def _at_once(
    dsn: str, statements: Sequence[str], connections: int, progress: Callable[[int, int], None]
) -> None:
    waiting = list(reversed(statements))

    async def execute() -> None:
        connection = await asyncpg.connect(dsn, server_settings={"maintenance_work_mem": MEMORY})
        try:
            while waiting:
                await connection.execute(waiting.pop())
                progress(len(statements) - len(waiting), len(statements))
        finally:
            await connection.close()

    await asyncio.gather(*(execute() for _ in range(connections)))


async def switch(connection: Connection, projection: Projection) -> None:
    """Put the new table in the place of the old, with its indexes' names, grants and views; in a transaction."""
    table, new, old = projection.table, next_of(projection), f"{projection.table}__old"
    indexes = await connection.fetch(INDEXES, table)
    views = await connection.fetch(VIEWS, table)
    for row in await connection.fetch(GRANTS, table):
        await connection.execute(f"grant {row['privilege']} on {new} to {row['grantee']}")
    await connection.execute(f"alter table {table} rename to {old}")
    await connection.execute(f"alter table {new} rename to {table}")
    for row in views:
        await connection.execute(f"create or replace view {row['name']} as {row['definition']}")
    await connection.execute(f"drop table {old}")
    for number, row in enumerate(indexes):
        await connection.execute(f'alter index {new}_{number} rename to "{row["name"]}"')
        if row["is_primary"]:
            await connection.execute(
                f'alter table {table} add constraint "{row["name"]}" primary key using index "{row["name"]}"'
            )
    await connection.execute(f"alter table {table} reset (autovacuum_enabled)")
