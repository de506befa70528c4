"""Versions of the worker's code: which build runs a workflow, and moving workflows from one build to the next."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkerDeploymentConfig

from domain.base import Refusal
from duban.settings import Settings

BEHAVIOURS = {"auto-upgrade": VersioningBehavior.AUTO_UPGRADE, "pinned": VersioningBehavior.PINNED}
BATCH = 100  # workflows rolled over at a time
LOOK_EVERY = 0.5  # seconds between looks at what is left
ROUND_EVERY = 30.0  # seconds after which those that are left are signalled again
KNOWN_WITHIN = 30.0  # seconds until the server knows the pollers of a build that has just started

ON_A_BUILD = "ExecutionStatus = 'Running' and TemporalWorkerDeploymentVersion = '{deployment}:{build}'"
ROLLING = "ExecutionStatus = 'Running' and WorkflowType in ('case', 'assignment-conference', 'key-topic')"

Progress = Callable[[int], None]


class UnknownBuild(Refusal):
    """No worker of build {build} is known in the deployment {deployment}.

    Start one with DUBAN_WORKER_BUILD={build}; `duban worker versions` shows those that are known.
    """


class NothingToDrainTo(Refusal):
    """Build {build} is the current one, so its workflows have nowhere to go.

    Start the next build, and make it the current one with `duban worker promote BUILD`.
    """


@dataclass(frozen=True, slots=True)
class Versions:
    """The builds that are known, newest first, and the current one."""

    current: str | None
    known: tuple[str, ...]


def deployment_of(settings: Settings) -> WorkerDeploymentConfig | None:
    """How a worker of these settings is versioned; None where no build is named."""
    if settings.worker_build is None:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(settings.worker_deployment, settings.worker_build),
        use_worker_versioning=True,
        default_versioning_behavior=BEHAVIOURS[settings.worker_versioning],
    )


async def versions(client: Client, deployment: str) -> Versions:
    """What the server knows of a deployment; nothing before its first worker."""
    request = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=deployment)
    try:
        info = (await client.workflow_service.describe_worker_deployment(request)).worker_deployment_info
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return Versions(current=None, known=())
    found = sorted(info.version_summaries, key=lambda one: one.create_time.ToNanoseconds(), reverse=True)
    current = info.routing_config.current_deployment_version.build_id
    return Versions(current=current or None, known=tuple(one.deployment_version.build_id for one in found))


async def promote(client: Client, deployment: str, build: str) -> None:
    """New and auto-upgrading workflows run on this build from now on. Refuses with `UnknownBuild`."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=deployment, build_id=build
    )
    until = asyncio.get_running_loop().time() + KNOWN_WITHIN
    while True:
        try:
            await client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError as error:
            if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION):
                raise
            if asyncio.get_running_loop().time() > until:
                raise UnknownBuild(build=build, deployment=deployment) from error
            await asyncio.sleep(LOOK_EVERY)
        else:
            return


async def drain(
    client: Client,
    deployment: str,
    build: str,
    *,
    rate: float | None = None,
    left: Progress = lambda count: None,
) -> int:
    """Move every workflow off a build, so that its workers may be stopped; returns how many were told.

    The server's list follows what happened: one that has just moved may stand in it once more, and is told again.
    """
    known = await versions(client, deployment)
    if build not in known.known:
        raise UnknownBuild(build=build, deployment=deployment)
    if build == known.current:
        raise NothingToDrainTo(build=build)
    query = ON_A_BUILD.format(deployment=deployment, build=build)
    told = set[str]()
    while await _count(client, query):
        told |= await _tell(client, query, rate=rate)
        until = asyncio.get_running_loop().time() + ROUND_EVERY
        while (count := await _count(client, query)) and asyncio.get_running_loop().time() < until:
            left(count)
            await asyncio.sleep(LOOK_EVERY)
    return len(told)


async def roll_over(client: Client, *, rate: float | None = None, told: Progress = lambda count: None) -> int:
    """Let running workflows go on as new runs, on the code of today, a batch at a time; returns how many."""
    return len(await _tell(client, ROLLING, rate=rate, told=told))


async def _tell(
    client: Client, query: str, *, rate: float | None, told: Progress = lambda count: None
) -> set[str]:
    loop, ids, batch = asyncio.get_running_loop(), set[str](), set[str]()
    begun = loop.time()

    async def tell() -> None:
        await asyncio.gather(*(_signal(client, workflow_id) for workflow_id in batch))
        batch.clear()
        told(len(ids))
        if rate is not None:
            await asyncio.sleep(max(len(ids) / rate - (loop.time() - begun), 0))

    async for found in client.list_workflows(query):
        ids.add(found.id)
        batch.add(found.id)
        if len(batch) == (BATCH if rate is None else max(min(BATCH, int(rate)), 1)):
            await tell()
    await tell()
    return ids


async def _signal(client: Client, workflow_id: str) -> None:
    try:
        await client.get_workflow_handle(workflow_id).signal("roll_over")
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:  # ended meanwhile
            raise


async def _count(client: Client, query: str) -> int:
    return (await client.count_workflows(query)).count
