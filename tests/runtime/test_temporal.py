from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from duban.runtime.temporal import EmbeddedTemporal
from tests.runtime.processes import processes_on

pytestmark = pytest.mark.temporal

STAGE = TypedSearchAttributes([SearchAttributePair(SearchAttributeKey.for_keyword("CaseStage"), "answered")])


async def test_workflows_outlive_a_stop_and_a_kill_in_its_file(tmp_path: Path) -> None:
    server = EmbeddedTemporal(tmp_path)
    client = await Client.connect(await server.start(), namespace="duban")
    await client.start_workflow("case", id="a", task_queue="nobody", search_attributes=STAGE)

    await server.stop()
    assert not processes_on(tmp_path)
    client = await Client.connect(await server.start(), namespace="duban")
    await client.start_workflow("case", id="b", task_queue="nobody")
    server.kill()
    await server.stop()
    client = await Client.connect(await server.start(), namespace="duban")
    known = [(await client.get_workflow_handle(name).describe()).status for name in ("a", "b")]
    await server.stop()

    assert all(status is not None and status.name == "RUNNING" for status in known)
    assert (tmp_path / "temporal.db").exists()
