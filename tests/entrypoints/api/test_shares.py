import httpx2
import pytest

from domain.suggestion.publication import RequestConfidentiality
from duban.entrypoints.api.app import PREFIX
from tests.access.people import OTHER_DEPUTY, REFS
from tests.domain.cases import on
from tests.engine import people
from tests.entrypoints.api.conftest import Api
from tests.entrypoints.api.expectations import SEEN, WATCHERS, WHOLE

pytestmark = pytest.mark.postgres
MADE, SIGN_IN, REFUSED, MISSING, NOT_NOW = 201, 401, 403, 404, 409


def expected(role: str, name: str) -> int:
    """What making a link comes to, by the rules of the house: watchers, of what they see whole, confidential never."""
    if role == "public":
        return SIGN_IN
    if role not in WATCHERS:
        return REFUSED
    if name not in SEEN[role]:
        return MISSING
    return MADE if name != "confidential" and SEEN[role][name] == WHOLE else NOT_NOW


async def test_links_are_made_by_those_who_watch_to_what_they_see_whole(
    client: httpx2.AsyncClient, api: Api
) -> None:
    for role in SEEN:
        for name, ref in REFS.items():
            answer = await client.post(
                f"{PREFIX}/cases/{ref}/shares", json={"days": 7}, headers=api.headers(role)
            )
            assert answer.status_code == expected(role, name), (role, name, answer.text)


async def test_a_link_stops_when_the_case_becomes_confidential_and_no_look_is_put_down_to_its_maker(
    client: httpx2.AsyncClient, api: Api
) -> None:
    headers = api.headers("affairs-commission")
    link = await client.post(f"{PREFIX}/cases/{REFS['other']}/shares", json={"days": 7}, headers=headers)
    path = link.json()["path"]
    before = await client.get(path)
    ask = RequestConfidentiality(by=OTHER_DEPUTY, reason="涉密", at=on("2024-07-05"))
    await api.town.engine.commands.handle(REFS["other"], people(), ask)

    after = await client.get(path)

    assert (before.status_code, after.status_code) == (200, MISSING)
    looks = [
        event
        for event in await api.town.engine.log.read_all(limit=1000)
        if event.type == "access.confidential-case-seen"
    ]
    assert looks == []


async def test_a_link_from_a_standpoint_never_names_whom_its_maker_does_not_see(
    client: httpx2.AsyncClient, api: Api
) -> None:
    headers = api.headers("affairs-commission")
    answer = await client.post(
        f"{PREFIX}/cases/{REFS['protected']}/shares",
        json={"days": 7, "seen_by": "unit-handler"},
        headers=headers,
    )

    for step in range(1, 9):
        page = await client.get(answer.json()["path"], params={"step": step})
        assert OTHER_DEPUTY not in page.text
        assert "办得好" not in page.text  # a unit sees no rating of its own
