import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest

from duban.bootstrap import connect_temporal
from duban.runtime.namespace import ATTRIBUTES, ensure_namespace

pytestmark = pytest.mark.temporal


async def test_a_namespace_that_is_not_there_is_made_once_with_its_attributes(temporal_address: str) -> None:
    client = await connect_temporal(temporal_address, "another-installation")

    await ensure_namespace(client)
    await ensure_namespace(client)

    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace="another-installation")
    )
    assert set(ATTRIBUTES) <= set(listed.custom_attributes)
