"""Chaos: does to a town what the plan says, fault after fault."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

from tests.faults.plan import Blackout, Fault, Kill, Storm, Weather
from tests.faults.town import SERVERS, Town
from tests.faults.wire import MESSAGE, Link, Watch, When

REACHED_WITHIN = 10.0  # seconds for a point to be reached; then the kill is one at random
SLOW = 0.3  # seconds that everything takes on a slow link
ALL_AGAIN_WITHIN = 90.0  # seconds


class Chaos:
    """The faults of a run, counted as they happen."""

    def __init__(self, town: Town, faults: Sequence[Fault], done: Callable[[], None]) -> None:
        self._town = town
        self._faults = faults
        self._done = done
        self._weather: set[asyncio.Task[None]] = set()
        self.points: Counter[str] = Counter()  # at which something was killed
        self.missed: Counter[str] = Counter()  # that were not reached in time
        self.storms: Counter[str] = Counter()

    async def run(self) -> None:
        """All faults; at the end everything runs and every connection flows."""
        for fault in self._faults:
            await asyncio.sleep(fault.after)
            match fault:
                case Kill():
                    await self._kill(fault)
                case Blackout():
                    await self._town.kill(*SERVERS, *self._town.processes)
                case Storm():
                    self._break_out(fault)
            self._done()
        await asyncio.gather(*self._weather)
        async with asyncio.timeout(ALL_AGAIN_WITHIN):
            for target in (*SERVERS, *self._town.processes):
                await self._town.restarted(target)

    async def _kill(self, fault: Kill) -> None:
        target = self._target(fault)
        if fault.settled:
            await asyncio.gather(*map(self._town.restarted, (*SERVERS, *self._town.processes)))
        if fault.point is None:
            await self._town.kill(target)
            return
        links = self._town.links_of(fault.point.role, fault.point.server)
        watch = Watch(fault.point.statement, fault.point.when, fault.skip)
        for link in links:
            link.watch(watch)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(watch.reached), REACHED_WITHIN)
        for link in links:
            link.unwatch(watch)
        self._count(fault.point.name, watch)
        await self._town.kill(self._found(watch, fault.point.role, target))
        if watch.reached.done():
            watch.reached.result().cut()

    def _target(self, fault: Kill) -> str:
        second = f"{fault.target}-2"
        return second if fault.second and second in self._town.processes else fault.target

    def _found(self, watch: Watch, role: str, target: str) -> str:
        """Of the processes with a role, the one that has reached the point."""
        if target in SERVERS or not watch.reached.done():
            return target
        return watch.reached.result().process

    def _count(self, name: str, watch: Watch) -> None:
        (self.points if watch.reached.done() else self.missed)[name] += 1

    def _break_out(self, storm: Storm) -> None:
        self.storms[storm.weather.value] += 1
        task = asyncio.create_task(self._storm(storm, self._town.link(storm.process, storm.server)))
        self._weather.add(task)
        task.add_done_callback(self._weather.discard)

    async def _storm(self, storm: Storm, link: Link) -> None:
        match storm.weather:
            case Weather.CUT:
                link.cut()
            case Weather.CUT_AT_AN_ANSWER:
                await self._cut_at_an_answer(storm, link)
            case Weather.SLOW:
                link.delay = SLOW
                await asyncio.sleep(storm.lasts)
                link.flows()
            case Weather.STALLED:
                link.stall()
                await asyncio.sleep(storm.lasts)
                link.flows()
                link.cut()

    async def _cut_at_an_answer(self, storm: Storm, link: Link) -> None:
        """The request arrives, its answer does not."""
        watch = Watch("insert|update|append|COMMIT", When.AFTER)
        if storm.server != "postgres":
            watch = Watch(MESSAGE, When.DURING)
        link.watch(watch)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(watch.reached), storm.lasts)
        link.unwatch(watch)
        link.cut()
