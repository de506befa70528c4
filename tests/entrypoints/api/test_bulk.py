"""One act on many cases: by every role, on cases of every relation; once under one key; each refused by itself."""

import json
from typing import Any

import httpx2
import pytest

from duban.acts.catalogue import ACTS
from duban.bulk import IN_BULK, MOST
from duban.entrypoints.api.app import PREFIX
from duban.entrypoints.api.intent import body_of
from tests.access.people import MARKS, REFS
from tests.entrypoints.api.conftest import Api
from tests.entrypoints.api.expectations import ACTS_ON_OWN, SEEN

pytestmark = pytest.mark.postgres

BULK = f"{PREFIX}/bulk"
PUBLISH = {"part": "content", "extent": "full", "by": "委员会"}


async def asked(client: httpx2.AsyncClient, api: Api, role: str, act: str, **more: Any) -> httpx2.Response:
    body = {"act": act, "refs": list(REFS.values()), **more}
    return await client.post(BULK, json=body, headers=api.headers(role))


async def test_every_role_does_in_bulk_what_it_may_do_to_each_case_and_sees_no_other(
    client: httpx2.AsyncClient, api: Api
) -> None:
    head = await api.town.engine.log.head()
    for role in SEEN:
        for act in sorted(IN_BULK):
            example = body_of(ACTS[f"suggestion.{act}"]).model_json_schema()["examples"][0]
            answer = await asked(client, api, role, act, fields=example, rehearse=True)

            assert not [
                mark for name, mark in MARKS.items() if name not in SEEN[role] and mark in answer.text
            ]
            if role == "public":
                assert answer.status_code == 401
                continue
            if role not in ACTS_ON_OWN[act] and not (
                role == "unit-coordinator" and act in ("sub-assign", "coordinate")
            ):
                assert answer.status_code == 403, (role, act)
                continue
            assert answer.status_code == 200, (role, act, answer.text)
            for name, item in zip(REFS, answer.json()["items"], strict=True):
                kind = (item["problem"] or {}).get("type", "").rpartition(":")[2]
                assert (kind == "no-such-case") == (name not in SEEN[role]), (role, act, name, item)
    assert await api.town.engine.log.head() == head


async def test_each_case_is_done_or_refused_by_itself_once_under_one_key(
    client: httpx2.AsyncClient, api: Api
) -> None:
    headers = api.headers("affairs-commission") | {"Idempotency-Key": "bulk-1", "Accept-Language": "en"}
    body = {"act": "publish", "refs": [*REFS.values(), "npc/14-2/999", REFS["own"]], "fields": PUBLISH}
    log = api.town.engine.log
    before = await log.head()

    first = await client.post(BULK, json=body, headers=headers)
    after = await log.head()
    again = await client.post(BULK, json=body, headers=headers)
    other = await client.post(BULK, json={**body, "refs": ["npc/14-2/1"]}, headers=headers)

    assert first.status_code == 200
    assert first.text == again.text
    assert await log.head() == after
    told = first.json()
    assert told["done"] == after - before > 0
    assert (
        told["done"] + told["refused"] + _idle(told) == len(told["items"]) == len(REFS) + 1
    )  # each case once
    missing = next(item for item in told["items"] if item["ref"] == "npc/14-2/999")
    assert missing["problem"]["type"] == "urn:duban:problem:no-such-case"
    assert other.status_code == 422


def _idle(told: dict[str, Any]) -> int:
    return sum(item["verdict"] == "nothing-to-do" for item in told["items"])


async def test_what_is_said_wrong_for_all_is_refused_once(client: httpx2.AsyncClient, api: Api) -> None:
    role = "affairs-commission"
    for act, more, status in (
        ("answer", {}, 400),
        ("publish", {"fields": {}}, 400),
        ("publish", {"fields": {**PUBLISH, "strange": 1}}, 400),
        ("publish", {"fields": PUBLISH, "at": "9999-12-31T23:59:59Z"}, 409),
        ("publish", {"fields": PUBLISH, "refs": []}, 422),
        ("publish", {"fields": PUBLISH, "refs": ["x"] * (MOST + 1)}, 422),
        ("publish", {"fields": PUBLISH, "refs": ["  "]}, 400),
    ):
        answer = await asked(client, api, role, act, **more)
        assert answer.status_code in (status, 400), (act, more, answer.text)
    refs = ["a\u0000b", "../..", "\ud83d", "npc/14-2/" + "9" * 150]
    body = json.dumps({"act": "publish", "refs": refs, "fields": PUBLISH})
    strange = await client.post(
        BULK, content=body, headers=api.headers(role) | {"Content-Type": "application/json"}
    )
    assert strange.status_code == 422, strange.text
    nowhere = await asked(client, api, role, "publish", fields=PUBLISH, refs=[refs[0], refs[1], refs[3]])
    assert nowhere.json()["refused"] == len(nowhere.json()["items"]) == 3
