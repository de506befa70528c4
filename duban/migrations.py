"""The database's schema: numbered SQL files, each applied once and never edited afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Final

import asyncpg

PACKAGES: Final = (
    "duban.event_log",
    "duban",
    "projections",
)  # in this order; each may have a folder `schema`
LOCK: Final = 7218340152  # one migration at a time in a database

_LEDGER = """
create table if not exists schema_migration (
    package    text not null,
    name       text not null,
    checksum   text not null,
    applied_at timestamptz not null default clock_timestamp(),
    primary key (package, name)
)"""
_APPLIED = "select package, name, checksum from schema_migration"
_RECORD = "insert into schema_migration (package, name, checksum) values ($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Migration:
    package: str
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return sha256(self.sql.encode()).hexdigest()


class MigrationEdited(Exception):
    """An applied migration's file has changed; restore it and put the change into a new file."""

    def __init__(self, migration: Migration) -> None:
        super().__init__(
            f"{migration.package}/schema/{migration.name} was edited after it had been applied; "
            "restore it and put the change into a new file"
        )


async def migrate(connection: asyncpg.Connection) -> None:
    """Applies every migration that this database has not seen, all in one transaction."""
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", LOCK)
        await connection.execute(_LEDGER)
        applied = {(row["package"], row["name"]): row["checksum"] for row in await connection.fetch(_APPLIED)}
        for migration in _migrations():
            checksum = applied.get((migration.package, migration.name))
            if checksum is None:
                await connection.execute(migration.sql)
                await connection.execute(_RECORD, migration.package, migration.name, migration.checksum)
            elif checksum != migration.checksum:
                raise MigrationEdited(migration)


async def pending(connection: "asyncpg.Connection | asyncpg.Pool[asyncpg.Record]") -> list[str]:
    """The files that this database has not seen yet."""
    known = await connection.fetchval("select to_regclass('schema_migration')")
    applied = {(row["package"], row["name"]) for row in await connection.fetch(_APPLIED)} if known else set()
    return [f"{m.package}/{m.name}" for m in _migrations() if (m.package, m.name) not in applied]


def _migrations() -> Iterator[Migration]:
    for package in PACKAGES:
        folder = files(package) / "schema"
        if not folder.is_dir():
            continue
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            if file.name.endswith(".sql"):
                yield Migration(package, file.name, file.read_text("utf-8"))
