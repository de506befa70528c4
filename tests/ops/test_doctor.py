import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from duban.bootstrap import connect_temporal
from duban.ops import doctor
from duban.ops.examination import KNOWN
from duban.ops.figures import Figures, Reader, figures
from duban.ops.metrics import NAMES
from duban.ops.server import ops_app
from duban.runtime.namespace import ensure_namespace
from projections.board import CaseBoard
from tests.entrypoints.command_line import duban
from tests.entrypoints.season import small_season

Pool = asyncpg.Pool
NOW = datetime(2026, 3, 5, tzinfo=UTC)


def at(position: int, since: timedelta | None, status: str = "running") -> Reader:
    return Reader("clocks", position, NOW - since if since else None, status, "boom", NOW, position + 1)


def seen(relay: Reader, *projections: Reader) -> Figures:
    return Figures(NOW, 100, relay, projections, 7, 2, 1 << 20)


def test_a_reader_that_is_behind_for_long_is_named_with_since_when_and_what_to_do() -> None:
    found = doctor.of_figures(seen(at(90, timedelta(minutes=5)), at(99, timedelta(seconds=2))), NOW)

    late, fresh, clocks = found
    assert (late.fine, late.since, late.do) == (False, NOW - timedelta(minutes=5), doctor.CHECK_RELAY)
    assert (fresh.fine, fresh.do, clocks.fine) == (True, "", True)


@pytest.mark.parametrize(("status", "do"), [("stopped", doctor.RETRY), ("paused", doctor.RESUME)])
def test_a_projection_that_stands_still_says_where_and_why(status: str, do: str) -> None:
    _, standing, _ = doctor.of_figures(seen(at(100, None), at(41, None, status)), NOW)

    assert (standing.fine, standing.do, standing.since) == (False, do, NOW)
    assert dict(standing.facts) | {"position": "42", "cause": "boom"} == dict(standing.facts)


def test_clocks_that_disagree_and_a_schema_that_waits_are_wrong() -> None:
    *_, clocks = doctor.of_figures(seen(at(100, None)), NOW + timedelta(seconds=9))

    assert (clocks.fine, clocks.do) == (False, doctor.SET_CLOCK)
    assert (doctor.of_schema([]).fine, doctor.of_schema(["duban/0099.sql"]).fine) == (True, False)


async def examined(database: str, temporal: str, namespace: str, home: Path) -> tuple[int, dict[str, Any]]:
    settings = {
        "DUBAN_TEMPORAL_ADDRESS": temporal,
        "DUBAN_TEMPORAL_NAMESPACE": namespace,
        "DUBAN_HOME": str(home),
    }
    done = await duban(database, "doctor", "--json", **settings)
    said = json.loads(done.stdout)
    return done.exit_code, {one["check"]: one for one in said["findings"]}


@pytest.mark.postgres
@pytest.mark.temporal
async def test_the_doctor_finds_a_stopped_projection_and_cases_without_a_workflow(
    pool: Pool, database: str, temporal_address: str, tmp_path: Path
) -> None:
    await small_season(pool)
    namespace = f"doctor-{uuid4()}"
    await ensure_namespace(await connect_temporal(temporal_address, namespace))
    await pool.execute(
        "update projection_checkpoint set status = 'stopped', stopped_position = 9, cause = 'ValueError' "
        "where projection = 'clocks'"
    )

    code, found = await examined(database, temporal_address, namespace, tmp_path)

    assert code == 1
    assert found["database"]["fine"]
    assert found["schema"]["fine"]
    assert found["projection clocks"]["said"] == "stopped at position 9: ValueError"
    assert "duban projections retry clocks" in found["projection clocks"]["do"]
    assert not found["workflows"]["fine"]
    assert "rehydrate" in found["workflows"]["do"]


@pytest.mark.postgres
async def test_the_doctor_says_which_part_does_not_answer(database: str, tmp_path: Path) -> None:
    code, found = await examined(database, "127.0.0.1:1", "duban", tmp_path)
    lost, alone = await examined("postgresql://127.0.0.1:1/x", "127.0.0.1:1", "duban", tmp_path)

    assert (code, found["Temporal"]["fine"]) == (1, False)
    assert (lost, set(alone)) == (1, {"disk", "database"})


@pytest.mark.postgres
async def test_a_role_tells_its_health_and_every_metric_that_dashboards_may_name(pool: Pool) -> None:
    engine = await small_season(pool)
    lacking: list[str] = []

    async def missing() -> list[str]:
        return lacking

    transport = httpx2.ASGITransport(
        app=ops_app("relay", lambda: figures(pool, KNOWN, CaseBoard.table), missing)
    )
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        alive, ready = await client.get("/healthz"), await client.get("/readyz")
        lacking.append("database")
        waiting = await client.get("/readyz")
        scraped = (await client.get("/metrics")).text

    assert (alive.status_code, ready.status_code, waiting.status_code) == (200, 200, 503)
    assert waiting.json()["missing"] == ["database"]
    families = {family.name: family for family in text_string_to_metric_families(scraped)}
    assert set(NAMES) <= set(families)
    assert families["duban_log_head"].samples[0].value == await engine.log.head()
    running = {s.labels["projection"]: s.value for s in families["duban_projection_running"].samples}
    assert running == {name: 1.0 for name, _ in KNOWN}
    assert families["duban_cases_open"].samples[0].value == 2


@pytest.mark.postgres
async def test_the_processs_own_metrics_outlive_the_database() -> None:
    async def away() -> Figures:
        raise OSError

    async def missing() -> list[str]:
        return ["database"]

    transport = httpx2.ASGITransport(app=ops_app("web", away, missing))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        scraped = await client.get("/metrics")

    assert scraped.status_code == 200
    assert "process_resident_memory_bytes" in scraped.text
    assert "duban_log_head" not in scraped.text
