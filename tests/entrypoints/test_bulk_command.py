"""`duban bulk`: one act on the cases of a file."""

import json
from pathlib import Path

import asyncpg
import pytest

from tests.domain.cases import MARA
from tests.entrypoints.command_line import done, duban
from tests.entrypoints.season import CONTESTED, PLAIN, small_season

pytestmark = pytest.mark.postgres


async def test_one_act_on_the_cases_of_a_file_is_rehearsed_then_done_to_each_that_allows_it(
    pool: "asyncpg.Pool[asyncpg.Record]", database: str, tmp_path: Path
) -> None:
    engine = await small_season(pool)
    file = tmp_path / "refs.txt"
    file.write_text(f"{CONTESTED}\n\n{PLAIN}\n{CONTESTED}\nnpc/14-2/1\n")
    act = ("sign-for", str(file), "--unit", MARA)
    before = await engine.log.head()

    rehearsed = await duban(database, "bulk", "--rehearse", *act, "--json")
    assert await engine.log.head() == before
    acted = await duban(database, "bulk", *act, lang="zh")

    assert rehearsed.stdout, rehearsed.output
    told = {line["ref"]: line["verdict"] for line in json.loads(rehearsed.stdout)}
    assert told == {CONTESTED: "done", PLAIN: "refused", "npc/14-2/1": "refused"}
    assert (rehearsed.exit_code, acted.exit_code) == (1, 1)
    assert f"{CONTESTED}  已完成" in acted.stdout
    assert "没有编号为 npc/14-2/1 的建议" in acted.stdout
    file.write_text(CONTESTED)
    (again,) = await done(database, "bulk", *act)
    assert again["verdict"] == "nothing-to-do"
    nothing = await duban(database, "bulk", "sign-for", "/dev/null", "--unit", MARA)
    assert (nothing.exit_code, nothing.stdout) == (1, "")
    assert "No case is chosen" in nothing.stderr
