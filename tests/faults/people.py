"""The people of a season: they give their orders over the API or on the command side, and again until answered."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any, Self
from urllib.parse import quote
from uuid import UUID

import httpx2

from domain.base import Refusal
from domain.congress import AddUnits, OpenCongress
from domain.key_topic_acts import ChooseTopic, NameCommittee
from domain.suggestion.intake import Submit
from domain.vocabulary import Level
from duban.access.viewer import UNIT_STAFF, Role
from duban.accounts.accounts import Accounts
from duban.accounts.model import Account
from duban.acts.perform import perform, submit
from duban.bootstrap import Services, now, services
from duban.commands import Actor, Done
from duban.event_log.log import LogUnavailable
from duban.event_log.store import is_lost
from tests.domain.any_command import PLACES, UNITS
from tests.domain.cases import on
from tests.faults.mail import COMMITTEE, give_addresses
from tests.faults.script import COMMISSION, TOPIC, Life, Order
from tests.faults.town import PEOPLE, Town

AT_WORK = 8  # people who give orders at a time
PAUSE = 0.5  # seconds at most between two orders of one of them
PATIENCE = 5.0  # seconds for an answer over HTTP before the order is given again
AGAIN_AFTER = 0.2  # seconds
WITHIN = 120.0  # seconds until somebody patient has to be answered
FAILED = 500  # a status; what is away for now is 503
BEGUN = on("2024-01-10")


class Outcome(StrEnum):
    """What somebody knows of an order that they gave."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an order came to, and the positions that were named."""

    outcome: Outcome
    stream_id: str
    positions: tuple[int, ...] = ()
    said: str = ""
    sent: int = 1


class NoAnswer(Exception):
    """Nobody answered; whether it was done is not known."""


@dataclass(slots=True)
class People:
    """Give every order of the lives, several at a time, as the season lets them."""

    town: Town
    tokens: dict[str, str] = field(default_factory=dict)
    answers: dict[UUID, Answer] = field(default_factory=dict)
    orders: dict[UUID, Order] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)  # answers that say that the program failed
    given: int = 0
    _ready: Services | None = None
    _web: httpx2.AsyncClient | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        self._ready = await self._stack.enter_async_context(services(self.town.dsn_of(PEOPLE)))
        self._web = await self._stack.enter_async_context(
            httpx2.AsyncClient(base_url=self.town.web, timeout=PATIENCE)
        )
        await self._prepare(self._ready)
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._stack.__aexit__(*error)

    async def live(
        self, lives: Sequence[Life], turn: Callable[[int], Awaitable[None]], lived: Callable[[Life], None]
    ) -> None:
        """All lives; `turn` is when the n-th order is to be given, `lived` is told of each life that is over."""
        waiting = list(reversed(lives))

        async def person(number: int) -> None:
            rhythm = Random(number)
            while waiting:
                life = waiting.pop()
                for order in life.orders:
                    await turn(self.given)
                    self.given += 1
                    await self._give(life, order)
                    await asyncio.sleep(rhythm.uniform(0, PAUSE))
                lived(life)

        async with asyncio.TaskGroup() as group:
            for number in range(AT_WORK):
                group.create_task(person(number))

    async def _give(self, life: Life, order: Order) -> None:
        """Until it is answered; who is not patient sends it once."""
        way = self._over_http if order.over_http else self._directly
        self.orders[order.command_id] = order
        self.answers[order.command_id] = Answer(Outcome.UNKNOWN, life.stream_id)
        give_up = asyncio.get_running_loop().time() + WITHIN
        sent = 0
        while True:
            sent += 1
            try:
                answer = await way(life, order, sent)
            except NoAnswer:
                if not order.patient or asyncio.get_running_loop().time() > give_up:
                    return
                await asyncio.sleep(AGAIN_AFTER)
            else:
                self.answers[order.command_id] = answer
                return

    async def _directly(self, life: Life, order: Order, sent: int) -> Answer:
        assert self._ready is not None
        try:
            done = await _commanded(self._ready, life.ref, order)
        except Refusal as refusal:
            return Answer(Outcome.REFUSED, life.stream_id, said=type(refusal).__name__, sent=sent)
        except Exception as error:
            if isinstance(error, LogUnavailable) or is_lost(error):
                raise NoAnswer from error
            raise
        return Answer(Outcome.ACKNOWLEDGED, life.stream_id, done.positions, sent=sent)

    async def _over_http(self, life: Life, order: Order, sent: int) -> Answer:
        assert self._web is not None
        assert order.act is not None
        path = "/cases"
        if not isinstance(order.command, Submit):
            path = f"/cases/{quote(life.ref)}/acts/{order.act.name}"
        headers = {
            "Authorization": f"Bearer {self.tokens[order.by]}",
            "Idempotency-Key": order.key,
            "If-Match": "*",
        }
        body = {**order.said, "at": order.at.isoformat()}
        try:
            said = await self._web.post(f"/api/v1{path}", json=body, headers=headers)
        except httpx2.TransportError as error:
            raise NoAnswer from error
        if said.status_code == FAILED:
            self.failures.append(f"{path} under the key {order.key} was answered {said.text}")
        if said.status_code >= FAILED:
            raise NoAnswer
        told = json.loads(said.content)
        if said.is_success:
            return Answer(Outcome.ACKNOWLEDGED, life.stream_id, tuple(told["positions"]), sent=sent)
        return Answer(Outcome.REFUSED, life.stream_id, said=told["type"], sent=sent)

    async def _prepare(self, ready: Services) -> None:
        """The congresses, their units and a topic each, and an account for everybody who acts."""
        await give_addresses(ready.pool)
        people = Actor.of("people")
        accounts = Accounts(ready.pool, ready.log, now)
        roles = {COMMISSION: Account(COMMISSION, frozenset({Role.AFFAIRS_COMMISSION}))}
        roles |= {unit: Account(unit, frozenset(UNIT_STAFF), unit=unit) for unit in UNITS}
        for name, account in roles.items():
            await accounts.add(account, None, by="test")
            self.tokens[name] = await accounts.issue_token(
                name, "test", frozenset({"read", "act"}), 30, by="test"
            )
        for place in PLACES:
            congress = "npc" if place == PLACES[0] else place
            level = Level.NATIONAL if place == PLACES[0] else Level.PROVINCE
            opened = OpenCongress(congress=congress, place=place, level=level, at=BEGUN)
            await ready.commands.open_congress(opened, people.then(f"open {congress}"))
            units = AddUnits(units=UNITS, at=BEGUN)
            await ready.commands.add_units(congress, units, people.then(f"units {congress}"))
            chosen = ChooseTopic(
                congress=congress, topic_id=TOPIC, title="督办", year=2024, approved_by="会议", at=BEGUN
            )
            await ready.topics.choose(chosen, people.then(f"topic {congress}"))
            named = NameCommittee(committee=COMMITTEE, at=BEGUN)
            await ready.topics.handle(congress, TOPIC, people.then(f"committee {congress}"), named)


async def _commanded(ready: Services, ref: str, order: Order) -> Done:
    by = Actor(order.by, order.command_id)
    if order.act is None:
        return await ready.commands.handle(ref, by, order.command)
    if isinstance(order.command, Submit):
        return await submit(ready.commands, order.said, by, order.at)
    return await perform(ready.commands, order.act, ref, order.said, by, order.at)
