from importlib.resources import as_file, files
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from domain.suggestion.history import SourceRecord
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Kind, Role, Satisfaction, Stage
from duban.importing.importer import Report
from duban.importing.rows import COLUMNS, LONGEST_FIELD, BadRow, Row, UnreadableFile, read_rows
from tests.engine import Engine, engine_on

pytestmark = pytest.mark.postgres

Pool = asyncpg.Pool
HEADER = ",".join(COLUMNS)
GOOD = "county,马关县,17,1,suggestion,242,关于修路的建议,县交通局,,single,2022-03-01,,2022-05-01,,A,年底完工,满意,"


def row(**fields: str) -> str:
    return ",".join(
        {
            **dict.fromkeys(COLUMNS, ""),
            "level": "county",
            "place": "马关县",
            "kind": "suggestion",
            **fields,
        }.values()
    )


def write(path: Path, *lines: str) -> Path:
    file = path / "rows.csv"
    file.write_text("\n".join((HEADER, *lines)) + "\n", "utf-8")
    return file


async def run(engine: Engine, file: Path) -> Report:
    return await engine.importer.run(read_rows(file), actor="importer", run=uuid4())


async def case_of(engine: Engine, ref: str) -> Suggestion:
    return await engine.commands.case(await engine.commands.resolve(ref))


def only(rows: list[Row | BadRow]) -> SourceRecord:
    (found,) = rows
    assert isinstance(found, Row)
    return found.record


async def test_every_row_that_ships_with_duban_becomes_a_case_once(pool: Pool) -> None:
    engine = engine_on(pool)
    with as_file(files("duban.demo") / "suggestions.csv") as file:
        first = await run(engine, file)
        head = await engine.log.head()
        again = await run(engine, file)

    assert (first.read, first.imported, first.bad) == (189, 189, [])
    assert (again.imported, again.unchanged, again.bad) == (0, 189, [])
    assert await engine.log.head() == head


async def test_a_row_tells_the_life_of_a_case_and_what_was_reconstructed(pool: Pool, tmp_path: Path) -> None:
    engine = engine_on(pool)
    await run(engine, write(tmp_path, GOOD))

    case = await case_of(engine, "马关县/17-1/242")
    assert case.stage is Stage.RATED
    assert case.role_of("县交通局") is Role.LEAD
    assert case.ratings[0].result is Satisfaction.SATISFIED
    assert case.commitments[0].promise == "年底完工"
    recorded = await engine.log.read_stream(f"case/马关县/{case.case_id}")
    stated = {r.type.removeprefix("suggestion.") for r in recorded if r.body.reconstructed is None}
    assert stated == {"answered"}


async def test_what_a_row_does_not_say_stays_a_gap(pool: Pool, tmp_path: Path) -> None:
    engine = engine_on(pool)
    report = await run(
        engine, write(tmp_path, row(title="关于收费的建议"), row(number="温36", congress="17"))
    )

    assert report.bad == []
    numbered = await case_of(engine, "马关县/17-x/温36")
    assert numbered.stage is Stage.REGISTERED
    assert {"session", "title", "lead_unit"} <= set(numbered.gaps)
    assert numbered.assigned_to is None


@pytest.mark.parametrize(
    ("fields", "ref"),
    [
        ({"congress": "17", "session": "1", "number": "2/42"}, "马关县/17-1/2-42"),
        ({"congress": "17", "session": "1", "number": "温 36 号"}, "马关县/17-1/温-36-号"),
        ({"congress": "第17届", "session": "第1次", "number": "7"}, "马关县/17-1/7"),
        ({"congress": "不详", "session": "?", "number": "8"}, "马关县/x-x/8"),
        ({"congress": "17", "session": "1", "number": "9", "mode": "together"}, "马关县/17-1/9"),
        ({"place": "广州 番禺区", "congress": "17", "session": "1", "number": "5"}, "广州-番禺区/17-1/5"),
    ],
)
async def test_what_is_printed_oddly_is_a_case_all_the_same(
    pool: Pool, tmp_path: Path, fields: dict[str, str], ref: str
) -> None:
    engine = engine_on(pool)
    report = await run(engine, write(tmp_path, row(title="修路", **fields)))

    assert (report.imported, report.bad) == (1, [])
    assert (await case_of(engine, ref)).number == fields["number"]


