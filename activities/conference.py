"""What the conference workflow asks for: cases are assigned a portion at a time, and the log keeps the count."""

import asyncio
from collections import deque
from typing import Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.conference import AssignmentConference, ConferenceStatus
from workflows.contracts import ConferenceActivities, ConferenceRequest, ProcessPlan

AHEAD = 3  # portions assigned whose workflows are not woken yet; fewer would leave the relay idle
BEAT_EVERY = 1.0  # seconds
TURN = 60.0  # seconds of assigning before the workflow is asked again; it may have to roll over


class Assigning(Protocol):
    """A conference while it is assigned."""

    @property
    def position(self) -> int: ...

    async def portion(self) -> AssignmentConference: ...


class Relayed(Protocol):
    """How far workflows have been woken."""

    async def until(self, position: int) -> None: ...


class Conferences(Protocol):
    """What these activities ask of the command side."""

    async def as_logged(self, name: str) -> tuple[AssignmentConference, int]: ...

    def assigning(self, name: str) -> Assigning: ...


class LoggedConferences(ConferenceActivities):
    """Assigns as long as the log says that the conference runs."""

    def __init__(self, conferences: Conferences, relayed: Relayed) -> None:
        self._conferences = conferences
        self._relayed = relayed

    @activity.defn(name="plan-conference")
    async def plan(self, request: ConferenceRequest) -> ProcessPlan:
        conference, position = await self._conferences.as_logged(request.name)
        if position < request.at_least:
            raise ApplicationError(f"the log read ends at {position}, {request.at_least} was observed")
        return _plan(conference, position)

    @activity.defn(name="assign-cases")
    async def assign(self, request: ConferenceRequest) -> ProcessPlan:
        """Portion after portion: until all is settled, the conference is paused, or this worker has to stop.

        It keeps ahead of the relay, but not by more than `AHEAD` portions.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + TURN
        assigning = self._conferences.assigning(request.name)
        ends = deque((0,) * AHEAD, maxlen=AHEAD)  # of the portions last assigned
        beating = asyncio.create_task(_beat())
        try:
            while True:
                plan = _plan(await assigning.portion(), request.at_least)
                if not plan.to_assign or activity.is_worker_shutdown() or loop.time() > until:
                    return plan
                await self._relayed.until(ends[0])
                ends.append(assigning.position)
        finally:
            beating.cancel()


async def _beat() -> None:
    """A sign of life, so that the death of this worker is noticed soon; a slow log is no death."""
    while True:
        activity.heartbeat()
        await asyncio.sleep(BEAT_EVERY)


def _plan(conference: AssignmentConference, position: int) -> ProcessPlan:
    running = conference.status is ConferenceStatus.RUNNING
    return ProcessPlan(
        position=position,
        stage=conference.status.value,
        closed=conference.status is ConferenceStatus.FINISHED,
        to_assign=conference.pending if running else 0,
    )
