"""A season under faults: people command, time is moved, chaos kills; at the end every invariant is checked."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import monotonic
from typing import cast
from urllib.parse import urlsplit

from temporalio.service import RPCError

from duban.bootstrap import Services, services
from duban.notices.notifier import READ_CURSOR
from duban.processes import process_of
from duban.relay import cursor_of
from projections.base import Connection
from projections.checkpoints import standings
from tests.faults import invariants
from tests.faults.chaos import Chaos
from tests.faults.facts import Facts, gathered
from tests.faults.invariants import Broken
from tests.faults.mail import Mail, puts_off
from tests.faults.moving import Clocks
from tests.faults.people import Outcome, People
from tests.faults.plan import plan
from tests.faults.script import Life, season
from tests.faults.town import Town, town
from tests.faults.verifying import audit_verifies, projections_equal_a_fold
from tests.faults.webhook import Webhook, refuses, subscribe
from tests.notices.mailbox import mailbox
from tests.waits import waits_for
from tests.webhooks.subscriber import subscriber

SETTLES_WITHIN = (
    240.0  # seconds; what waits longest is a retry of the worker's, some 30 s after the last kill
)
LOOK_EVERY = 0.3  # seconds
SLOWER = 0.7  # seconds that people wait for each fault that they are ahead of chaos
MOVES_AT_ONCE = 10
SHOWN = 10  # sentences of each broken invariant


@dataclass(frozen=True, slots=True)
class Plan:
    """What reproduces a run."""

    seed: int
    cases: int
    kills: int
    day: date
    standby: tuple[str, ...] = ()


@dataclass(slots=True)
class Result:
    """What a run came to."""

    plan: Plan
    broken: Mapping[str, Sequence[Broken]] = field(default_factory=dict)
    kills: Mapping[str, int] = field(default_factory=dict)
    points: Mapping[str, int] = field(default_factory=dict)
    missed: Mapping[str, int] = field(default_factory=dict)
    storms: Mapping[str, int] = field(default_factory=dict)
    commands: Mapping[str, int] = field(default_factory=dict)
    sent_again: int = 0
    events: int = 0
    steps: int = 0
    moved: int = 0
    mails: int = 0
    mails_repeated: int = 0
    webhooks: int = 0
    webhooks_repeated: int = 0
    unsettled: str | None = None  # what was waited for in vain before the invariants were checked
    seconds: Mapping[str, float] = field(default_factory=dict)

    def told(self) -> str:
        """Why it failed, and how to have it again."""
        lines = [f"broken under {self.plan}; waited for in vain: {self.unsettled}"]
        for name, found in self.broken.items():
            lines += [f"{name}: {len(found)}", *(f"  {sentence}" for sentence in found[:SHOWN])]
        return "\n".join(lines)


@dataclass(slots=True)
class Season:
    """A town with its people, that has lived through a plan."""

    town: Town
    ready: Services
    people: People
    clocks: Clocks
    mail: Mail
    webhook: Webhook

    async def facts(self) -> Facts:
        return await gathered(self.ready, self.people, self.clocks)

    async def broken(self) -> dict[str, list[Broken]]:
        """Every invariant that does not hold."""
        facts, client = await self.facts(), await self.clocks.client()
        found: dict[str, Iterable[Broken]] = {
            "every command once": invariants.every_command_once(facts),
            "every step once and in time": invariants.every_step_once_and_in_time(facts),
            "no step is left": invariants.no_step_is_left(facts),
            "no request fails": self.people.failures,
            "the log is whole": invariants.the_log_is_whole(facts),
            "every notice once": await invariants.every_notice_once(facts, self.ready.pool),
            "every mail arrived": await self.mail.broken(),
            "every event was told": self.webhook.broken(facts),
            "one workflow each": await invariants.one_workflow_each(facts, client),
            "projections equal a fold": await projections_equal_a_fold(self.town.dsn, self.ready),
            "the audit verifies": await audit_verifies(self.town.dsn),
        }
        return {name: sentences for name, some in found.items() if (sentences := list(some))}

    async def settle(self) -> str | None:
        """Until every reader is at the head and every workflow at rest; else what was waited for in vain."""
        give_up = monotonic() + SETTLES_WITHIN
        while (unsettled := await self._unsettled()) is not None:
            if monotonic() > give_up:
                return unsettled
            await asyncio.sleep(LOOK_EVERY)
        return None

    async def _unsettled(self) -> str | None:
        """What is still under way; None: nothing is."""
        head, pool = await self.ready.log.head(), self.ready.pool
        at = {"relay": await cursor_of(pool), "notifier": await pool.fetchval(READ_CURSOR)}
        at["webhook"] = await self.webhook.told_up_to()
        at |= {one.projection: one.position for one in await standings(cast(Connection, pool), head)}
        if behind := {name: position for name, position in at.items() if position < head}:
            return f"the log ends at {head}, and they stand at {behind}"
        if (restless := await self._restless()) is not None:
            return f"{restless} does not wait for what its agenda says"
        if not await self.mail.nothing_waits():
            return "mail waits"
        return None if await self.ready.log.head() == head else "the log grows"

    async def _restless(self) -> str | None:
        """A workflow that does not wait for what its agenda says; asked of the log anew each time."""
        facts, client = await self.facts(), await self.clocks.client()
        for stream_id in filter(process_of, facts.streams):
            outlook = facts.outlook(stream_id)
            try:
                if outlook.waits and not await waits_for(client, stream_id, (outlook.stage, outlook.next_at)):
                    return stream_id
            except (RPCError, AssertionError):
                return stream_id
        return None


@asynccontextmanager
async def lived(home: Path, wanted: Plan) -> AsyncIterator[tuple[Season, Result]]:
    """A season that has lived through a plan and come to rest, or not."""
    lives = season(wanted.seed, wanted.day, wanted.cases)
    result, began = Result(wanted), monotonic()
    async with (
        mailbox(puts_off) as box,
        subscriber(refuses) as heard,
        town(home, wanted.standby, {"smtp": box.port, "webhook": urlsplit(heard.url).port or 0}) as place,
        People(place) as people,
        services(place.dsn) as ready,
    ):
        await subscribe(ready, f"http://127.0.0.1:{place.link('notifier', 'webhook').port}/events")
        await place.start_roles()
        mail, webhook = Mail(box, ready.pool), Webhook(heard, ready.pool)
        here = Season(place, ready, people, Clocks(place.temporal_address), mail, webhook)
        started = monotonic()
        chaos = await _live_through(here, lives, wanted)
        stormy = monotonic()
        result.unsettled = await here.settle()
        result.seconds = {
            "start": started - began, "season": stormy - started, "settle": monotonic() - stormy,
        }  # fmt: skip
        await _count(result, here, chaos)
        yield here, result


async def run(home: Path, wanted: Plan) -> Result:
    """A season from its plan to what it came to."""
    async with lived(home, wanted) as (here, result):
        began = monotonic()
        result.broken = await here.broken()
        result.seconds = {**result.seconds, "check": monotonic() - began}
        return result


async def _live_through(here: Season, lives: Sequence[Life], wanted: Plan) -> Chaos:
    faults = plan(wanted.seed, wanted.kills)
    share = len(faults) / max(sum(len(life.orders) for life in lives), 1)
    done = 0

    def fault_done() -> None:
        nonlocal done
        done += 1

    async def turn(given: int) -> None:
        """At the pace of the faults, so that both end at about the same time and neither waits for the other."""
        await asyncio.sleep(max(0.0, given * share - done) * SLOWER)

    chaos = Chaos(here.town, faults, fault_done)
    moves = asyncio.Semaphore(MOVES_AT_ONCE)

    hurries = [asyncio.create_task(one.hurry()) for one in (here.mail, here.webhook)]
    async with asyncio.TaskGroup() as group:

        def lived(life: Life) -> None:
            if life.moved_by is not None:
                group.create_task(_move(here, life, moves))

        group.create_task(chaos.run())
        group.create_task(here.people.live(lives, turn, lived))
    for hurry in hurries:
        hurry.cancel()
    return chaos


async def _move(here: Season, life: Life, moves: asyncio.Semaphore) -> None:
    async with moves:
        await here.clocks.move(life, _relayed(here))


def _relayed(here: Season) -> Callable[[], Awaitable[bool]]:
    """Whether the relay has told the workflows what is in the log by now."""
    wanted: list[int] = []

    async def relayed() -> bool:
        try:
            if not wanted:
                wanted.append(await here.ready.log.head())
            cursor = await cursor_of(here.ready.pool)
        except Exception:  # the database is being started again
            return False
        return cursor >= wanted[0]

    return relayed


async def _count(result: Result, here: Season, chaos: Chaos) -> None:
    facts = await here.facts()
    result.kills = dict(Counter(here.town.kills))
    result.points, result.missed, result.storms = dict(chaos.points), dict(chaos.missed), dict(chaos.storms)
    outcomes = [answer.outcome for answer in facts.answers.values()]
    result.commands = {outcome.value: outcomes.count(outcome) for outcome in Outcome}
    result.sent_again = sum(answer.sent - 1 for answer in facts.answers.values())
    result.events = len(facts.positions)
    result.steps = sum(
        getattr(r.body, "step", None) is not None for stream in facts.streams.values() for r in stream
    )
    result.moved = len(facts.moved)
    result.mails, result.mails_repeated = len(here.mail.box.taken), here.mail.repeated
    result.webhooks, result.webhooks_repeated = len(here.webhook.heard.taken), here.webhook.repeated
