from typing import Any

import asyncpg
import pytest

from domain.key_topic_acts import ChooseTopic
from duban.acts.catalogue import ACTS
from duban.acts.perform import NoSuchField, perform, submit
from duban.commands import Actor, Done
from duban.topics import NoSuchTopic, Topics
from tests.domain.cases import MARA, on
from tests.engine import Engine, people, with_npc

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool

REF = "npc/14-2/7"
SUBMISSION = {"congress": "npc", "term": 14, "session": 2, "number": "7", "title": "循环农业"}


async def act(engine: Engine, name: str, by: Actor, said: dict[str, Any]) -> Done:
    return await perform(engine.commands, ACTS[f"suggestion.{name}"], REF, said, by, on("2024-04-02"))


async def hand_in(engine: Engine, by: Actor, **said: Any) -> Done:
    return await submit(engine.commands, SUBMISSION | said, by, on("2024-03-05"))


async def test_what_is_sent_twice_under_one_id_is_done_once(pool: Pool) -> None:
    engine = await with_npc(pool)
    other = await hand_in(engine, people(), number="8")
    topics = Topics(engine.log, engine.commands)
    topic = ChooseTopic(
        congress="npc",
        topic_id="2024-01",
        title="循环农业",
        year=2024,
        approved_by="会议",
        at=on("2024-03-05"),
    )
    await topics.choose(topic, people())
    once = people()
    first = await hand_in(engine, once)
    assert (await hand_in(engine, once)).positions == first.positions

    for name, said in (
        ("merge", {"into": other.case.ref, "reason": "同类"}),
        ("assign", {"to": "国务院"}),
        ("sub-assign", {"unit": MARA, "role": "lead"}),
        ("put-under", {"topic": "2024-01"}),
        ("release", {"topic": "2024-01"}),
        ("answer", {"unit": MARA, "category": "A", "served_on": "deputies"}),
        ("feedback", {"result": "satisfied", "by": "deputies"}),
        ("conclude", {}),
    ):
        once = people()
        done = await act(engine, name, once, said)
        head = await engine.log.head()
        assert done.positions, name
        assert (await act(engine, name, once, said)).positions == done.positions, name
        assert await engine.log.head() == head, name


async def test_a_case_and_its_topic_know_of_each_other_or_neither_does(pool: Pool) -> None:
    engine = await with_npc(pool)
    await hand_in(engine, people())
    head = await engine.log.head()

    with pytest.raises(NoSuchTopic):
        await act(engine, "put-under", people(), {"topic": "2024-99"})
    assert await engine.log.head() == head


async def test_every_act_refuses_a_field_that_it_does_not_know_and_leaves_no_trace(pool: Pool) -> None:
    engine = await with_npc(pool)
    await hand_in(engine, people())
    head = await engine.log.head()

    for name in (name for name in ACTS if name.startswith("suggestion.")):
        with pytest.raises(NoSuchField, match="nonsense"):
            await act(engine, name.removeprefix("suggestion."), people(), {"nonsense": "…"})
    assert await engine.log.head() == head
