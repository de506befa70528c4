"""The one Temporal plugin of client, worker and replayer, so that they cannot diverge."""

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.plugin import SimplePlugin
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows.case import CaseWorkflow
from workflows.conference import ConferenceWorkflow
from workflows.reconcile import ReconcileWorkflow
from workflows.topic import TopicWorkflow

PURE = ("domain", "workflows.contracts", "workflows.clockwork")  # imported once, not again for every run


class DubanPlugin(SimplePlugin):
    """Pydantic payloads, our workflows, and a sandbox that passes the pure layers through."""

    def __init__(self) -> None:
        restrictions = SandboxRestrictions.default.with_passthrough_modules(*PURE)
        super().__init__(
            "duban",
            data_converter=pydantic_data_converter,
            workflows=[CaseWorkflow, ConferenceWorkflow, ReconcileWorkflow, TopicWorkflow],
            workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
        )
