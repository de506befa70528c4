"""What the key-topic workflow asks for, done on the log."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import cast
from uuid import NAMESPACE_URL, uuid5

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.base import Event, Recorded
from domain.key_topic import KeyTopic, TopicEvent, fold_topic
from domain.suggestion.steps import TakeStep
from domain.topic_agenda import plan, steps_due
from duban.commands import Actor, Commands, Log
from workflows.contracts import ProcessPlan, TopicActivities, TopicRequest

STEP = uuid5(NAMESPACE_URL, "duban:topic-step")
CLOCK = "clock"  # the actor of what time alone brings about
ROUNDS = 10  # of giving what is due


class LoggedTopics(TopicActivities):
    """Records due reminders, and plans from a fold of the log."""

    def __init__(self, log: Log, commands: Commands) -> None:
        self._log = log
        self._commands = commands

    @activity.defn(name="advance-topic")
    async def advance(self, request: TopicRequest) -> ProcessPlan:
        stream_id, as_of = f"topic/{request.name}", request.as_of.astimezone(UTC)
        for _ in range(ROUNDS):
            recorded = await self._log.read_stream(stream_id)
            position = recorded[-1].position if recorded else 0
            if position < request.at_least:
                raise ApplicationError(f"the log read ends at {position}, {request.at_least} was observed")
            agenda = plan(_fold(recorded), as_of)
            if not agenda.due:
                break
            for step in agenda.due:
                await self._take(stream_id, step.key, as_of)
        return ProcessPlan(
            position=position,
            stage=agenda.stage,
            closed=agenda.closed,
            due=tuple(step.key for step in agenda.due),
            next_at=agenda.next_at,
        )

    async def _take(self, stream_id: str, key: str, as_of: datetime) -> None:
        """Once, whoever was faster."""
        by = Actor(name=CLOCK, command_id=uuid5(STEP, f"{stream_id}#{key}"))

        async def decide() -> None:
            topic = _fold(await self._log.read_stream(stream_id))
            events = steps_due(topic, TakeStep(key=key, as_of=as_of))
            await self._commands.append(stream_id, topic.version, events, by)

        await self._commands.retrying(stream_id, decide)


def _fold(recorded: Iterable[Recorded[Event]]) -> KeyTopic:
    return fold_topic(cast(TopicEvent, r.body) for r in recorded)
