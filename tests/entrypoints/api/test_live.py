import asyncio
import json
from typing import Any

import httpx2
import pytest

from domain.suggestion.commitments import FollowUp
from duban.accounts.gate import GateSettings
from duban.bootstrap import now
from duban.entrypoints.api.app import PREFIX
from duban.entrypoints.web.app import create_app
from duban.entrypoints.web.server import WebServer
from tests.access.people import REFS
from tests.engine import people
from tests.entrypoints.api.conftest import Api
from tests.entrypoints.web.conftest import asking

pytestmark = pytest.mark.postgres

WITHIN = 30.0  # seconds; it takes one or two


async def first(address: str, headers: dict[str, str], after: int | None) -> dict[str, Any]:
    """The first change that arrives, and where it stands."""
    params = {} if after is None else {"after": after}
    async with (
        httpx2.AsyncClient(base_url=address, trust_env=False, timeout=WITHIN) as client,
        client.stream("GET", f"{PREFIX}/live", headers=headers, params=params) as stream,
    ):
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                found: dict[str, Any] = json.loads(line.removeprefix("data:"))
                return found
    raise AssertionError("the stream ended")


async def test_changes_arrive_as_they_happen_and_again_from_where_one_was_cut_off(api: Api) -> None:
    engine = api.town.engine
    with WebServer("127.0.0.1", 0) as web:
        async with web.serving(api.app):
            waiting = asyncio.create_task(first(web.address, api.headers("unit-handler"), None))
            await asyncio.sleep(1.5)
            for name in ("confidential", "other", "own"):
                follow = FollowUp(commitment=None, finding="看过", at=now())
                await engine.commands.handle(REFS[name], people(), follow)
            await engine.projector.catch_up()

            came = await waiting
            again = await first(
                web.address, api.headers("unit-handler") | {"Last-Event-ID": str(came["position"] - 1)}, None
            )
            for_all = await first(web.address, api.headers("affairs-commission"), came["position"] - 3)

    assert came["ref"] == REFS["own"]  # and nothing of those that a unit does not see
    assert again == came
    assert for_all["ref"] == REFS["confidential"]


async def test_whoever_asks_too_often_is_told_when_to_come_again(api: Api) -> None:
    services = api.app.state.services
    async with asking(create_app(services, now, GateSettings(rate="3/minute"))) as client:
        answers = [await client.get(f"{PREFIX}/me", headers=api.headers("deputy")) for _ in range(4)]
        other = await client.get(f"{PREFIX}/me", headers=api.headers("auditor"))

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 61
    assert answers[-1].json()["type"] == "urn:duban:problem:too-many-requests"
    assert other.status_code == 200