async def test_one_number_of_two_unknown_sessions_is_two_cases(pool: Pool, tmp_path: Path) -> None:
    engine = engine_on(pool)
    report = await run(
        engine, write(tmp_path, row(number="19", title="修堰渠"), row(number="19", title="修公路"))
    )

    assert (report.imported, report.bad) == (2, [])
    assert (await case_of(engine, "马关县/x-x/19")).title == "修堰渠"


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (GOOD.replace("2022-05-01", "2022-02-30"), "reply_date", "“2022-02-30” is not a date"),
        (GOOD.replace("2022-05-01", "5 May"), "reply_date", "is not a date"),
        (GOOD.replace("county", "village"), "level", "“village” is not one of national"),
        (GOOD.replace("suggestion", "petition"), "kind", "“petition” is not one of suggestion, motion"),
        (GOOD + ",extra", "-", "19 fields where the header has 18"),
        (GOOD.replace("年底完工", "长" * (LONGEST_FIELD + 1)), "commitment", "2,001 characters"),
        (GOOD.replace("年底完工", "年底\x07完工"), "commitment", "control characters"),
        (row(title="无名之地", place=""), "place", "is empty"),
    ],
)
async def test_a_row_that_is_wrong_in_itself_is_named_and_the_good_ones_go_in(
    pool: Pool, tmp_path: Path, line: str, column: str, reason: str
) -> None:
    engine = engine_on(pool)
    report = await run(engine, write(tmp_path, line, row(number="1", congress="17", session="1")))

    (bad,) = report.bad
    assert (bad.line, bad.column) == (2, column)
    assert reason in bad.reason
    assert report.imported == 1


async def test_a_duplicate_is_refused_with_the_line_it_repeats(pool: Pool, tmp_path: Path) -> None:
    engine = engine_on(pool)
    report = await run(
        engine, write(tmp_path, GOOD, row(number="2"), GOOD.replace("修路", "修桥"), row(number="2"))
    )

    assert [(bad.line, bad.reason) for bad in report.bad] == [
        (4, "a duplicate of line 2"),
        (5, "a duplicate of line 3"),
    ]


async def test_other_facts_about_a_recorded_case_are_refused_not_merged(pool: Pool, tmp_path: Path) -> None:
    engine = engine_on(pool)
    await run(engine, write(tmp_path, GOOD))
    head = await engine.log.head()

    report = await run(engine, write(tmp_path, GOOD.replace("年底完工", "明年完工")))

    assert "recorded already, with other facts" in report.bad[0].reason
    assert await engine.log.head() == head


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b"level,place\n", "are missing"),
        ("level,place".encode("utf-16"), "is not UTF-8"),
        (HEADER.encode() + b",level\n", "stand there twice"),
        (HEADER.encode() + b"\n\x00\n", "NUL character on line 2"),
    ],
)
def test_a_file_that_is_no_table_of_records_is_refused_whole(
    tmp_path: Path, content: bytes, why: str
) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(content)

    with pytest.raises(UnreadableFile, match=why):
        list(read_rows(file))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        list(read_rows(tmp_path / "nothing.csv"))


def test_a_quote_that_never_closes_is_one_bad_row(tmp_path: Path) -> None:
    rows = list(read_rows(write(tmp_path, GOOD, 'county,"马关县')))

    assert isinstance(rows[0], Row)
    assert isinstance(rows[1], BadRow)
    assert "malformed CSV" in rows[1].reason


def test_a_byte_order_mark_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(f"\ufeff{HEADER}\n\n{GOOD}\n\n", "utf-8")

    assert only(list(read_rows(file))).kind is Kind.SUGGESTION
