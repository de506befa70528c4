"""The webhook of a season: somebody else's server is told every event, and refuses now and then."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import asyncpg

from duban.bootstrap import Services, now
from duban.webhooks.reach import Reach, networks_of
from duban.webhooks.subscriptions import USUAL, Subscriptions, types_of
from tests.faults.facts import Facts
from tests.faults.hurry import hurried
from tests.faults.town import NETWORKS
from tests.webhooks.subscriber import TAKEN, Subscriber

KEY = "webhook-id"
REFUSED_EACH = 60  # of the calls, one in so many is refused; each holds up what follows for seconds
WANTED = types_of(USUAL)
SOON = "update webhook set try_at = clock_timestamp() where try_at > clock_timestamp()"
TOLD_UP_TO = "select min(position) from webhook"


def refuses(before: int) -> int:
    """What the subscriber's server answers to each call."""
    return 503 if before % REFUSED_EACH == REFUSED_EACH - 1 else TAKEN


async def subscribe(ready: Services, url: str) -> None:
    """Have everything told to this address, from the first event on."""
    subscriptions = Subscriptions(ready.pool, ready.log, Reach(networks_of(NETWORKS)), now)
    await subscriptions.add(url, (), "people", start=1)


@dataclass(slots=True)
class Webhook:
    """What the subscriber heard."""

    heard: Subscriber
    pool: "asyncpg.Pool[Any]"

    async def hurry(self) -> None:
        """For ever."""
        await hurried(self.pool, SOON)

    async def told_up_to(self) -> int:
        """The position up to which everything was taken; what waits for another try is tried now."""
        await self.pool.execute(SOON)
        position: int = await self.pool.fetchval(TOLD_UP_TO)
        return position

    @property
    def repeated(self) -> int:
        return len(self.heard.taken) - len({one["id"] for one in self.heard.taken})

    def broken(self, facts: Facts) -> Iterator[str]:
        """Every event was taken, in the order of the log; what came again came under its key, unchanged."""
        wanted = {
            str(r.event_id): r.position
            for stream in facts.streams.values() for r in stream if r.type in WANTED
        }  # fmt: skip
        taken = list(dict.fromkeys(one["id"] for one in self.heard.taken))
        yield from (f"event {wanted[key]} was not told" for key in wanted.keys() - taken)
        yield from (f"event {key} was told and is not in the log" for key in taken if key not in wanted)
        order = [wanted[key] for key in taken if key in wanted]
        yield from (
            f"event {after} was told after event {before}"
            for before, after in pairwise(order)
            if after < before
        )
        yield from self._changed()

    def _changed(self) -> Iterator[str]:
        """What has become confidential between two tries is not told again in the same words."""
        contents: dict[str, set[bytes]] = {}
        for headers, body in self.heard.calls:
            said = json.loads(body)
            if headers[KEY] != said["id"]:
                yield f"event {said['id']} was told under the key {headers[KEY]}"
            if "withheld" not in said["data"]:
                contents.setdefault(headers[KEY], set()).add(body)
        yield from (
            f"event {key} was told with different contents" for key, said in contents.items() if len(said) > 1
        )
