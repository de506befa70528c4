import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.histories.fingerprints import KEPT, fingerprint, fingerprints
from workflows.plugin import DubanPlugin

HISTORIES = sorted(KEPT.parent.glob("*/*.json"))
STAGES = {
    "case-reminded", "case-became-overdue", "case-handling", "case-answered", "case-following-up", "case-closed",
    "conference-paused", "conference-finished", "topic-reminded", "topic-planned", "reconcile-completed",
}  # fmt: skip


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: f"{file.parent.name}/{file.stem}")
async def test_what_ran_once_replays_on_the_workflows_of_today(file: Path) -> None:
    history = WorkflowHistory.from_json(file.stem, file.read_text("utf-8"))

    replayed = await Replayer(workflows=[], plugins=[DubanPlugin()]).replay_workflow(history)

    assert replayed.replay_failure is None


def test_every_workflow_has_its_histories_at_every_stage() -> None:
    releases = {file.parent.name for file in HISTORIES}

    assert releases
    for release in releases:
        kept = {file.stem.partition("-")[2] for file in HISTORIES if file.parent.name == release}
        assert STAGES - kept == set(), release


def test_no_edit_of_a_workflow_breaks_those_that_run() -> None:
    """If it fails: put the edit under `workflow.patched`, or see CONTRIBUTING.md for one that breaks nothing."""
    assert fingerprints() == json.loads(KEPT.read_text("utf-8"))


SOURCE = """
class Some:
    async def run(self):
        plan = await self._advance(workflow.now())
        if plan.closed:
            return
        await workflow.sleep(plan.delay)
"""


@pytest.mark.parametrize(
    "edit",
    [
        ("await workflow.sleep(plan.delay)", "await workflow.sleep(plan.delay * 2)"),
        ("if plan.closed:", "if plan.closed or plan.stage == 'ended':"),
        ("        await workflow.sleep(plan.delay)\n", ""),
        ("        if plan.closed:", "        workflow.upsert_memo({})\n        if plan.closed:"),
        ("        if plan.closed:\n            return\n", ""),
    ],
)
def test_an_edit_that_breaks_running_workflows_is_noticed(edit: tuple[str, str]) -> None:
    edited = SOURCE.replace(*edit)

    assert edited != SOURCE
    assert list(fingerprint(edited)) != list(fingerprint(SOURCE))


def test_an_edit_under_a_patch_and_one_of_words_pass() -> None:
    patched = SOURCE.replace(
        "        await workflow.sleep(plan.delay)",
        "        if workflow.patched('longer'):\n            await workflow.sleep(plan.delay * 2)\n"
        "        else:\n            await workflow.sleep(plan.delay)",
    )
    worded = SOURCE.replace(
        "async def run(self):", 'async def run(self):\n        """A run."""  # said better'
    )

    assert list(fingerprint(patched)) == list(fingerprint(SOURCE)) == list(fingerprint(worded))
