"""The command side and the read side on a test's database, without processes."""

from dataclasses import dataclass
from typing import Any

import asyncpg

from domain.congress import AddUnits, OpenCongress
from domain.law import Law
from domain.vocabulary import Level
from duban.bootstrap import now
from duban.calendars import official
from duban.commands import Actor, Commands
from duban.event_log.log import EventLog
from duban.importing.importer import Importer
from projections.projector import Projector
from projections.registry import PROJECTIONS
from tests.domain.cases import MARA, MOF, NDRC


@dataclass(frozen=True)
class Engine:
    pool: "asyncpg.Pool[Any]"
    log: EventLog
    commands: Commands
    importer: Importer
    projector: Projector


def engine_on(pool: "asyncpg.Pool[Any]") -> Engine:
    log, law = EventLog(pool), Law(official())
    return Engine(
        pool=pool,
        log=log,
        commands=Commands(log, law, now),
        importer=Importer(log, law, now),
        projector=Projector(log, pool, PROJECTIONS),
    )


async def with_npc(pool: "asyncpg.Pool[Any]") -> Engine:
    """An engine in which the national congress is open and knows three ministries."""
    engine = engine_on(pool)
    opened = OpenCongress(congress="npc", place="全国", level=Level.NATIONAL, at=now())
    await engine.commands.open_congress(opened, people())
    await engine.commands.add_units("npc", AddUnits(units=(MARA, NDRC, MOF), at=now()), people())
    return engine


def people() -> Actor:
    return Actor.of("people")
