"""The web over a real log with three cases: one underway, one from a rough source, one of a county."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest_asyncio
from fastapi import FastAPI

from domain.clock import SHANGHAI
from domain.congress import AddUnits, OpenCongress
from domain.law import Law
from domain.suggestion.assignment import Assign, SubAssign
from domain.suggestion.commitments import Commit, Fulfil
from domain.suggestion.handling import GiveOpinion
from domain.suggestion.history import SourceRecord
from domain.suggestion.intake import Submit
from domain.suggestion.publication import DecidePublication
from domain.suggestion.replies import Answer
from domain.vocabulary import Extent, Kind, Level, Part, Role
from duban.access.viewer import Role as PersonRole
from duban.accounts.model import Account
from duban.calendars import official
from duban.commands import Actor, Commands
from duban.entrypoints.web.app import create_app
from duban.entrypoints.web.identity import SESSION_COOKIE
from duban.event_log.log import EventLog
from duban.importing.importer import Importer
from duban.importing.rows import Row
from duban.motions import Motions
from duban.topics import Topics
from projections.projector import Projector
from projections.registry import PROJECTIONS

NOW = datetime(2024, 6, 20, 2, tzinfo=UTC)
MARA, NDRC = "农业农村部", "国家发展改革委"
REF, ROUGH, LATE = "npc/14-2/3973", "马关县/17-1/242", "npc/14-2/1037"
STEPS = 9
PASSWORD = "a long password for tests"
COMMISSION = Account("commission", frozenset({PersonRole.AFFAIRS_COMMISSION}))
PROMISE = "<b>2026年底前</b>建成3个示范县"


@dataclass(frozen=True, slots=True)
class World:
    pool: "asyncpg.Pool[asyncpg.Record]"
    log: EventLog
    commands: Commands
    app: FastAPI


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2024, month, day, hour, tzinfo=SHANGHAI)


@pytest_asyncio.fixture(loop_scope="session")
async def world(pool: "asyncpg.Pool[asyncpg.Record]") -> World:
    log, law = EventLog(pool), Law(official())
    commands = Commands(log, law, lambda: datetime.now(UTC))
    await _underway(commands)
    await _late(commands)
    rough = SourceRecord(
        congress="马关县", level=Level.COUNTY, place="马关县", term=17, session=1, kind=Kind.SUGGESTION,
        number="242", replied_on=date(2023, 5, 5), category="B", commitment="修路137公里",
        source="https://www.example.gov.cn/242", digest="d",
    )  # fmt: skip
    importer = Importer(log, law, lambda: datetime.now(UTC))
    await importer.run([Row(2, rough)], actor="import", run=UUID(int=4))
    app = create_app(services_on(pool, log, commands, law), lambda: NOW)
    await app.state.gate.accounts.add(COMMISSION, PASSWORD, by="test")
    await Projector(log, pool, PROJECTIONS).catch_up()
    return World(pool, log, commands, app)


def services_on(pool: "asyncpg.Pool[Any]", log: EventLog, commands: Commands, law: Law) -> "_Services":
    """What the web is given, without the processes around it."""
    topics, motions = Topics(log, commands), Motions(log, commands)
    return _Services(pool, log, commands, topics, motions, Projector(log, pool, PROJECTIONS))


@dataclass(frozen=True, slots=True)
class _Services:
    pool: "asyncpg.Pool[asyncpg.Record]"
    log: EventLog
    commands: Commands
    topics: Topics
    motions: Motions
    projector: Projector


async def _underway(commands: Commands) -> None:
    by = Actor.of
    opened = OpenCongress(congress="npc", place="全国", level=Level.NATIONAL, at=at(3, 1))
    await commands.open_congress(opened, by("test"))
    await commands.add_units("npc", AddUnits(units=(MARA, NDRC), at=at(3, 1)), by("test"))
    await _submit(commands, "3973", "关于支持庆阳<script>alert(1)</script>的建议", UUID(int=3973))
    await commands.handle(
        REF,
        by("test"),
        Assign(to="国务院办公厅", at=at(4, 2)),
        SubAssign(unit=MARA, role=Role.LEAD, at=at(4, 2, 10)),
        SubAssign(unit=NDRC, role=Role.CO_HANDLING, at=at(4, 2, 10)),
        GiveOpinion(unit=NDRC, at=at(4, 28)),
        Answer(unit=MARA, document_no="农办议〔2024〕1号", category="A", at=at(6, 12)),
        Commit(owner=MARA, promise=PROMISE, due=datetime(2026, 12, 31, tzinfo=SHANGHAI), at=at(6, 12)),
        Fulfil(evidence="验收单", at=at(6, 19)),
    )


async def _late(commands: Commands) -> None:
    await _submit(commands, "1037", "关于支持商洛的建议", UUID(int=1037))
    assign = Assign(to="国务院办公厅", at=at(3, 10))
    await commands.handle(LATE, Actor.of("test"), assign, SubAssign(unit=MARA, role=Role.LEAD, at=at(3, 10)))


async def _submit(commands: Commands, number: str, title: str, case_id: UUID) -> None:
    submit = Submit(
        congress="npc", case_id=str(case_id), level=Level.NATIONAL, place="全国", term=14, session=2,
        number=number, title=title, at=at(3, 8),
    )  # fmt: skip
    await commands.submit(submit, Actor.of("test"))


async def sign_in(client: httpx2.AsyncClient, name: str = COMMISSION.name, password: str = PASSWORD) -> None:
    """Sign in as a browser does; every account that a test adds to `world.app.state.gate.accounts` can."""
    form = await client.get("/sign-in")
    (csrf,) = re.findall(r'name="csrf" value="([0-9a-f]{64})"', form.text)
    answer = await client.post("/sign-in", data={"csrf": csrf, "name": name, "password": password})
    assert answer.status_code == 303, answer.text


@asynccontextmanager
async def asking(app: FastAPI, host: str = "127.0.0.1:8520") -> AsyncIterator[httpx2.AsyncClient]:
    """A client that a browser on this machine could be."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def client(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """Signed in as the affairs commission, which sees every case."""
    session = await world.app.state.gate.sessions.open(COMMISSION)
    async with asking(world.app) as client:
        client.cookies.set(SESSION_COOKIE, session.token)
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """Not signed in: the public."""
    async with asking(world.app) as client:
        yield client


async def publish(world: World, ref: str) -> None:
    """Decide the content of a case public, and its replies withheld with a reason."""
    content = DecidePublication(part=Part.CONTENT, extent=Extent.FULL, by="委员会", at=at(6, 19))
    parts = [content]
    if (await world.commands.case(await world.commands.resolve(ref))).replies:
        withheld = content.model_copy(
            update={"part": Part.REPLY, "extent": Extent.WITHHELD, "reason": "涉及商业秘密"}
        )
        parts.append(withheld)
    await world.commands.handle(ref, Actor.of("test"), *parts)
    await Projector(world.log, world.pool, PROJECTIONS).catch_up()
