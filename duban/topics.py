"""Key topics on the log: each command loads the topic, decides, and appends; a case put under one learns it at once."""

from collections.abc import Sequence
from functools import reduce
from typing import cast

from domain.base import Refusal
from domain.key_topic import KeyTopic, TopicCommand, TopicEvent, fold_topic, topic_stream
from domain.key_topic_acts import AddCase, ChooseTopic, RemoveCase
from domain.law import Law
from domain.suggestion.suggestion import Suggestion, SuggestionCommand
from domain.suggestion.supervision import PutUnder, Release
from duban.commands import Actor, Commands, Decision, Done, Log, new_events
from duban.event_log.model import StreamWrite


class NoSuchTopic(Refusal):
    """{congress} has no key topic “{topic}”.

    `duban topic list --congress {congress}` shows those that were chosen.
    """


async def under_topic(commands: Commands, ref: str, command: PutUnder | Release, by: Actor) -> Done:
    """Put a case under a key topic or take it out; the topic records it in the same commit."""
    commands.ensure_happened(command)
    stream_id = await commands.resolve(ref)

    async def decided(case: Suggestion, law: Law) -> Decision:
        topic_id = topic_stream(case.congress, command.topic)
        topic = fold_topic(cast(TopicEvent, r.body) for r in await commands.recorded(topic_id))
        if not topic.version:
            raise NoSuchTopic(congress=case.congress, topic=command.topic)
        events = case.decide(command, law)
        written = new_events(by.then(topic_id).command_id, topic.decide(_of_topic(case, command)))
        also = [StreamWrite(topic_id, topic.version, written)] if written else []
        return Decision(events, reduce(Suggestion.evolve, events, case), also)

    return await commands.deciding(stream_id, by, decided)


def _of_topic(case: Suggestion, command: PutUnder | Release) -> AddCase | RemoveCase:
    """What the topic is told of it."""
    if isinstance(command, PutUnder):
        return AddCase(ref=case.ref, case_id=case.case_id, at=command.at)
    return RemoveCase(ref=case.ref, case_id=case.case_id, reason=command.reason, at=command.at)


class Topics:
    """Commands on key topics. A topic is called by its id, such as 2024-03, within its congress."""

    def __init__(self, log: Log, commands: Commands) -> None:
        self._log = log
        self._commands = commands

    async def choose(self, command: ChooseTopic, by: Actor) -> KeyTopic:
        """Approve a key topic. Refuses an unknown congress, and a topic that was chosen already."""
        await self._commands.congress(command.congress)
        return await self._decide(topic_stream(command.congress, command.topic_id), (command,), by)

    async def handle(self, congress: str, topic_id: str, by: Actor, *commands: TopicCommand) -> KeyTopic:
        """Put commands to a topic, one after the other: all are done, or none."""
        await self.topic(congress, topic_id)
        return await self._decide(topic_stream(congress, topic_id), commands, by)

    async def topic(self, congress: str, topic_id: str) -> KeyTopic:
        """The topic as it stands. Refuses with `NoSuchTopic`."""
        topic = await self._read(topic_stream(congress, topic_id))
        if not topic.version:
            raise NoSuchTopic(congress=congress, topic=topic_id)
        return topic

    async def _read(self, stream_id: str) -> KeyTopic:
        return fold_topic(cast(TopicEvent, r.body) for r in await self._log.read_stream(stream_id))

    async def _decide(self, stream_id: str, commands: Sequence[TopicCommand], by: Actor) -> KeyTopic:
        self._commands.ensure_happened(*commands)

        async def decide() -> KeyTopic:
            recorded = await self._log.read_stream(stream_id)
            topic = fold_topic(cast(TopicEvent, r.body) for r in recorded)
            if any(r.correlation_id == by.command_id for r in recorded):
                return topic  # the same command, sent again
            by.ensure_seen(topic.version)
            version, events, also = topic.version, list[TopicEvent](), list[StreamWrite]()
            for command in commands:
                decided = topic.decide(command)
                if decided and isinstance(command, AddCase | RemoveCase):
                    also += await self._tell(topic, command, by)
                topic = reduce(KeyTopic.evolve, decided, topic)
                events += decided
            await self._commands.append(stream_id, version, events, by, also=also)
            return topic

        return await self._commands.retrying(stream_id, decide)

    async def _tell(self, topic: KeyTopic, command: AddCase | RemoveCase, by: Actor) -> list[StreamWrite]:
        """What the case itself records of it, in the same commit."""
        stream_id = await self._commands.resolve(command.ref)
        case = await self._commands.case(stream_id)
        told: SuggestionCommand
        if isinstance(command, AddCase):
            told = PutUnder(topic=topic.topic_id, committee=topic.committee, at=command.at)
        else:
            told = Release(topic=topic.topic_id, reason=command.reason, at=command.at)
        if isinstance(command, RemoveCase) and topic.topic_id not in case.key_topics:
            return []
        events = case.decide(told, await self._commands.law())
        if not events:
            return []
        return [StreamWrite(stream_id, case.version, new_events(by.then(stream_id).command_id, events))]
