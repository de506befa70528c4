"""Time that is moved: a case whose script is over lives through weeks or years of its workflow's own clock."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from duban.bootstrap import connect_temporal, now
from tests.faults.script import Life
from tests.faults.town import NAMESPACE

AGAIN_AFTER = 0.3  # seconds
ANSWERED_WITHIN = 5.0  # seconds; a server that is killed answers nobody


@dataclass(slots=True)
class Clocks:
    """The clocks of the workflows: asked what they show, and moved on."""

    address: str
    moved: dict[str, timedelta] = field(default_factory=dict)  # at most so far, if every request was heard
    _client: Client | None = None

    async def move(self, life: Life, relayed: Callable[[], Awaitable[bool]]) -> None:
        """Move a case's time once the relay has told its workflow everything; nothing, where it has none."""
        assert life.moved_by is not None
        while not await relayed():  # noqa: ASYNC110 the relay is another process
            await asyncio.sleep(AGAIN_AFTER)
        target = now() + life.moved_by
        while (left := await self._left(life, target)) is not None and left > timedelta(0):
            self.moved[life.stream_id] = self.moved.get(life.stream_id, timedelta(0)) + left
            with suppress(RPCError, TimeoutError, RuntimeError):
                await asyncio.wait_for(self._forward(life, left), ANSWERED_WITHIN)
            await asyncio.sleep(AGAIN_AFTER)

    async def show(self, stream_id: str) -> datetime:
        """What the clock of a workflow shows; of one that was never moved, the time."""
        skipper = await self._skipper()
        try:
            return await skipper.get_current_time(skipper.client.get_workflow_handle(stream_id))
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return now()

    async def client(self) -> Client:
        if self._client is None:
            self._client = await connect_temporal(self.address, NAMESPACE)
        return self._client

    async def _left(self, life: Life, target: datetime) -> timedelta | None:
        """How far it still is; None where no workflow runs."""
        while True:
            try:
                async with asyncio.timeout(ANSWERED_WITHIN):
                    handle = (await self.client()).get_workflow_handle(life.stream_id)
                    if (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING:
                        return None
                    return target - await self.show(life.stream_id)
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return None
            except (TimeoutError, RuntimeError):
                pass  # it is being started again
            await asyncio.sleep(AGAIN_AFTER)

    async def _forward(self, life: Life, by: timedelta) -> None:
        skipper = await self._skipper()
        handle: WorkflowHandle[Any, Any] = skipper.client.get_workflow_handle(life.stream_id)
        await skipper.fast_forward(handle, by)

    async def _skipper(self) -> TimeSkipper:
        return TimeSkipper(await self.client(), config=TimeSkippingConfig(enabled=False))
