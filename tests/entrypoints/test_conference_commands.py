import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conferences import csv_bytes, led_by
from tests.entrypoints.up import Installation

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]

MARA = "农业农村部"
SESSION = ("--congress", "npc", "--term", "14", "--session", "4")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("conference") / "home")
    with installation.up():
        installation.duban("unit", "add", "npc", MARA, "财政部")
        for number in range(1, 5):
            installation.json(
                "submit", *SESSION, "--number", str(number), "--title", f"第{number}号建议",
                "--lead-deputy", "张三", "--on", "2026-03-08",
            )  # fmt: skip
        yield installation


def test_a_sheet_with_faults_prepares_nothing_and_names_them_all(
    installation: Installation, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(csv_bytes([("1", "农业部", "", "", "", ""), ("99", MARA, "", "", "", "")]))

    done = installation.duban("conference", "prepare", str(sheet), *SESSION)
    assert done.exit_code == 1
    first, second, last = done.stderr.strip().splitlines()
    assert first.startswith("row 2, 主办: “农业部” is not a handling unit of npc. Did you mean 农业农村部?")
    assert second.startswith("row 3, 编号: No case bears the reference npc/14-4/99.")
    assert last == "2 faults; nothing is prepared."
    as_json = installation.duban("conference", "prepare", str(sheet), *SESSION, "--json")
    faults = json.loads(as_json.stdout)["faults"]
    assert [(fault["row"], fault["column"]) for fault in faults] == [(2, "主办"), (3, "编号")]
    assert installation.json("conference", "list") == []


def test_a_conference_goes_from_its_sheet_to_its_letters(installation: Installation, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(csv_bytes(led_by(MARA, range(1, 4)), encoding="gb18030"))

    prepared = installation.json("conference", "prepare", str(sheet), *SESSION)
    name = prepared["conference"]
    assert prepared["status"] == "prepared"
    preview = installation.json("conference", "preview", name)
    assert preview["loads"][0] | {"unit": MARA, "lead": 3, "total": 3} == preview["loads"][0]
    assert preview["not_on_the_sheet"] == ["npc/14-4/4"]
    assert preview["units_without_a_case"] == ["财政部"]

    installation.json("assign", "npc/14-4/3", "--lead", "财政部", "--on", "2026-03-15")
    installation.json("conference", "start", name, "--on", "2026-03-16")
    done = installation.json("conference", "status", name, "--wait")
    assert (done["status"], done["assigned"], done["refused"]) == ("finished", 2, 1)
    assert installation.json("conference", "start", name)["version"] == done["version"]
    report = installation.duban("conference", "report", name)
    assert report.exit_code == 1
    assert "npc/14-4/3: npc/14-4/3 was assigned to 财政部 already." in report.stdout
    assert json.loads(installation.duban("conference", "report", name, "--json").stdout)["refused"]
    assert "is not paused" in installation.refusal("conference", "resume", name)

    letters = installation.json("conference", "letters", name, "--into", str(tmp_path / "letters"))
    assert letters["letters"] == 1
    assert "第1号建议" in (tmp_path / "letters/zh/张三.html").read_text("utf-8")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_printed_is_in_the_readers_language(
    installation: Installation, language: str, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_bytes(csv_bytes(led_by(MARA, [4])))
    name = installation.json("conference", "prepare", str(sheet), *SESSION)["conference"]
    speaking = Installation(installation.home, DUBAN_LANG=language)

    for command in (("preview", name), ("status", name), ("list",), ("report", name)):
        done = speaking.duban("conference", *command)
        assert (done.exit_code, done.stderr) == (0, "")
        assert ("已准备" if language == "zh" else "prepared") in done.stdout


def test_an_unknown_conference_is_refused(installation: Installation) -> None:
    for command in ("preview", "start", "status", "pause", "resume", "retry", "report", "letters"):
        assert "There is no assignment conference" in installation.refusal(
            "conference", command, "npc/14-4-x"
        )
