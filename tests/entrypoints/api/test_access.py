"""Every endpoint and page, by every role, on cases of every relation, against what was expected by hand."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from domain.suggestion.suggestion import Suggestion
from duban.access.permission import may
from duban.access.policy import ON_SUGGESTIONS
from duban.access.viewer import Case, case_of
from duban.acts.catalogue import ACTS
from duban.entrypoints.api.app import PREFIX, api_router, description
from duban.entrypoints.api.intent import body_of
from tests.access.people import COMMITTEE, MARKS, OTHER_DEPUTY, REFS, TOPIC, VIEWERS
from tests.entrypoints.api.conftest import Api
from tests.entrypoints.api.expectations import (
    ACTS_ON_OWN,
    BY_LEADERS,
    NAMELESS,
    NOT_BY_TOKEN,
    OPEN,
    PAGES,
    SEEN,
    WHOLE,
)

pytestmark = pytest.mark.postgres

BELOW = ("", "/history", "/replay", "/clocks")
CASE_PAGES = ("", "/replay", "/replay.pdf")
MISSING, REFUSED, SIGN_IN, ALLOWED = 404, 403, 401, 428
PUBLIC_FILES = tuple(
    f"/public/data/{name}"
    for name in ("cases.csv", "replies.csv", "ratings.csv", "promises.csv", "cases.jsonl")
)
JUDGED = re.compile(r'"judged_at":"[^"]+"')
READ_AT = re.compile(r"读取于 \d{4}-\d\d-\d\d \d\d:\d\d")  # two pages may be asked for in two minutes
NEVER = "庚事"  # stands nowhere
RATED = "办得好"


def hidden_from(role: str) -> Iterator[str]:
    """What must not appear in anything that this role is answered."""
    for name in MARKS:
        if name not in SEEN[role]:
            yield MARKS[name]
            yield f'{REFS[name]}"'
        elif SEEN[role][name] not in (WHOLE, NAMELESS):
            yield f"{MARKS[name]}办议"
            yield f"{MARKS[name]}年内办成"
            yield f"{MARKS[name]}{RATED}"
        elif role.startswith("unit-"):
            yield f"{MARKS[name]}{RATED}"  # before it is final


def assert_no_leak(role: str, answer: httpx2.Response) -> None:
    text = answer.text
    assert not [sign for sign in hidden_from(role) if sign in text], (role, str(answer.url))
    assert "Traceback" not in text
    assert answer.status_code < 500, (role, str(answer.url), text[:500])


async def test_every_case_is_seen_by_those_who_may_and_does_not_exist_for_others(
    client: httpx2.AsyncClient, api: Api
) -> None:
    position = (await api.town.engine.log.head()) - 5
    for role, seen in SEEN.items():
        missing = await client.get(f"{PREFIX}/cases/npc/14-2/999", headers=api.headers(role))
        for name, ref in REFS.items():
            paths = [
                f"{PREFIX}/cases/{ref}{below}{asked}"
                for below in BELOW
                for asked in ("", f"?as_of={position}")
            ]
            paths += [f"/case/{ref}{below}" for below in CASE_PAGES]
            for path in paths:
                answer = await client.get(path, headers=api.headers(role))

                expected = 200 if name in seen else MISSING
                assert answer.status_code == expected, (role, path, answer.text[:300])
                assert_no_leak(role, answer)
                if name not in seen and path == paths[0]:
                    assert answer.json()["type"] == missing.json()["type"]
                if seen.get(name) == NAMELESS:
                    assert OTHER_DEPUTY not in answer.text, (role, path)


async def test_whoever_sees_less_than_the_whole_is_told_the_true_stage_and_terms(
    client: httpx2.AsyncClient, api: Api
) -> None:
    path = f"{PREFIX}/cases/{REFS['public']}"
    for role in ("public", "deputy", "unit-handler", "supervising-committee"):
        headers = api.headers(role)
        case, replay, terms = [
            await client.get(path + below, headers=headers) for below in ("", "/replay", "/clocks")
        ]

        assert (case.json()["stage"], replay.json()["items"][-1]["stage"]) == ("rated", "rated"), role
        assert (case.json()["owing"], case.json()["waits"]) == ([], ["conclusion"]), role
        assert {term["status"] for term in terms.json()["items"]} == {"superseded", "met"}, role
        assert (case.json()["replies"], case.json()["ratings"], case.json()["commitments"]) == ([], [], []), (
            role
        )
        for answer in (case, replay, terms):
            assert_no_leak(role, answer)
        head = await client.get(path, params={"as_of": case.json()["position"]}, headers=headers)
        assert head.json()["stage"] == "handling", role  # of the past they are told what they see


async def test_every_view_is_open_to_those_who_may_and_holds_nothing_of_hidden_cases(
    client: httpx2.AsyncClient, api: Api
) -> None:
    position = await api.town.engine.log.head()
    for role in SEEN:
        for path, roles in OPEN.items():
            for asked in ("", f"as_of={position - 2}", "as_of=2024-07-02"):
                whole = f"{PREFIX}{path}{'&' if '?' in path else '?'}{asked}" if asked else PREFIX + path
                answer = await client.get(whole, headers=api.headers(role))

                if role in roles:
                    assert answer.status_code in (200, 400, 404), (role, whole, answer.text[:300])
                    assert asked or answer.status_code == 200, (role, whole, answer.text[:300])
                else:
                    assert answer.status_code == (SIGN_IN if role == "public" else REFUSED), (role, whole)
                assert_no_leak(role, answer)
        for path, roles in PAGES.items():
            page = await client.get(path, headers=api.headers(role))
            assert (page.status_code == 200) == (role in roles), (role, path)
            assert_no_leak(role, page)


async def test_the_public_site_is_the_same_for_everybody_and_knows_public_cases_only(
    client: httpx2.AsyncClient, api: Api
) -> None:
    lists = [f"{PREFIX}/public/cases", f"{PREFIX}/public/counts", "/public", *PUBLIC_FILES]
    asked = (
        "",
        "?congress=npc",
        *(f"?text={quote(MARKS[name])}" for name in ("public", "confidential", "other")),
    )
    told: dict[str, str] = {}
    for role in SEEN:
        headers = api.headers(role)
        for path in (f"{path}{question}" for path in lists for question in asked):
            answer = await client.get(path, headers=headers)

            said = JUDGED.sub("", answer.text)
            assert answer.status_code == 200, (role, path, said[:300])
            assert told.setdefault(path, said) == said, (role, path)  # to everybody the same
            hidden = [mark for name, mark in MARKS.items() if name != "public" and quote(mark) not in path]
            assert not [mark for mark in hidden if mark in said], (role, path)
            assert not [name for name in MARKS if name != "public" and f'{REFS[name]}"' in said], (role, path)
        for name, ref in REFS.items():
            for path in (f"/public/case/{ref}", f"{PREFIX}/public/cases/{ref}"):
                page = await client.get(path, headers=headers)
                assert page.status_code == (200 if name == "public" else MISSING), (role, path)
        counted = await client.get(f"{PREFIX}/public/counts", params={"text": MARKS["confidential"]})
        assert counted.json()["cases"] == 0


async def test_no_count_and_no_search_tells_of_what_is_hidden(client: httpx2.AsyncClient, api: Api) -> None:
    for role, seen in SEEN.items():
        headers = api.headers(role)
        counts = (await client.get(f"{PREFIX}/counts", headers=headers)).json()
        assert counts["cases"] == len(seen), role
        nothing = await client.get("/", params={"text": NEVER}, headers=headers)
        for name, mark in MARKS.items():
            listed = (await client.get(f"{PREFIX}/cases", params={"text": mark}, headers=headers)).json()[
                "items"
            ]
            assert [line["ref"] for line in listed] == ([REFS[name]] if name in seen else []), (role, name)
            if name not in seen:
                page = await client.get("/", params={"text": mark}, headers=headers)
                asked, same = (mark, NEVER), page.text
                for _ in range(3):  # as it is, in an address, and in an address within one
                    same = same.replace(*asked)
                    asked = (quote(asked[0]), quote(asked[1]))
                told, told_of_nothing = (READ_AT.subn("", text) for text in (same, nothing.text))
                assert told == told_of_nothing, (role, name)
                assert told[1] == 1, (role, name)


async def test_every_act_is_open_to_those_who_may_and_to_nobody_else(
    client: httpx2.AsyncClient, api: Api
) -> None:
    assert {f"suggestion.{name}" for name in (*ACTS_ON_OWN, "submit")} == {
        a for a in ACTS if a.startswith("sugg")
    }
    for role in SEEN:
        for name, roles in ACTS_ON_OWN.items():
            body = _example(name)
            answer = await client.post(
                f"{PREFIX}/cases/{REFS['own']}/acts/{name}", json=body, headers=api.headers(role)
            )

            kind = answer.json()["type"].rpartition(":")[2]
            if role in roles:
                assert answer.status_code == ALLOWED or kind == "not-in-your-name", (role, name, answer.text)
            else:
                unseen = "own" not in SEEN[role]
                refused = SIGN_IN if role == "public" else MISSING if unseen else REFUSED
                assert answer.status_code == refused, (role, name, answer.text)


async def test_on_a_case_that_is_hidden_every_act_answers_as_on_one_that_does_not_exist(
    client: httpx2.AsyncClient, api: Api
) -> None:
    for role in set(SEEN) - {"public"}:
        for name in set(REFS) - set(SEEN[role]):
            for act in ("answer", "feedback", "publish"):
                told = [
                    await client.post(
                        f"{PREFIX}/cases/{ref}/acts/{act}", json=_example(act), headers=api.headers(role)
                    )
                    for ref in (REFS[name], "npc/14-2/999")
                ]
                assert [answer.status_code for answer in told] == [MISSING, MISSING]
                assert told[0].text.replace(REFS[name], "") == told[1].text.replace("npc/14-2/999", "")


async def test_the_policy_gives_what_was_expected_on_every_kind_of_case(api: Api) -> None:
    for name, ref in REFS.items():
        state = await _state(api, ref)
        case = case_of(state, (COMMITTEE,) if TOPIC in state.key_topics else ())
        for role, viewer in VIEWERS.items():
            for act, roles in ACTS_ON_OWN.items():
                expected = role in roles and (name == "own" or _acts_elsewhere(role, name, act, case))
                assert may(viewer, f"suggestion.{act}", case) == expected, (role, act, name)


def _acts_elsewhere(role: str, name: str, act: str, case: Case) -> bool:
    """On other cases: the commission and the chairpersons' office, and units where they have a part."""
    return role in BY_LEADERS or (role.startswith("unit-") and name == "protected")


