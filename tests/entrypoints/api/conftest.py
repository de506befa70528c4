"""The API over the small town of tests/access: a token for every role, over an app as the web serves it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx2
import pytest_asyncio
from fastapi import FastAPI

from domain.law import Law
from duban.access.viewer import Viewer
from duban.accounts.gate import GateSettings
from duban.accounts.model import SCOPES, Account
from duban.bootstrap import now
from duban.calendars import official
from duban.entrypoints.web.app import create_app
from tests.access.people import VIEWERS, Town, small_town
from tests.entrypoints.web.conftest import asking, services_on

RATE = "1000000/minute"


@dataclass(frozen=True, slots=True)
class Api:
    """The application, and the token of each role."""

    app: FastAPI
    town: Town
    tokens: dict[str, str]

    def headers(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"} if role in self.tokens else {}


@pytest_asyncio.fixture(loop_scope="session")
async def api(pool: "asyncpg.Pool[Any]") -> Api:
    return await api_on(pool)


async def api_on(pool: "asyncpg.Pool[Any]") -> Api:
    town = await small_town(pool)
    services = services_on(pool, town.engine.log, town.engine.commands, Law(official()))
    app = create_app(services, now, GateSettings(rate=RATE))
    tokens = {}
    for role, viewer in VIEWERS.items():
        if role != "public":
            await app.state.gate.accounts.add(account_of(viewer), None, by="test")
            tokens[role] = await app.state.gate.accounts.issue_token(
                viewer.name, "test", frozenset(SCOPES), 30, by="test"
            )
    await town.engine.projector.catch_up()
    return Api(app, town, tokens)


def account_of(viewer: Viewer) -> Account:
    return Account(
        viewer.name, viewer.roles, viewer.congress, viewer.unit, viewer.committee, viewer.deputy,
        viewer.delegation, viewer.fields,
    )  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def client(api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    async with asking(api.app) as client:
        yield client
