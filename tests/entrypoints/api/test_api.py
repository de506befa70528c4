from pathlib import Path

import httpx2
import pytest

from tests.access.people import DEPUTY, REFS
from tests.conferences import led_by, prepared, registered
from tests.domain.cases import MARA
from tests.entrypoints.api.conftest import Api

pytestmark = pytest.mark.postgres

V1 = "/api/v1"
CASES = f"{V1}/cases"


def case(name: str, below: str = "") -> str:
    return f"{CASES}/{REFS[name]}{below}"


async def test_a_list_is_paged_by_a_cursor_that_new_cases_do_not_move(
    client: httpx2.AsyncClient, api: Api
) -> None:
    headers = api.headers("affairs-commission")
    first = (await client.get(CASES, params={"limit": 2}, headers=headers)).json()
    body = {"congress": "npc", "title": "关于己事的建议", "term": 14, "session": 2, "number": "9"}
    made = await client.post(CASES, json=body, headers=headers)
    await api.town.engine.projector.catch_up()

    seen, page = list(first["items"]), first
    while page["next"]:
        answer = await client.get(CASES, params={"limit": 2, "cursor": page["next"]}, headers=headers)
        page = answer.json()
        seen += page["items"]

    assert made.status_code == 201
    assert sorted(line["ref"] for line in seen) == sorted(REFS.values())
    assert page["position"] == first["position"]
    stranger = await client.get(CASES, params={"cursor": first["next"], "text": "x"}, headers=headers)
    assert stranger.status_code == 400
    assert stranger.json()["type"] == "urn:duban:problem:not-a-cursor"


async def test_the_list_of_conferences_goes_on_before_the_position_that_its_page_names(
    client: httpx2.AsyncClient, api: Api, tmp_path: Path
) -> None:
    engine, headers = api.town.engine, api.headers("affairs-commission")
    await registered(engine, range(91, 94))
    sheets = (range(91, 94), range(91, 93), range(92, 94))
    made = [await prepared(engine, tmp_path / "sheet.csv", led_by(MARA, sheet)) for sheet in sheets]

    path, asked = f"{V1}/conferences", {"limit": "2"}
    first = (await client.get(path, params=asked, headers=headers)).json()
    last = (await client.get(path, params=asked | {"before": first["next"]}, headers=headers)).json()

    assert [one["name"] for one in first["items"] + last["items"]] == [one.name for one in reversed(made)]
    assert (len(first["items"]), last["next"]) == (2, None)


async def test_a_case_is_read_as_it_stands_and_as_it_stood(client: httpx2.AsyncClient, api: Api) -> None:
    headers = api.headers("affairs-commission")
    now = await client.get(case("own"), headers=headers)
    third = now.json()["events"][2]["position"]

    then = (await client.get(case("own"), params={"as_of": third}, headers=headers)).json()

    assert now.headers["etag"] == f'"{now.json()["version"]}"'
    assert [e["type"] for e in then["events"]] == [e["type"] for e in now.json()["events"]][:3]
    steps = (await client.get(case("own", "/replay"), headers=headers)).json()["items"]
    assert [step["step"] for step in steps] == list(range(1, len(now.json()["events"]) + 1))
    clocks = (await client.get(case("own", "/clocks"), headers=headers)).json()["items"]
    assert all(clock["derivation"] for clock in clocks)


async def test_an_act_needs_the_version_that_was_seen_and_is_done_once_under_its_key(
    client: httpx2.AsyncClient, api: Api
) -> None:
    headers = api.headers("unit-handler")
    tag = (await client.get(case("own"), headers=headers)).headers["etag"]
    body = {"commitment": "c1", "progress": "已建成两个"}
    path = case("own", "/acts/progress")

    blind = await client.post(path, json=body, headers=headers)
    assert (blind.status_code, blind.json()["status"]) == (428, 428)
    key = {"Idempotency-Key": "one", "If-Match": tag}
    done = await client.post(path, json=body, headers=headers | key)
    again = await client.post(path, json=body, headers=headers | key)
    assert done.status_code == again.status_code == 200, done.text
    assert done.json() == again.json()
    assert done.headers["etag"] == again.headers["etag"] != tag
    other = await client.post(path, json=body | {"progress": "另一件"}, headers=headers | key)
    assert other.json()["type"] == "urn:duban:problem:key-reused"
    stale = await client.post(path, json=body, headers=headers | {"If-Match": tag})
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:duban:problem:stale-version")