def test_nothing_of_the_api_is_left_out_of_these_tests() -> None:
    """A new endpoint has to be expected here before it can be served."""
    known = {
        path.removeprefix(PREFIX) for path, methods in description()["paths"].items() if "get" in methods
    }
    concrete = {path.partition("?")[0] for path in OPEN}
    filled = {
        path.replace("{congress}", "npc").replace("{topic_id}", TOPIC).replace("{rules_id}", "npc@2015-08-29")
        .replace("{unit}", "农业农村部").replace("{deputy}", "张代表").replace("{name}", "confidential-accesses")
        for path in known
    }  # fmt: skip
    of_cases = {f"/cases/npc/{{session}}/{{number}}{below}" for below in BELOW}
    of_cases |= {"/public/cases/npc/{session}/{number}"}

    assert filled - concrete - of_cases == {"/live", "/motions/npc/{session}/{number}"}
    assert set(ON_SUGGESTIONS) == {*ACTS_ON_OWN, "submit"}


def test_no_page_is_left_out_of_these_tests(api: Api) -> None:
    served = set(_pages(api.app.router.routes))
    known = {path.partition("?")[0] for path in PAGES} | NOT_BY_TOKEN
    of_cases = {f"/case/{{congress}}/{{term_session}}/{{number}}{below}" for below in CASE_PAGES}

    # these have tests of their own
    elsewhere = {
        "/calendar/{unit}.ics", "/conference/{congress}/{conference_id}", "/guide", "/pictures/{name}.svg",
        "/statistics.{kind}", "/public/case/{congress}/{term_session}/{number}", "/public/data/{file}",
        "/shared/{token}",
    }  # fmt: skip
    assert served - known - of_cases <= elsewhere


def _pages(routes: Any) -> Iterator[str]:
    """Where pages are; the endpoints of the API are in its description."""
    of_api = api_router().routes
    for route in routes:
        if any(route is one for one in of_api):
            continue
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _pages(inner.routes)
        elif "GET" in (getattr(route, "methods", None) or ()):
            yield route.path


def _example(name: str) -> dict[str, Any]:
    schema = body_of(ACTS[f"suggestion.{name}"]).model_json_schema()
    example: dict[str, Any] = schema["examples"][0]
    return example | {name: REFS["public"] for name in ("into", "other") if name in example}


async def _state(api: Api, ref: str) -> Suggestion:
    return await api.town.engine.commands.case(await api.town.engine.commands.resolve(ref))
