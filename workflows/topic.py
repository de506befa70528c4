"""The key-topic workflow: keeps the clock of what a committee owes a topic; the log decides."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.clockwork import ADVANCE_TIMEOUT, PATIENTLY, Clockwork
    from workflows.contracts import ProcessPlan, TopicActivities, TopicRef, TopicRequest


@workflow.defn(name="key-topic")
class TopicWorkflow(Clockwork):
    """One per topic with a committee, id `topic/{congress}/{topic_id}`."""

    @workflow.init
    def __init__(self, topic: TopicRef) -> None:
        super().__init__(topic.seen)
        self._topic = topic

    @workflow.run
    async def run(self, topic: TopicRef) -> None:
        if not await self.keep(self._advance):
            self.go_on_anew(topic)

    async def _advance(self, now: datetime, at_least: int) -> ProcessPlan:
        return await workflow.execute_local_activity_method(
            TopicActivities.advance,
            TopicRequest(name=self._topic.name, as_of=now, at_least=at_least),
            start_to_close_timeout=ADVANCE_TIMEOUT,
            retry_policy=PATIENTLY,
        )
