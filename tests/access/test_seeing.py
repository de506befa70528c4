from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from domain.base import Event, Recorded
from domain.key_topic import topic_stream
from domain.vocabulary import Stage
from duban.access.permission import sees
from duban.access.seeing import Kind, seeing, shadowed
from duban.access.seen_case import open_seen
from duban.access.standing import told
from duban.access.veil import veiled
from duban.access.viewer import PUBLIC, Role, Viewer, case_of
from duban.casefile import AsOf, open_case
from duban.event_log.log import EventLog
from projections import board, commitments, deputies, key_topics, unit_work
from projections.registry import PROJECTIONS
from tests.access.people import COMMITTEE, DEPUTY, MARKS, REFS, TOPIC, VIEWERS, Town, small_town
from tests.domain.cases import MARA

pytestmark = pytest.mark.postgres

NOW = datetime(2024, 8, 1, tzinfo=UTC)
EXPECTED: dict[str, set[str]] = {
    "deputy": {"own", "public"},
    "delegation-staff": {"own", "public"},
    "affairs-commission": set(MARKS),
    "unit-coordinator": {"own", "public", "protected"},
    "unit-handler": {"own", "public", "protected"},
    "unit-signatory": {"own", "public", "protected"},
    "supervising-committee": {"own", "public"},
    "chairpersons-office": set(MARKS),
    "auditor": set(MARKS),
    "operator": {"public"},
    "public": {"public"},
}


@pytest_asyncio.fixture(loop_scope="session")
async def town(pool: "asyncpg.Pool[Any]") -> Town:
    return await small_town(pool)


async def test_everybody_sees_the_lines_and_counts_of_their_own_cases(town: Town) -> None:
    head = await town.engine.log.head()
    for name, viewer in VIEWERS.items():
        async with seeing(town.engine.pool, viewer) as seen:
            for as_of in (None, head, head - 3):
                lines = await board.find(seen, board.Filter(), now=NOW, as_of=as_of)
                counts = await board.counts(seen, now=NOW, as_of=as_of)

                assert {line["ref"] for line in lines} == {REFS[one] for one in EXPECTED[name]}, name
                assert counts["cases"] == len(EXPECTED[name])
            found = await board.page(seen, board.Filter(text=MARKS["confidential"]), now=NOW)
            assert found.number == len(found.lines) == ("confidential" in EXPECTED[name])


async def test_the_query_and_the_policy_say_the_same_of_every_case(town: Town) -> None:
    field = Viewer(
        "f", frozenset({Role.SUPERVISING_COMMITTEE}), "npc", committee="x", fields=frozenset({MARA})
    )
    elsewhere = Viewer("e", frozenset({Role.DEPUTY, Role.AFFAIRS_COMMISSION}), "马关县", deputy=DEPUTY)
    for viewer in (*VIEWERS.values(), field, elsewhere):
        async with seeing(town.engine.pool, viewer) as seen:
            lines = await board.find(seen, board.Filter(), now=NOW)
        shown = {line["ref"]: line for line in lines}
        for name, ref in REFS.items():
            state = await town.engine.commands.case(await town.engine.commands.resolve(ref))
            case = case_of(state, (COMMITTEE,) if TOPIC in state.key_topics else ())
            sight = sees(viewer, case)

            assert (ref in shown) == sight.case, (viewer.name, name)
            if sight.case:
                assert (shown[ref]["lead_deputy"] is not None) == sight.identity, (viewer.name, name)
                assert (shown[ref]["category"] is not None) == sight.whole, (viewer.name, name)


async def test_a_unit_sees_no_rating_of_its_own_before_the_case_is_concluded(town: Town) -> None:
    for name, rated in (("unit-handler", False), ("affairs-commission", True)):
        async with seeing(town.engine.pool, VIEWERS[name]) as seen:
            work = await unit_work.find(seen, MARA, now=NOW)
        assert [line["result"] is not None for line in work] == [rated] * 2


async def test_read_models_of_promises_deputies_and_topics_are_cut_too(town: Town) -> None:
    async with seeing(town.engine.pool, PUBLIC) as seen:
        assert await commitments.find(seen, now=NOW) == []
        assert (await deputies.record(seen, DEPUTY))["cases"] == []
        assert [topic["refs"] for topic in await key_topics.find(seen)] == [[]]
    async with seeing(town.engine.pool, VIEWERS["supervising-committee"]) as seen:
        assert [c["ref"] for c in await commitments.find(seen, now=NOW)] == [REFS["own"]]
        assert [topic["refs"] for topic in await key_topics.find(seen)] == [[REFS["own"]]]
    assert (await town.engine.log.read_stream(topic_stream("npc", TOPIC)))[0].version == 1


def test_no_read_model_is_left_out() -> None:
    kind = Kind(frozenset({Role.PUBLIC}), somewhere=False)
    for projection in PROJECTIONS:
        assert "seen_cases" in shadowed(f"select * from {projection.table}", kind), projection.table


async def test_a_case_file_holds_only_what_its_viewer_may_see(town: Town) -> None:
    head = AsOf(None, NOW)
    own = await open_case(town.engine.log, town.engine.commands, REFS["own"], head)
    public = await open_case(town.engine.log, town.engine.commands, REFS["public"], head)
    kept = await open_case(town.engine.log, town.engine.commands, REFS["protected"], head)

    unit = veiled(own, sees(VIEWERS["unit-handler"], case_of(own.case)), case_of(own.case))
    assert not unit.case.ratings
    assert unit.case.version == own.case.version
    assert "办得好" not in repr(unit)
    passer_by = veiled(public, sees(PUBLIC, case_of(public.case)), case_of(public.case))
    assert passer_by.case.title
    assert not passer_by.case.replies
    assert not passer_by.case.commitments
    assert not passer_by.case.ratings
    nameless = veiled(kept, sees(VIEWERS["unit-handler"], case_of(kept.case)), case_of(kept.case))
    assert "李代表" not in repr(nameless)
    assert nameless.case.replies


async def test_the_true_stage_is_told_without_what_it_rests_on(town: Town) -> None:
    public = await open_case(town.engine.log, town.engine.commands, REFS["public"], AsOf(None, NOW))
    access = case_of(public.case)

    known = told(public, sees(PUBLIC, access), access)

    assert (known.stage, known.owing) == (Stage.RATED, ())
    assert known.waits == ("conclusion",)
    assert "answer" in {clock.rule for clock in known.case.clocks}
    assert not known.case.running_clocks
    assert known.case.stage is Stage.HANDLING  # of what is shown
    for kept in ("办议", "年内办成", "办得好", "SATISFIED"):
        assert kept not in repr(known), kept


async def test_a_case_is_read_once_however_little_of_it_is_seen(town: Town) -> None:
    head = await town.engine.log.head()
    for viewer in (PUBLIC, VIEWERS["affairs-commission"]):
        for as_of in (AsOf(None, NOW), AsOf(head, NOW)):
            log = Counting(town.engine.log)

            await open_seen(log, town.engine.commands, viewer, REFS["public"], as_of, "test", NOW)

            assert len(log.read) == 1, (viewer.name, as_of)


class Counting:
    """A log that remembers which streams were read."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.read: list[str] = []
        self.append, self.head, self.position_at = log.append, log.head, log.position_at

    async def read_stream(
        self, stream_id: str, *, after_version: int = 0, up_to: int | None = None
    ) -> list[Recorded[Event]]:
        self.read.append(stream_id)
        return await self._log.read_stream(stream_id, after_version=after_version, up_to=up_to)
