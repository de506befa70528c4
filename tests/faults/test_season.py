"""The short run of the fault harness; `make faults` is the long one. And each invariant can be seen to fail."""

import random
from collections.abc import AsyncIterator, Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from domain.base import Event, Recorded
from domain.clock import SHANGHAI
from duban.commands import new_events
from duban.event_log.log import Append, StreamWrite
from tests.faults import invariants
from tests.faults.mail import KEY, tells
from tests.faults.people import Answer, Outcome
from tests.faults.season import Plan, Result, Season, lived
from tests.faults.verifying import audit_verifies, projections_equal_a_fold
from tests.faults.webhook import KEY as EVENT_KEY
from tests.notices.processes import until

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]

KILLS, CASES = 8, 36
THREE_YEARS = timedelta(days=3 * 365)
RENAME_THE_LAST = """
    update notice set notice_id = gen_random_uuid() where position = (select max(position) from notice) returning 1
"""
Lived = tuple[Season, Result]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def season(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lived]:
    wanted = Plan(random.randrange(2**32), CASES, KILLS, datetime.now(SHANGHAI).date())
    async with lived(tmp_path_factory.mktemp("town"), wanted) as (here, result):
        yield here, result


@pytest.mark.timeout(900)
async def test_whatever_is_killed_and_cut_off_in_a_season_no_invariant_is_broken(season: Lived) -> None:
    here, result = season

    result.broken = await here.broken()

    assert not result.broken, result.told()
    assert {name.partition("-")[0] for name in result.kills} >= {"worker", "relay", "projector", "notifier"}
    assert {"web", "postgres", "temporal"} <= set(result.kills)
    assert sum(result.kills.values()) == KILLS
    assert result.points, f"no named point was reached under {result.plan}"
    assert "cut" in result.storms
    assert (
        min(result.commands["acknowledged"], result.steps, result.moved, result.mails, result.webhooks) > 0
    ), result


async def test_a_command_that_was_acknowledged_and_is_lost_is_reported(season: Lived) -> None:
    facts = await season[0].facts()
    stream_id = next(iter(facts.cases))
    lost = {uuid4(): Answer(Outcome.ACKNOWLEDGED, stream_id, (7,))}

    (said,) = invariants.every_command_once(replace(facts, answers={**facts.answers, **lost}))

    assert "was acknowledged at (7,) and is at ()" in said


async def test_a_command_that_was_refused_and_recorded_is_reported(season: Lived) -> None:
    facts = await season[0].facts()
    done = next(one for one, answer in facts.answers.items() if answer.positions)
    told = replace(facts.answers[done], outcome=Outcome.REFUSED, said="not-assigned")

    (said,) = invariants.every_command_once(replace(facts, answers={**facts.answers, done: told}))

    assert "was refused as not-assigned, and is in the log" in said


async def test_what_happened_before_its_time_and_what_is_left_undone_is_reported(season: Lived) -> None:
    facts = await season[0].facts()
    late = {name: shown + THREE_YEARS for name, shown in facts.shown.items()}

    early = list(invariants.every_step_once_and_in_time(replace(facts, moved={})))
    left = list(invariants.no_step_is_left(replace(facts, shown=late)))

    assert all("before its time" in said for said in early)
    assert early
    assert all("is due and was not taken" in said for said in left)
    assert left


async def test_a_gap_in_the_log_is_reported(season: Lived) -> None:
    facts = await season[0].facts()
    name, stream = next((name, stream) for name, stream in facts.cases.items() if len(stream) > 2)
    gone = {name: [stream[0], *stream[2:]]}

    gap, version = invariants.the_log_is_whole(replace(facts, streams={**facts.streams, **gone}))

    assert str(stream[1].position) in gap
    assert name in version


async def test_a_row_that_a_read_model_lost_is_reported(season: Lived) -> None:
    here, _ = season
    await here.ready.pool.execute(
        "delete from p_case_board_v2 where case_id = (select max(case_id) from p_case_board_v2)"
    )

    broken = list(await projections_equal_a_fold(here.town.dsn, here.ready))

    assert broken
    assert all("case-board" in said or "p_case_board" in said for said in broken)


