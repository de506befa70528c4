from pathlib import Path

import pytest

from duban.conferences.sheet import read_sheet
from duban.sheets import ColumnsMissing, SheetUnreadable, TooManyRows
from tests.conferences import csv_bytes, workbook

ROWS = [
    ("1", "农业农村部；财政部", "", "", "", ""),
    ("", "", "", "", "", ""),
    ("2", "", "", "财政部", "", ""),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_a_csv_file_is_read_in_any_encoding_that_offices_save_it_in(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "交办表.csv"
    file.write_bytes(csv_bytes(ROWS, encoding=encoding))

    table = read_sheet(file)

    assert [(line.row, line.cells["number"]) for line in table.lines] == [(2, "1"), (4, "2")]
    assert table.lines[0].cells["lead"] == "农业农村部；财政部"
    assert table.printed["lead"] == "主办"


def test_a_workbook_is_read_with_its_title_above_the_header_and_numbers_as_numbers(tmp_path: Path) -> None:
    file = workbook(
        tmp_path / "sheet.xlsx",
        [
            ["第十四届全国人大第二次会议建议交办表"],
            ["编号", "标题", "主办单位", "协办单位"],
            [3973, "标题", "农业农村部", None],
        ],
    )

    (line,) = read_sheet(file).lines

    assert line.row == 3
    assert (line.cells["number"], line.cells["lead"], line.cells["co"]) == ("3973", "农业农村部", "")


def test_columns_may_bear_english_names(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_bytes(csv_bytes([("7", "MARA", "MOF")], header=("Number", "Lead", "Co")))

    (line,) = read_sheet(file).lines

    assert (line.cells["number"], line.cells["lead"], line.cells["co"]) == ("7", "MARA", "MOF")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b"\xd0\xcf\x11\xe0rest", "old format"),
        (b"PK\x03\x04rest", "damaged"),
        (b"\x81\xff\xfe\x00\xff" * 9, "encoding|seems to be"),
        ("编号,主办\n1,\x00".encode(), "NUL"),
        (None, "No such file"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path: Path, data: bytes | None, why: str) -> None:
    file = tmp_path / "sheet.csv"
    if data is not None:
        file.write_bytes(data)

    with pytest.raises(SheetUnreadable, match=why):
        read_sheet(file)


def test_a_sheet_without_the_columns_says_which_and_how_it_begins(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_bytes("編號,主辦\n1,甲\n".encode("big5"))

    with pytest.raises(ColumnsMissing, match="number, lead"):
        read_sheet(file)


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_bytes(csv_bytes([("1", "甲", "", "", "", "")] * 50_001))

    with pytest.raises(TooManyRows, match="50000"):
        read_sheet(file)
