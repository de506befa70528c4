import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from domain.congress import UnknownCongress, UnknownUnit
from domain.references import AlreadyNumbered, MalformedReference, NoSuchCase
from domain.suggestion.assignment import AlreadyAssigned, NotAssigned, SubAssign
from domain.suggestion.intake import Register
from domain.suggestion.replies import AlreadyAnswered
from domain.suggestion.steps import TakeStep
from domain.vocabulary import Kind, Role, Stage
from duban.commands import Actor, NotYetHappened, case_stream
from tests.domain.cases import ANSWER, ASSIGN, CASE_ID, LEAD, end_of, on, submit
from tests.engine import people, with_npc

pytestmark = pytest.mark.postgres

Pool = asyncpg.Pool


async def test_a_case_is_found_by_its_reference_from_the_moment_it_is_submitted(pool: Pool) -> None:
    engine = await with_npc(pool)

    done = await engine.commands.submit(submit(), people())

    assert done.case.ref == "npc/14-2/3973"
    assert await engine.commands.resolve("npc/14-2/3973") == case_stream("npc", CASE_ID)
    with pytest.raises(NoSuchCase):
        await engine.commands.resolve("npc/14-2/3974")
    with pytest.raises(MalformedReference):
        await engine.commands.resolve("3973")


async def test_a_number_is_borne_by_one_case_only(pool: Pool) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(submit(), people())
    head = await engine.log.head()

    with pytest.raises(AlreadyNumbered, match="npc/14-2/3973"):
        await engine.commands.submit(submit(case_id=str(uuid4())), people())
    assert await engine.log.head() == head


async def test_a_rehearsal_decides_as_commands_do_and_records_nothing(pool: Pool) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(submit(), people())
    head, rehearsal = await engine.log.head(), engine.commands.rehearsal()

    done = await rehearsal.handle("npc/14-2/3973", people(), ASSIGN, LEAD)

    assert (done.case.stage, done.positions) == (Stage.HANDLING, (0,) * len(done.positions))
    assert done.positions
    assert await engine.log.head() == head
    with pytest.raises(NotAssigned):
        await rehearsal.handle("npc/14-2/3973", people(), ANSWER)


async def test_of_many_who_claim_one_number_at_once_one_gets_it(pool: Pool) -> None:
    engine = await with_npc(pool)

    claims = [engine.commands.submit(submit(case_id=str(uuid4())), people()) for _ in range(8)]
    outcomes = await asyncio.gather(*claims, return_exceptions=True)

    assert sum(isinstance(outcome, AlreadyNumbered) for outcome in outcomes) == 7


async def test_motions_and_suggestions_are_numbered_apart(pool: Pool) -> None:
    engine = await with_npc(pool)
    motion = submit(case_id=str(uuid4()), kind=Kind.MOTION, number="7")
    await engine.commands.submit(motion, people())

    assert await engine.commands.resolve("npc/14-2/7") == case_stream("npc", motion.case_id)
    await engine.commands.submit(submit(number="7"), people())
    assert await engine.commands.resolve("npc/14-2/7") == case_stream("npc", CASE_ID)
    assert await engine.commands.resolve("npc/14-2/motion-7") == case_stream("npc", motion.case_id)


async def test_a_case_keeps_its_provisional_reference_when_it_gets_a_number(pool: Pool) -> None:
    engine = await with_npc(pool)
    first = (await engine.commands.submit(submit(number=None), people())).case.ref

    await engine.commands.handle(first, people(), Register(number="17", at=on("2024-03-10")))

    assert await engine.commands.resolve("npc/14-2/17") == await engine.commands.resolve(first)


async def test_commands_to_a_case_are_done_together_or_not_at_all(pool: Pool) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(submit(), people())
    head = await engine.log.head()
    stranger = SubAssign(unit="农业农村厅", role=Role.CO_HANDLING, at=on("2024-04-02"))

    with pytest.raises(UnknownUnit, match="Did you mean 农业农村部"):
        await engine.commands.handle("npc/14-2/3973", people(), ASSIGN, LEAD, stranger)
    assert await engine.log.head() == head


async def test_a_command_sent_again_under_its_id_is_done_once(pool: Pool) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(submit(), people())
    once = Actor.of("people")

    first = await engine.commands.handle("npc/14-2/3973", once, ASSIGN, LEAD)
    again = await engine.commands.handle("npc/14-2/3973", once, ASSIGN, LEAD)

    assert again.positions == first.positions
    with pytest.raises(AlreadyAssigned):
        await engine.commands.handle("npc/14-2/3973", people(), ASSIGN)


async def test_of_many_answers_given_at_once_one_is_recorded(pool: Pool) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(submit(), people())
    await engine.commands.handle("npc/14-2/3973", people(), ASSIGN, LEAD)

    answers = [engine.commands.handle("npc/14-2/3973", people(), ANSWER) for _ in range(8)]
    outcomes = await asyncio.gather(*answers, return_exceptions=True)

    assert sum(isinstance(outcome, AlreadyAnswered) for outcome in outcomes) == 7


async def test_a_step_taken_by_two_workers_at_once_is_recorded_once(pool: Pool) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(submit(), people())
    await engine.commands.handle("npc/14-2/3973", people(), ASSIGN, LEAD)
    head = await engine.log.head()
    step = TakeStep(key="answer-overdue:4", as_of=end_of("2024-07-09"))

    stream = case_stream("npc", CASE_ID)
    await asyncio.gather(*(engine.commands.on_stream(stream, step, people()) for _ in range(4)))

    assert await engine.log.head() == head + 1


async def test_what_is_refused_leaves_nothing_in_the_log(pool: Pool) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(submit(), people())
    head = await engine.log.head()

    with pytest.raises(NotAssigned):
        await engine.commands.handle("npc/14-2/3973", people(), ANSWER)
    with pytest.raises(UnknownCongress):
        await engine.commands.submit(submit(congress="nowhere"), people())
    with pytest.raises(NotYetHappened):
        await engine.commands.handle(
            "npc/14-2/3973", people(), ASSIGN.model_copy(update={"at": on("2199-01-01")})
        )
    assert await engine.log.head() == head


async def test_nobody_can_change_what_is_recorded(pool: "asyncpg.Pool[Any]", database: str) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(submit(), people())

    for statement in ("update event_log set actor = 'x'", "delete from event_log", "truncate event_log"):
        with pytest.raises(asyncpg.PostgresError):
            await pool.execute(statement)
        owner = await asyncpg.connect(database)
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await owner.execute(statement)
        await owner.close()
