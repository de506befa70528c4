"""The report's tables to take away: as a workbook and on paper, from the command line, the page and the API."""

from io import BytesIO
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import openpyxl
import pypdf
import pytest

from duban.exporting.report import AnnualReport, Sheet
from duban.exporting.report_pdf import report_pdf
from duban.wording.wording import wording
from tests.domain.cases import MARA, MOF
from tests.entrypoints.command_line import done, duban
from tests.projections.test_season import a_season, ref

pytestmark = pytest.mark.postgres
Pool = asyncpg.Pool


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """The rows of each sheet, by its title without its number."""
    book = openpyxl.load_workbook(BytesIO(content))
    found = {
        name: [[cell.value for cell in row] for row in book[name].iter_rows()] for name in book.sheetnames
    }
    return {name.partition(" ")[2] or name: rows for name, rows in found.items()}


def printed(content: bytes) -> str:
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


async def test_the_workbook_holds_every_table_with_numbers_and_the_way_to_their_cases(
    pool: Pool, database: str, tmp_path: Path
) -> None:
    engine = await a_season(pool)
    head = await engine.log.head()
    file = tmp_path / "report.xlsx"

    said = await done(database, "stats", "--congress", "npc", "--term", "14", "--output", str(file))
    found = sheets(file.read_bytes())

    assert (said["position"], said["tables"]) == (head, len(found) - 1)
    about = {row[0]: row[1] for row in found["About"] if len(row) > 1}
    assert about["position of the log"] == str(head)
    assert about["The same figures again"] == f"duban stats --congress npc --term 14 --as-of {head}"
    where = f"duban case list --where congress=npc --where term=14 --where lead_unit={MARA} --as-of {head}"
    assert found["lead unit"] == [
        ["lead unit", "cases", "answered", "solved", "planned or in progress", "answered late", "overdue",
         "How to list its cases"],
        [MARA, 8, 7, 3, 3, 1, 2, where.replace(f"lead_unit={MARA}", f"'lead_unit={MARA}'")],
        [MOF, 1, 1, 1, 0, 0, 0, where.replace(f"lead_unit={MARA}", f"'lead_unit={MOF}'")],
    ]  # fmt: skip
    heading, *units = found["Units and their rates"]
    mara, mof = (dict(zip(heading, row, strict=True)) for row in units if row[0] in (MARA, MOF))
    assert [mara[f"satisfied among returned forms: {part}"] for part in ("n", "N", "n/N")] == [4, 6, 0.6667]
    assert [mof[f"replied: {part}"] for part in ("n", "N", "n/N")] == [1, 1, None]  # below the floor
    assert found["Replies and their ratings"][1][:2] == ["replies due", 9]
    (promises,) = (rows for name, rows in found.items() if name.startswith("Commitments by"))
    assert promises[1][:8] == [2024, 3, 1, 0, 0, 1, 0, 1]
    listed = await done(database, "case", "list", "--where", "figure=replies_late", "--as-of", str(head))
    assert [line["ref"] for line in listed] == [ref(3)]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ("代表建议办理情况统计表", "承办单位及各项比率", "86%(6/7;49%–97%)", "人大:全国人民代表大会")),
        (
            "en",
            ("Statisticsofdeputies'suggestions", "Unitsandtheirrates", "86%(6/7;49%–97%)", "specialresearch"),
        ),
    ],
)
async def test_the_report_is_printed_in_both_languages_with_its_font(
    pool: Pool, database: str, tmp_path: Path, lang: str, said: tuple[str, ...]
) -> None:
    engine = await a_season(pool)
    file = tmp_path / "report.out"

    arguments = ("stats", "--congress", "npc", "--format", "pdf", "--output", str(file))
    answer = await duban(database, *arguments, lang=lang)

    assert answer.exit_code == 0, answer.output
    text = printed(file.read_bytes())
    assert [one for one in said if one not in text] == []
    assert f"--as-of{await engine.log.head()}" in text
    assert len(file.read_bytes()) < 200_000


def test_a_cell_with_hundreds_of_names_is_no_row_that_is_higher_than_a_page() -> None:
    names = "、".join(f"第{number:03}部" for number in range(300))
    rows = tuple((names, "A", "D", number, names) for number in range(3))
    sheet = Sheet("变更", ("单位", "前", "后", "件", "编号"), rows, ("duban stats",) * 3)
    report = AnnualReport("统计表", (("截至", "今日"),), (sheet,))

    text = printed(report_pdf(report, wording("zh")))

    assert "第010部" in text
    assert "第299部" not in text
    assert "…" in text


async def test_where_a_report_cannot_be_written_says_why(pool: Pool, database: str, tmp_path: Path) -> None:
    await a_season(pool)
    for arguments, why in (
        (("--format", "pdf"), "neither which nor where"),
        (("--output", str(tmp_path / "report.doc")), "report.doc"),
        (("--output", str(tmp_path / "none" / "report.pdf")), "cannot be written"),
        (("--output", str(tmp_path / "report.pdf"), "--as-of", "99999"), "beyond the log"),
    ):
        answer = await duban(database, "stats", *arguments)
        assert (answer.exit_code, why in answer.output) == (1, True), answer.output
    assert list(tmp_path.iterdir()) == []
    empty = await done(database, "stats", "--year", "1999", "--output", str(tmp_path / "empty.xlsx"))
    assert empty["tables"] == 2  # the figures, all of them nought


async def test_the_page_offers_the_files_and_they_are_narrowed_down_as_it_is(
    client: httpx2.AsyncClient,
) -> None:
    page = (await client.get("/statistics?lang=en&term=14&as_of=3")).text
    workbook = await client.get("/statistics.xlsx?lang=en&term=14")
    nobody = await client.get("/statistics.xlsx?lang=en&term=99")
    paper = await client.get("/statistics.pdf?lang=zh")

    assert 'href="/statistics.xlsx?as_of=3&amp;term=14"' in page
    assert "attachment" in workbook.headers["content-disposition"]
    assert sheets(workbook.content)["Suggestions and motions"][1][1] > 0
    assert sheets(nobody.content)["Suggestions and motions"][1][1] == 0
    assert "代表建议办理情况统计表" in printed(paper.content)
    assert (await client.get("/statistics.doc")).status_code == 404
    assert (await client.get("/statistics.pdf?term=second")).status_code == 400
    assert (await client.get("/statistics.pdf?as_of=99999999")).status_code == 400


async def test_a_stranger_gets_no_file(stranger: httpx2.AsyncClient) -> None:
    assert (await stranger.get("/statistics.xlsx")).status_code == 401
