from string import Formatter

import pytest

from duban.catalogue import texts
from duban.wording.names import NAMES
from duban.wording.wording import WEEKDAYS, wording
from tests.wording.messages import Message, refusals, said


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    return sorted(said(), key=lambda message: (message[0] or "", message[1]))


def test_every_text_has_a_chinese_one(messages: list[Message]) -> None:
    chinese = texts("zh")

    missing = [message for message in messages if not chinese.holds(message[1], message[0])]

    assert len(messages) > 500
    assert missing == []


def test_a_chinese_text_speaks_of_the_same_facts(messages: list[Message]) -> None:
    chinese = texts("zh")

    strange = [
        msgid
        for context, msgid in messages
        if placeholders(chinese.get(msgid, context)) != placeholders(msgid)
    ]

    assert strange == []


def test_every_refusal_is_said_in_chinese_with_its_facts() -> None:
    for refusal in refusals():
        given = {name: name for text in refusal.texts() for name in placeholders(text)}
        refused = refusal.__new__(refusal)
        refused.facts = given

        spoken = wording("zh").refusal(refused)

        assert any("\u4e00" <= sign <= "\u9fff" for sign in spoken), refusal
        assert "{" not in spoken.replace("{name", ""), refusal


def test_the_names_of_codes_are_those_of_the_glossary() -> None:
    zh, en = wording("zh"), wording("en")

    assert [zh.role(role) for role in NAMES["role"]] == ["主办", "会办", "分别办理", "参阅"]
    assert zh.satisfaction("basically-satisfied") == "基本满意"
    assert (zh.stage("handling"), en.stage("handling")) == ("待答复", "awaiting reply")
    assert (zh.unit("unknown"), en.unit("unknown")) == ("不详", "not given")
    assert zh.unit("农业农村部") == en.unit("农业农村部") == "农业农村部"
    assert len(WEEKDAYS) == 7


def test_an_unknown_language_is_chinese() -> None:
    assert wording("zh-CN").lang == wording("fr").lang == "zh"
    assert wording("en-GB").lang == "en"
