from typing import Any

import pytest

from duban.acts.catalogue import ACTS
from duban.acts.perform import command_of
from duban.acts.refusals import FieldMissing, FieldRefused
from duban.wording.wording import wording
from tests.domain.cases import MARA, on

AT = on("2024-04-02")


@pytest.mark.parametrize(
    ("act", "said", "zh", "en"),
    [
        ("register", {}, "缺少“编号”", "number is missing"),
        ("register", {"number": "7" * 301}, "不得超过300字", "number may have at most 300 characters"),
        ("register", {"number": "7\n8"}, "控制字符", "number must be one line"),
        ("sub-assign", {"unit": MARA, "role": "chef"}, "lead, co-handling", "“chef” is not known for role"),
        (
            "submit",
            {"congress": "npc", "title": "题", "term": "十四"},
            "应当是整数",
            "term is a whole number",
        ),
        (
            "object",
            {"unit": MARA, "reasons": "非本单位", "written": "maybe"},
            "是或者否",
            "written is answered by",
        ),
    ],
)
def test_a_field_that_cannot_be_taken_is_named_with_what_to_write_in_the_readers_language(
    act: str, said: dict[str, Any], zh: str, en: str
) -> None:
    with pytest.raises((FieldMissing, FieldRefused)) as refused:
        command_of(ACTS[f"suggestion.{act}"], said, AT, case_id="1", level="national", place="全国")

    assert en in wording("en").refusal(refused.value)
    spoken = wording("zh").refusal(refused.value)
    assert zh in spoken
    assert not any(name in spoken for name in ("number", "written", "term"))
