"""The Temporal namespace that the cases live in: made, with its search attributes, where it is not there yet."""

import asyncio

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

ATTRIBUTES = {"CaseStage": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD}
RETENTION = Duration(seconds=30 * 24 * 3600)  # of closed workflows; the log keeps everything anyway
KNOWN_WITHIN = 30.0  # seconds until every part of the server knows a new namespace
TRY_EVERY = 0.2  # seconds


async def ensure_namespace(client: Client) -> None:
    """Make the client's namespace and its search attributes unless they are there; again, it changes nothing."""
    try:
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        await _register(client)
    async with asyncio.timeout(KNOWN_WITHIN):
        while not await _add_attributes(client):  # noqa: ASYNC110 the server tells nobody
            await asyncio.sleep(TRY_EVERY)


async def _register(client: Client) -> None:
    request = RegisterNamespaceRequest(
        namespace=client.namespace, workflow_execution_retention_period=RETENTION
    )
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:  # another engine was faster
            raise


async def _add_attributes(client: Client) -> bool:
    """Whether the attributes are there; a namespace made just now is not known everywhere at once."""
    try:
        listed = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
        missing = {name: kind for name, kind in ATTRIBUTES.items() if name not in listed.custom_attributes}
        if not missing:
            return True
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
    except RPCError as error:
        if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.ALREADY_EXISTS):
            raise
    return False
