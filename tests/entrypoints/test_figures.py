"""The figures on the command line: each says the position it was read at, and can be asked for the past."""

import asyncpg
import pytest

from tests.domain.cases import MARA
from tests.entrypoints.command_line import done, duban
from tests.projections.test_season import a_season, ref

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool


async def test_figures_are_asked_on_the_command_line(pool: Pool, database: str) -> None:
    engine = await a_season(pool)
    head = await engine.log.head()

    stats = await done(database, "stats", "--congress", "npc")
    unit = await done(database, "unit", "show", MARA)
    behind = await done(database, "unit", "show", MARA, "--cases", "satisfied")
    ledger = await done(database, "commitment", "list", "--standing", "failed")
    tasks = await done(database, "inbox", "--role", "unit", "--who", MARA)
    record = await done(database, "deputy", "show", "黄代表")
    between = await done(database, "case", "list", "--where", "in_session=false")
    standing = await done(database, "projections", "status")

    assert {a["position"] for a in (stats, unit, behind, ledger, tasks, record)} == {head}
    assert (stats["totals"]["cases"], unit["rates"]["on_time"]["part"], record["led"]) == (9, 6, 3)
    assert behind["cases"] == [ref(n) for n in (1, 2, 4, 5)]
    assert [c["ref"] for c in ledger["commitments"]] == [ref(5)]
    assert {t["task"] for t in tasks["tasks"]} == {"answer", "sign-for", "fulfil"}
    assert [line["ref"] for line in between] == [ref(9)]
    assert {p["lag"] for p in standing["projections"]} == {0}
    for plain in (("stats",), ("unit", "show", MARA), ("deputy", "show", "黄代表"), ("commitment", "list")):
        assert f"read at position {head}" in (await duban(database, *plain)).stdout
    assert "no differences" in (await duban(database, "projections", "check")).stdout


async def test_the_past_is_asked_the_same_way_and_what_cannot_be_is_refused(
    pool: Pool, database: str
) -> None:
    engine = await a_season(pool)
    first = (await engine.log.read_stream("case/npc/00000001-0000-7000-8000-000000000000"))[-1].position

    then = await done(database, "stats", "--as-of", str(first))
    assert (then["position"], then["totals"]["cases"]) == (first, 1)
    assert len(await done(database, "case", "list", "--as-of", str(first))) == 1
    for refused in (("--as-of", "1999-01-01"), ("--as-of", "99999999"), ("--as-of", "soon")):
        assert (await duban(database, "stats", *refused)).exit_code == 1
    assert (await duban(database, "projections", "pause", "nonsense")).exit_code == 1
    assert (await duban(database, "projections", "rebuild")).exit_code == 2
