"""Two years in the life of one case, on the real engine and the workflow's virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import TimeSkipper

from domain.base import Event, Recorded
from domain.congress import AddUnits, OpenCongress
from domain.law import Law
from domain.suggestion import (
    assignment,
    commitments,
    feedback,
    handling,
    intake,
    promises,
    replies,
    supervision,
)
from domain.suggestion.suggestion import SuggestionCommand
from domain.vocabulary import Level, Role, Satisfaction
from duban.calendars import official
from duban.commands import Actor, Commands, Done
from duban.event_log.log import EventLog
from duban.relay import Relay
from workflows.case import CaseWorkflow

UNIT = "农业农村部"
A_SECOND = timedelta(seconds=1)
PATIENCE = 15.0  # seconds for something that takes a tenth of one


class Season:
    """One case on the real engine, its people and its clock driven by the workflow's virtual time."""

    relay: Relay

    def __init__(self, log: EventLog, skipper: TimeSkipper) -> None:
        self.log = log
        self.law = Law(official())
        self.skipper = skipper
        self.commands = Commands(log, self.law, self.clock)
        self.case_id = str(uuid4())
        self.stream_id = f"case/npc/{self.case_id}"
        self.ref = "npc/14-4/1"
        self.now = datetime.now().astimezone()

    def clock(self) -> datetime:
        return self.now

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.skipper.client.get_workflow_handle_for(CaseWorkflow.run, self.stream_id)

    async def act(self, *commands: SuggestionCommand) -> Done:
        """People act, and the workflow takes it in."""
        done = await self.commands.handle(self.ref, Actor.of("people"), *commands)
        if not done.case.closed:
            await eventually(lambda: self._taken_in(done.positions[-1]))
        return done

    async def until(self, moment: datetime) -> None:
        """Let the workflow's clock run to a moment."""
        self.now = await self._clock()
        await self.skipper.fast_forward(self.handle, moment - self.now + A_SECOND)
        self.now = max(await self._clock(), moment)

    async def recorded(self, type_: str, times: int = 1) -> Recorded[Event]:
        """The event of this type that the workflow makes the log hold."""
        found: list[Recorded[Event]] = []

        async def there() -> bool:
            found[:] = [
                r for r in await self.log.read_stream(self.stream_id) if r.type == f"suggestion.{type_}"
            ]
            return len(found) >= times

        await eventually(there)
        assert len(found) == times
        return found[-1]

    def due(self, rule: str, anchor: datetime) -> datetime:
        rules = self.law.in_force("npc", anchor.date())
        due = self.law.due_by(rules.rules_id, rule, anchor, anchor_event="test")
        assert due is not None
        assert due.deadline is not None
        return due.deadline.due_at

    async def _clock(self) -> datetime:
        return await self.skipper.get_current_time(self.handle)

    async def _taken_in(self, position: int) -> bool:
        """Whether the relay is past a position and the workflow at rest."""
        if await self.relay.cursor() < position:
            return False
        described = (await self.handle.describe()).raw_description
        return not described.HasField("pending_workflow_task")


async def eventually(there: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await there():  # noqa: ASYNC110 the log and the workflow are elsewhere
            await asyncio.sleep(0.02)


async def live(season: Season) -> None:
    """From submission to the promise kept."""
    people = Actor.of("people")
    opened = OpenCongress(congress="npc", place="全国", level=Level.NATIONAL, at=season.now)
    await season.commands.open_congress(opened, people)
    await season.commands.add_units("npc", AddUnits(units=(UNIT,), at=season.now), Actor.of("people"))
    await season.commands.submit(_submission(season), Actor.of("people"))
    assigned_at = season.now
    await season.act(
        assignment.Assign(to="国务院", at=assigned_at),
        assignment.SubAssign(unit=UNIT, role=Role.LEAD, at=assigned_at),
    )

    answer_due = season.due("answer", assigned_at)
    await season.until(answer_due - timedelta(days=30))
    reminded = await season.recorded("reminded")
    assert reminded.body.occurred_at is not None
    assert (
        timedelta(0) <= reminded.body.occurred_at - (answer_due - timedelta(days=30)) < timedelta(seconds=5)
    )
    await season.until(answer_due + A_SECOND)
    overdue = await season.recorded("became-overdue")
    assert overdue.body.occurred_at == answer_due + A_SECOND

    extended = await season.act(handling.GrantExtension(unit=UNIT, reason="涉及面广", at=season.now))
    (clock,) = extended.case.running_clocks
    assert clock.deadline is not None
    assert clock.deadline.due_at == season.due("answer_extended", assigned_at)

    await season.until(clock.deadline.due_at - timedelta(days=45))
    answered_at = season.now
    promise_due = answered_at + timedelta(days=450)
    await season.act(
        replies.Answer(
            unit=UNIT,
            category="B",
            served_on="deputies",
            commitments=(promises.Promise(promise="两年内建成3个示范县", due=promise_due),),
            at=answered_at,
        ),
    )
    await season.act(
        feedback.GiveFeedback(result=Satisfaction.SATISFIED, by="deputies", at=season.now),
        supervision.Conclude(at=season.now),
    )
    await _follow_up(season, answered_at, promise_due)


async def _follow_up(season: Season, answered_at: datetime, promise_due: datetime) -> None:
    asked = season.due("follow_up", answered_at)
    await season.until(asked)
    reminded = await season.recorded("reminded", 3)
    assert reminded.body.model_dump()["due_at"] == asked
    await season.act(commitments.FollowUp(finding="两个示范县已建成", at=season.now))

    await season.until(promise_due - timedelta(days=3))
    await season.recorded("reminded", 5)  # of the commitment, 30 and 7 days before
    assert season.now - answered_at > timedelta(days=440)
    await season.act(commitments.Fulfil(evidence="三个示范县验收合格", at=season.now))


async def completed(season: Season) -> bool:
    return (await season.handle.describe()).status is WorkflowExecutionStatus.COMPLETED


def _submission(season: Season) -> intake.Submit:
    return intake.Submit(
        congress="npc",
        case_id=season.case_id,
        level=Level.NATIONAL,
        place="全国",
        term=14,
        session=4,
        number="1",
        title="关于支持庆阳打造循环农业示范区的建议",
        at=season.now,
    )
