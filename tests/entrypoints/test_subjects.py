"""Subjects from every side: the command line, an import, the board, the statistics, the exports."""

import json
from pathlib import Path

import asyncpg
import openpyxl
import pytest

from duban.importing.rows import COLUMNS
from tests.engine import engine_on
from tests.entrypoints.command_line import done, duban
from tests.entrypoints.season import CONTESTED, PLAIN, small_season

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool


async def test_a_case_is_classified_and_found_under_its_subject_and_aspect(pool: Pool, database: str) -> None:
    engine = await small_season(pool)
    await done(database, "classify", CONTESTED, "--subject", "农业农村", "--decided-by", "代表工作委员会")
    await done(database, "classify", PLAIN, "--subject", "07")
    before = await engine.log.head()
    unreasoned = await duban(database, "classify", PLAIN, "--subject", "财政金融")
    unknown = await duban(database, "classify", PLAIN, "--subject", "农业", "--reason", "x")
    await done(database, "classify", PLAIN, "--subject", "财政金融", "--reason", "主要是资金问题")
    await engine.projector.catch_up()

    async def under(*where: str) -> list[str]:
        named = [part for one in where for part in ("--where", one)]
        return [line["ref"] for line in await done(database, "case", "list", *named)]

    assert await under("subject=农业农村") == [CONTESTED]
    assert sorted(await under("aspect=经济")) == [PLAIN, CONTESTED]
    assert await under("subject=资源和生态环境") == []
    stats = await done(database, "stats")
    then = await done(database, "stats", "--as-of", str(before))
    assert [(r["value"], r["cases"]) for r in stats["tables"]["by_aspect"]] == [("经济", 2)]
    assert {r["value"] for r in then["tables"]["by_subject"]} == {"农业农村", "资源和生态环境"}
    for line in stats["tables"]["by_subject"]:
        (listed,) = await under(*(f"{name}={value}" for name, value in line["filter"].items()))
        assert listed == {"农业农村": CONTESTED, "财政金融": PLAIN}[line["value"]]
    assert (unreasoned.exit_code, unknown.exit_code) == (1, 1)
    assert "Did you mean 农业农村?" in unknown.output
    (first, changed) = await done(
        database, "audit", "query", "--type", "suggestion.classified", "--case", PLAIN
    )
    assert (first["reason"], changed["reason"]) == (None, "主要是资金问题")
    shown = await done(database, "case", "show", PLAIN)
    assert shown["subject"] == {"scheme": "general", "code": "02", "name": "财政金融", "aspect": "经济"}
    film = (await duban(database, "case", "replay", PLAIN, lang="zh")).stdout
    assert "主题分类: 资源和生态环境 → 财政金融" in film.replace("：", ": ")


async def test_a_congress_keeps_its_own_list(pool: Pool, database: str) -> None:
    await small_season(pool)

    shipped = await done(database, "congress", "subjects", "npc")
    own = await done(database, "congress", "set-subjects", "npc", "社会/养老", "1=经济/种业")
    more = await done(database, "congress", "set-subjects", "npc", "疫情防控", "--add")
    gone = await duban(database, "classify", PLAIN, "--subject", "财政金融")
    await done(database, "classify", PLAIN, "--subject", "种业")

    assert (shipped["scheme"], len(shipped["subjects"])) == ("general", 18)
    assert own["scheme"].startswith("npc@")
    assert [s["name"] for s in more["subjects"]] == ["养老", "种业", "疫情防控"]
    assert (gone.exit_code, "养老, 种业, 疫情防控" in gone.output) == (1, True)
    assert (await done(database, "case", "show", PLAIN))["subject"]["scheme"] == more["scheme"]
    assert (await duban(database, "congress", "set-subjects", "npc", "a", "a")).exit_code == 1
    assert (await duban(database, "congress", "set-subjects", "npc", "/")).exit_code == 1
    assert "种业" in (await duban(database, "congress", "subjects", "npc", lang="zh")).stdout


async def test_an_import_reads_the_subject_where_a_file_prints_one(
    pool: Pool, database: str, tmp_path: Path
) -> None:
    columns = (*COLUMNS, "subject", "aspect")
    rows = [
        {"number": "1", "title": "关于修路的建议", "subject": "交通运输"},
        {"number": "2", "title": "关于茶产业的建议", "subject": "茶产业", "aspect": "经济"},
        {"number": "3", "title": "关于路灯的建议"},
    ]
    facts = {"level": "county", "place": "马关县", "congress": "17", "session": "1", "kind": "suggestion"}
    lines = [",".join({**dict.fromkeys(columns, ""), **facts, **row}.values()) for row in rows]
    file = tmp_path / "rows.csv"
    file.write_text("\n".join((",".join(columns), *lines)) + "\n", "utf-8")

    first = await done(database, "import", str(file))
    again = await done(database, "import", str(file))
    await engine_on(pool).projector.catch_up()
    listed = await done(database, "case", "list", "--congress", "马关县")
    subjects = (await done(database, "congress", "subjects", "马关县"))["subjects"]

    assert (first["imported"], again["unchanged"]) == (3, 3)
    found = {line["title"]: (line["subject"], line["aspect"]) for line in listed}
    assert found == {
        "关于修路的建议": ("交通运输", "城乡建设"),
        "关于茶产业的建议": ("茶产业", "经济"),
        "关于路灯的建议": (None, None),
    }
    assert subjects[-1] == {"code": "茶产业", "name": "茶产业", "aspect": "经济"}
    events = await done(database, "audit", "query", "--type", "suggestion.classified")
    assert [event["reconstructed"] for event in events] == [True, True]


async def test_exports_know_the_subject(pool: Pool, database: str, tmp_path: Path) -> None:
    await small_season(pool)
    await done(database, "classify", PLAIN, "--subject", "财政金融")
    workbook, ocel = tmp_path / "ledger.xlsx", tmp_path / "log.json"

    await done(database, "audit", "export", "--format", "xlsx", "--output", str(workbook))
    await done(database, "audit", "export", "--format", "ocel", "--output", str(ocel))

    sheet = openpyxl.load_workbook(workbook).worksheets[0]
    heading, *lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    column = {name: number for number, name in enumerate(heading)}
    assert {line[column["ref"]]: line[column["subject"]] for line in lines} == {
        CONTESTED: None, PLAIN: "public finance and banking",
    }  # fmt: skip
    (case,) = [
        o for o in json.loads(ocel.read_text("utf-8"))["objects"]
        if o["type"] == "case" and {"reference", PLAIN} <= {v for a in o["attributes"] for v in (a["name"], a["value"])}
    ]  # fmt: skip
    assert [a["value"] for a in case["attributes"] if a["name"] == "subject"] == ["财政金融"]
