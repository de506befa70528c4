import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.entrypoints.up import Installation

pytestmark = [pytest.mark.postgres, pytest.mark.temporal]

MARA = "农业农村部"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The engine with the real suggestions, shared by the tests of this module."""
    installation = Installation(tmp_path_factory.mktemp("cli") / "home")
    with installation.up("--demo"):
        yield installation


def submit(installation: Installation, number: str, *more: str) -> str:
    done = installation.json(
        "submit", "--congress", "npc", "--term", "14", "--session", "4", "--number", number,
        "--title", "关于支持庆阳打造循环农业示范区的建议", "--on", "2024-03-08", *more,
    )  # fmt: skip
    return str(done["ref"])


def test_every_row_of_the_demo_is_on_the_board(installation: Installation) -> None:
    lines = installation.json("case", "list")

    assert len(lines) == 189 + 4  # the real ones and the worked examples
    by_ref = {line["ref"]: line for line in lines}
    assert by_ref["npc/14-2/3973"]["lead_unit"] == MARA
    assert by_ref["马关县/17-1/242"]["stage"] == "answered"
    assert set(lines[0]) >= {"ref", "title", "stage", "lead_unit", "next_due"}


def test_the_board_can_be_asked_for_less(installation: Installation) -> None:
    assert len(installation.json("case", "list", "--congress", "npc")) == 24 + 4
    assert len(installation.json("case", "list", "--limit", "3")) == 3
    assert installation.json("case", "list", "--text", "没有这样的标题") == []
    assert len(installation.json("case", "list", "--kind", "motion")) == 4


def test_a_case_goes_from_submission_to_follow_up(installation: Installation) -> None:
    ref = submit(installation, "9001")
    on = ("--on", "2026-09-01")
    installation.json("assign", ref, "--to", "国务院", "--lead", MARA, "--co", "国家发展改革委", *on)
    installation.json("answer", ref, "--unit", MARA, "--category", "A", "--on", "2026-10-01")
    installation.json(
        "commit", ref, "--promise", "2027年底前建成", "--due", "2027-12-31", "--on", "2026-10-01"
    )
    installation.json("feedback", ref, "--result", "satisfied", "--on", "2026-10-10")
    installation.json("conclude", ref, "--on", "2026-10-11")
    done = installation.json("follow-up", ref, "--finding", "已开工", "--on", "2026-11-01")

    assert done["stage"] == "following-up"
    case = installation.json("case", "show", ref)
    acts = [e["type"].removeprefix("suggestion.") for e in case["events"] if e["actor"] != "clock"]
    assert acts == [
        "submitted", "registered", "assigned", "sub-assigned", "sub-assigned", "answered", "reply-served",
        "commitment-made", "feedback-given", "concluded", "followed-up",
    ]  # fmt: skip
    assert case["position"] == case["events"][-1]["position"]
    answer = next(c for c in case["clocks"] if c["rule"] == "answer" and c["about"] == MARA)
    assert (answer["anchor"], answer["due_at"], answer["status"]) == (
        "2026-09-01",
        "2026-12-01T15:59:59Z",
        "met",
    )
    assert answer["derivation"]["article"] == "51"


def test_what_is_planned_needs_a_promise_with_a_day_and_the_answer_can_carry_it(
    installation: Installation,
) -> None:
    ref = submit(installation, "9005")
    installation.json("assign", ref, "--lead", MARA, "--on", "2026-09-01")
    answer = ("answer", ref, "--unit", MARA, "--category", "B", "--on", "2026-10-01")

    assert "--promise TEXT --due DAY" in installation.refusal(*answer)
    installation.json(*answer, "--promise", "2027年底前建成", "--due", "2027-12-31")
    (made,) = installation.json("case", "show", ref)["commitments"]
    assert (made["promise"], made["open"]) == ("2027年底前建成", True)


def test_the_log_is_verified_from_the_first_event_to_the_last(installation: Installation) -> None:
    report = json.loads(installation.process("audit", "verify", "--json").stdout)

    assert report["difference"] is None
    assert report["checked"] > 1_500


def test_a_case_can_be_seen_as_it_stood(installation: Installation) -> None:
    ref = submit(installation, "9002")
    assigned = installation.json("assign", ref, "--lead", MARA, "--on", "2026-11-02")["position"]
    installation.json("answer", ref, "--unit", MARA, "--on", "2026-11-03")

    assert installation.json("case", "show", ref, "--as-of", str(assigned))["stage"] == "handling"
    assert installation.json("case", "show", ref)["stage"] == "answered"
    assert "beyond the log" in installation.refusal("case", "show", ref, "--as-of", "99999999")
    assert "not recorded yet" in installation.refusal("case", "show", ref, "--as-of", "1")
    assert "neither a position" in installation.refusal("case", "show", ref, "--as-of", "yesterday")


def test_the_replay_tells_what_each_step_changed(installation: Installation) -> None:
    steps = installation.json("case", "replay", "npc/14-2/3973")

    assert [step["step"] for step in steps] == list(range(1, len(steps) + 1))
    sub_assigned = next(s for s in steps if s["type"] == "suggestion.sub-assigned")
    assert {"what": "role", "of": MARA, "before": None, "after": "lead"} in sub_assigned["changed"]
    assert all(step["changed"] for step in steps if not step["type"].endswith("reminded"))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "arguments",
    [("case", "list", "--limit", "5"), ("case", "show", "npc/14-2/3973"), ("case", "replay", "npc/14-2/3973"),
     ("case", "clock", "npc/14-2/5751"), ("status",), ("congress", "list"), ("unit", "list", "npc")],
)  # fmt: skip
def test_what_is_printed_for_people_is_printed_in_their_language(
    installation: Installation, language: str, arguments: tuple[str, ...]
) -> None:
    speaking = Installation(installation.home, DUBAN_LANG=language)

    done = speaking.duban(*arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.strip()


def test_bad_input_is_refused_in_one_line_and_leaves_nothing_in_the_log(
    installation: Installation, tmp_path: Path
) -> None:
    ref = submit(installation, "9003")
    other = submit(installation, "9004")
    installation.json("assign", other, "--lead", MARA, "--on", "2026-11-02")
    installation.json("answer", other, "--unit", MARA, "--on", "2026-11-03")
    long_text = tmp_path / "long.txt"
    long_text.write_text("长" * 3_400_000, "utf-8")  # ten megabytes
    before = _versions(installation)

    refused = {
        "is not a handling unit": ("assign", ref, "--lead", "农业农村厅"),
        "has answered": ("answer", other, "--unit", MARA),
        "has not been assigned": ("answer", ref, "--unit", MARA),
        "would lie before": ("assign", ref, "--lead", MARA, "--on", "2024-03-01"),
        "is not a date": ("assign", ref, "--lead", MARA, "--on", "2024-13-45"),
        "lies in the future": ("assign", ref, "--lead", MARA, "--on", "2199-01-01"),
        "larger than 1 MB": ("answer", other, "--unit", MARA, "--text-file", str(long_text)),
        "at most 300 characters": ("submit", "--congress", "npc", "--title", "长" * 301),
        "No case bears": ("case", "show", "npc/14-2/404404"),
        "is not the reference": ("case", "show", "3973"),
        "No congress": ("submit", "--congress", "不存在", "--title", "建议"),
        "already borne": ("submit", "--congress", "npc", "--term", "14", "--session", "4", "--number", "9003",
                          "--title", "同号"),
    }  # fmt: skip
    for words, arguments in refused.items():
        assert words in installation.refusal(*arguments)
    assert _versions(installation) == before


def _versions(installation: Installation) -> dict[str, int]:
    """Since which event each case of this session stands as it does; what the clock adds changes no line."""
    lines = installation.json("case", "list", "--congress", "npc", "--text", "npc/14-4/")
    return {line["ref"]: line["position"] for line in lines}


def test_a_malformed_file_is_refused_whole_and_a_bad_row_alone(
    installation: Installation, tmp_path: Path
) -> None:
    malformed = tmp_path / "malformed.csv"
    malformed.write_bytes(b"\xff\xfe\x00")
    assert "cannot be imported" in installation.refusal("import", str(malformed))

    header = "level,place,congress,session,kind,number,title,lead_unit,co_units,mode,assigned_date,reply_doc_no,reply_date,published_date,category,commitment,satisfaction,source"  # noqa: E501 one header
    rough = tmp_path / "rough.csv"
    rough.write_text(
        f"{header}\ncounty,新县,18,1,suggestion,1,修路,,,unknown,,,2024-02-30,,,,,\n"
        "county,新县,18,1,suggestion,2,修桥,,,unknown,,,2024-02-29,,,,,\n",
        "utf-8",
    )
    done = installation.duban("import", str(rough), "--json")
    report = json.loads(done.stdout)
    assert done.exit_code == 1
    assert report["imported"] == 1
    assert report["refused"][0]["line"] == 2
    assert report["refused"][0]["column"] == "reply_date"
    assert installation.json("case", "show", "新县/18-1/2")["jurisdiction"] in ("npc", "henan")


def test_wrong_usage_exits_with_two(installation: Installation) -> None:
    assert installation.duban("case", "show").exit_code == 2
    assert installation.duban("assign", "npc/14-2/1").exit_code == 2
    assert installation.duban("nonsense").exit_code == 2


def test_the_command_ends_with_its_code_as_a_process_too(installation: Installation) -> None:
    assert installation.process("case", "list", "--limit", "1").returncode == 0
    assert installation.process("case", "show", "npc/14-2/404404").returncode == 1
    assert installation.process("case", "show").returncode == 2