async def test_a_refusal_of_the_rules_is_a_problem_in_the_readers_language(
    client: httpx2.AsyncClient, api: Api
) -> None:
    headers = api.headers("affairs-commission") | {"If-Match": "*"}
    body = {"to": "国务院办公厅"}

    zh = await client.post(
        case("own", "/acts/assign"), json=body, headers=headers | {"Accept-Language": "zh"}
    )
    en = await client.post(
        case("own", "/acts/assign"), json=body, headers=headers | {"Accept-Language": "en"}
    )

    assert zh.status_code == en.status_code == 409
    assert zh.headers["content-type"] == "application/problem+json"
    assert zh.json()["type"] == en.json()["type"]
    assert any("\u4e00" <= sign <= "\u9fff" for sign in zh.json()["detail"])
    assert en.json()["detail"].isascii() or REFS["own"] in en.json()["detail"]


async def test_nobody_acts_in_the_name_of_another_or_on_a_case_they_do_not_see(
    client: httpx2.AsyncClient, api: Api
) -> None:
    match = {"If-Match": "*"}
    answer = {"unit": "财政部", "category": "A"}
    by_other = await client.post(
        case("own", "/acts/answer"), json=answer, headers=api.headers("unit-signatory") | match
    )
    unseen = await client.post(
        case("other", "/acts/answer"), json=answer, headers=api.headers("unit-signatory") | match
    )
    unknown = await client.post(
        f"{CASES}/npc/14-2/99/acts/answer", json=answer, headers=api.headers("unit-signatory") | match
    )
    stranger = await client.post(case("own", "/acts/answer"), json=answer)

    assert (by_other.status_code, by_other.json()["type"]) == (403, "urn:duban:problem:not-in-your-name")
    assert unseen.status_code == unknown.status_code == 404
    assert unseen.json()["type"] == unknown.json()["type"]
    assert stranger.status_code == 401
    assert stranger.headers["www-authenticate"] == "Bearer"


async def test_every_look_at_a_confidential_case_is_there_for_auditors(
    client: httpx2.AsyncClient, api: Api
) -> None:
    await client.get(case("confidential"), headers=api.headers("affairs-commission"))
    await client.get(case("confidential"), headers=api.headers("unit-handler"))
    await api.town.engine.projector.catch_up()

    asked = f"{V1}/audit/questions/confidential-accesses"
    found = (await client.get(asked, headers=api.headers("auditor"))).json()["items"]

    looks = [row for row in found if row["event_type"] == "access.confidential-case-seen"]
    assert [(row["person"], row["ref"]) for row in looks] == [("commission", REFS["confidential"])]


async def test_key_topics_and_congresses_are_kept_through_the_api(
    client: httpx2.AsyncClient, api: Api
) -> None:
    headers = api.headers("affairs-commission")
    chosen = {"title": "水网", "year": 2024, "approved_by": "主任会议"}
    topic = f"{V1}/topics/npc/2024-02"

    made = await client.post(topic, json=chosen, headers=headers)
    added = await client.post(
        f"{topic}/acts/add-case", json={"ref": REFS["other"]}, headers=headers | {"If-Match": '"1"'}
    )
    units = await client.post(f"{V1}/congresses/npc/units", json={"units": ["水利部"]}, headers=headers)
    await api.town.engine.projector.catch_up()
    shown = (await client.get(topic, headers=headers)).json()

    assert made.status_code == 201, made.text
    assert added.status_code == 200, added.text
    assert units.json() == {"units": ["水利部"]}
    assert shown["refs"] == [REFS["other"]]
    elsewhere = await client.post(f"{V1}/congresses/马关县/units", json={"units": ["x"]}, headers=headers)
    assert elsewhere.status_code == 403


READS = [
    f"{V1}/counts", f"{V1}/units", f"{V1}/units/{MARA}/work", f"{V1}/commitments", f"{V1}/topics", f"{V1}/inbox",
    f"{V1}/deputies/{DEPUTY}", f"{V1}/statistics", f"{V1}/audit/events", f"{V1}/projections", f"{V1}/congresses",
    f"{V1}/congresses/npc/units", f"{V1}/congresses/npc/subjects",
    f"{V1}/rules", f"{V1}/rules/npc@2015-08-29", f"{V1}/me", f"{V1}/health",
    f"{V1}/ready", f"{V1}/clock?jurisdiction=npc&rule=answer&from=2024-04-02", f"{V1}/openapi.json",
]  # fmt: skip
ASKS = {"inbox": "affairs-commission", "audit": "auditor"}


async def test_every_read_answers(client: httpx2.AsyncClient, api: Api) -> None:
    for path in READS:
        role = next((role for part, role in ASKS.items() if part in path), "auditor")
        answer = await client.get(path, headers=api.headers(role))

        assert answer.status_code == 200, answer.text
        assert answer.json()