async def test_a_notice_that_is_lost_or_was_never_called_for_is_reported(season: Lived) -> None:
    here, _ = season
    changed = len(await here.ready.pool.fetch(RENAME_THE_LAST))

    broken = list(await invariants.every_notice_once(await here.facts(), here.ready.pool))

    assert [said.rsplit(maxsplit=3)[-3:] == ["was", "not", "written"] for said in broken].count(
        True
    ) == changed
    assert sum(said.endswith("is not called for") for said in broken) == changed


async def test_a_mail_that_was_lost_or_came_again_with_other_words_is_reported(season: Lived) -> None:
    mail = season[0].mail
    lost, changed = mail.box.taken[-1], deepcopy(next(one for one in mail.box.taken if tells(one)))
    mail.box.taken[:] = [one for one in mail.box.taken if one[KEY] != lost[KEY]]  # also where it came twice
    body = changed.get_body(("plain",))
    assert body is not None
    body.set_content("……")
    mail.box.tried.append(changed)

    broken = await mail.broken()

    assert any(said.startswith(f"mail {changed[KEY]} came with different contents") for said in broken)
    assert any(said.endswith(f"was not mailed, its delivery is {lost[KEY]}") for said in broken)


async def test_an_event_that_a_webhook_was_not_told_or_told_otherwise_is_reported(season: Lived) -> None:
    here, _ = season
    facts, heard = await here.facts(), here.webhook.heard
    first, lost = heard.taken[0], heard.taken[-1]
    heard.taken[:] = [one for one in heard.taken if one["id"] not in (first["id"], lost["id"])]
    heard.taken += [first, {"id": "nobody's"}]
    headers, body = next((h, b) for h, b in heard.calls if b"withheld" not in b)
    heard.calls += [(headers, body + b" "), ({EVENT_KEY: "another"}, body)]

    broken = list(here.webhook.broken(facts))

    assert f"event {lost['data']['position']} was not told" in broken
    assert "event nobody's was told and is not in the log" in broken
    assert any(said.startswith(f"event {first['data']['position']} was told after event") for said in broken)
    assert f"event {headers[EVENT_KEY]} was told with different contents" in broken
    assert f"event {headers[EVENT_KEY]} was told under the key another" in broken


async def test_a_workflow_that_is_gone_is_reported(season: Lived) -> None:
    here, _ = season
    facts, client = await here.facts(), await here.clocks.client()
    name = next(name for name in facts.cases if facts.outlook(name).waits)
    await client.get_workflow_handle(name).terminate()

    async def unlisted() -> bool:  # the server's list follows what happened
        return name not in [found.id async for found in client.list_workflows(invariants.RUNNING)]

    await until(unlisted)
    broken = list(await invariants.one_workflow_each(facts, client))

    assert broken == [f"{name} is open and has 0 running workflows"]


async def test_an_event_that_was_altered_is_reported(season: Lived) -> None:
    here, _ = season
    owner = await asyncpg.connect(here.town.dsn)
    await owner.execute("alter table event_log disable trigger user")
    await owner.execute("update event_log set actor = 'nobody' where position = 9")

    (said,) = await audit_verifies(here.town.dsn)

    assert "position=9" in said
    await owner.close()


async def test_a_command_and_a_step_that_were_done_twice_are_reported(season: Lived) -> None:
    here, _ = season
    facts = await here.facts()
    stepped = _with(facts.cases, lambda r: getattr(r.body, "step", None) is not None)
    commanded = _with(facts.cases, lambda r: r.correlation_id in facts.answers)
    for stream_id, recorded in (stepped, commanded):
        version = (await here.ready.log.read_stream(stream_id))[-1].version
        again = new_events(uuid4(), [recorded.body])
        await here.ready.log.append(
            Append(
                congress=recorded.congress,
                actor=recorded.actor,
                correlation_id=recorded.correlation_id,
                causation_id=None,
                writes=(StreamWrite(stream_id, version, again),),
            )
        )

    facts = await here.facts()

    assert f"step {stepped[1].body.step} was taken 2 times" in "\n".join(
        invariants.every_step_once_and_in_time(facts)
    )
    assert any(
        str(commanded[1].correlation_id) in said and "was acknowledged at" in said
        for said in invariants.every_command_once(facts)
    )


def _with(cases: Mapping[str, list[Recorded[Event]]], fits: Callable[[Recorded[Event]], bool]) -> Any:
    """The first event that fits, with the name of its stream."""
    return next((name, r) for name, stream in cases.items() for r in stream if fits(r))
