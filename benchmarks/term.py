"""One term of a national congress in one log: a million events of some 47,000 cases, and its read models built."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from uuid import uuid4

import asyncpg

from benchmarks.harness import Bench
from benchmarks.histories import COMMITTEE, OPENS, TOPICS, UNITS, fill, lives
from domain.access import ConfidentialCaseSeen, access_stream
from domain.congress import AddUnits
from domain.key_topic_acts import ChooseTopic, NameCommittee
from duban.bootstrap import Services, now, prepare, services
from duban.commands import Actor
from duban.event_log.bulk import append_bulk
from duban.event_log.codec import encode
from duban.event_log.log import Append, NewEvent, StreamWrite
from projections.rebuild.rebuild import rebuild
from projections.registry import PROJECTIONS

EVENTS = 1_000_000
HISTORIES = 400  # different ones; the cases take them in turn
LOOKS = 500  # at confidential cases
WORKERS = 2
CONNECTIONS = 4
CASES = "select case_id, ref from p_case_board_v2 where to_position is null order by case_id"


@dataclass(frozen=True, slots=True)
class Term:
    """What the term holds, to ask for."""

    ready: Services
    head: int
    refs: Sequence[str]
    case_ids: Sequence[str]
    built: float  # seconds that the read models took


@asynccontextmanager
async def a_term(bench: Bench) -> AsyncIterator[Term]:
    """The term, with a pool over it as the web has one."""
    await prepare(bench.dsn)
    async with services(bench.dsn, connections=CONNECTIONS) as ready:
        await _written(bench, ready)
        start = perf_counter()
        await rebuild(bench.dsn, ready.log, PROJECTIONS, workers=WORKERS, progress=lambda *_: None)
        built = perf_counter() - start
        owner = await asyncpg.connect(bench.dsn)
        await owner.execute("vacuum analyze")
        await owner.close()
        cases = await ready.pool.fetch(CASES)
        refs, ids = [row["ref"] for row in cases], [row["case_id"] for row in cases]
        yield Term(ready, await ready.log.head(), refs, ids, built)


async def _written(bench: Bench, ready: Services) -> None:
    """The congress with its units and key topics, the cases, and some looks at confidential ones."""
    by = Actor.of("bench")
    await ready.commands.add_units("npc", AddUnits(units=UNITS, at=now()), by)
    for number, topic in enumerate(TOPICS):
        chosen = ChooseTopic(
            congress="npc",
            topic_id=topic,
            title=f"第{number}号重点",
            year=2024,
            approved_by="委员长会议",
            at=OPENS,
        )
        await ready.topics.choose(chosen, Actor.of("bench"))
        committee = COMMITTEE if number % 4 == 0 else "其他委员会"
        await ready.topics.handle(
            "npc", topic, Actor.of("bench"), NameCommittee(committee=committee, at=OPENS)
        )
    owner = await asyncpg.connect(bench.dsn)
    await fill(owner, bench.amount(EVENTS), lives(HISTORIES))
    await append_bulk(owner, [_look(number) for number in range(LOOKS)])
    await owner.execute("vacuum analyze event_log")
    await owner.close()


def _look(number: int) -> Append:
    case_id = str(uuid4())
    seen = ConfidentialCaseSeen(
        case_id=case_id,
        ref=f"npc/14-2/{100_000 + number}",
        by="auditor",
        roles=("auditor",),
        way="web",
        occurred_at=OPENS,
    )
    event = NewEvent(uuid4(), seen.type, seen.schema_version, encode(seen))
    return Append("npc", "auditor", uuid4(), None, (StreamWrite(access_stream("npc", case_id), 0, (event,)),))
