"""The case workflow: a durable clock and dispatcher for one case; the log decides."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.clockwork import ADVANCE_TIMEOUT, PATIENTLY, Clockwork
    from workflows.contracts import CaseActivities, CaseRef, PlanRequest, ProcessPlan


@workflow.defn(name="case")
class CaseWorkflow(Clockwork):
    """One per case with a clock, id `case/{congress}/{case_id}`."""

    @workflow.init
    def __init__(self, case: CaseRef) -> None:
        super().__init__(case.seen)
        self._case = case

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        if not await self.keep(self._advance):
            self.go_on_anew(case)

    async def _advance(self, now: datetime, at_least: int) -> ProcessPlan:
        request = PlanRequest(
            congress=self._case.congress, case_id=self._case.case_id, as_of=now, at_least=at_least
        )
        return await workflow.execute_local_activity_method(
            CaseActivities.advance, request, start_to_close_timeout=ADVANCE_TIMEOUT, retry_policy=PATIENTLY
        )
