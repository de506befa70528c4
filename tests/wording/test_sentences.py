from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.base import Event
from domain.law import Law
from domain.suggestion.assignment import Assigned, SubAssigned
from domain.suggestion.handling import OwesNoReply
from domain.suggestion.intake import Registered, Submitted
from domain.suggestion.replies import Answered
from domain.suggestion.suggestion import Suggestion, fold
from domain.vocabulary import Kind, Level, Role, Stage
from duban.calendars import official
from duban.casefile import CaseFile
from duban.replaying import Changed, replay
from duban.wording.wording import wording
from tests.domain.cases import ANSWER, ASSIGN, LEAD, given, submit, unhappy
from tests.wording.examples import AT, RULES, every_event, example, recorded

LAW = Law(official())
MARA = "农业农村部"


def assigned_case() -> Suggestion:
    """Assigned on 2024-04-02 under the Deputies Law of 2015."""
    answer = LAW.due_by(RULES, "answer", AT, anchor_event=Assigned.type)
    assert answer is not None
    submitted = example(
        Submitted, congress="npc", ref="npc/14-2/3973", kind=Kind.SUGGESTION, level=Level.NATIONAL,
        place="全国", term=14, session=2, title="关于支持庆阳的建议", jurisdiction="npc",
        jurisdiction_reason="national", gaps=(),
    )  # fmt: skip
    events = [
        submitted,
        Registered(number="3973", ref="npc/14-2/3973", occurred_at=AT),
        Assigned(to="国务院办公厅", rules_id=RULES, answer=answer, occurred_at=AT),
        SubAssigned(unit=MARA, role=Role.LEAD, due=answer, occurred_at=AT),
    ]
    return fold(events)  # type: ignore[arg-type] # a list of the case's events


def test_the_status_sentence_says_who_owes_what_by_when_and_why() -> None:
    now = datetime(2024, 6, 20, 2, tzinfo=UTC)

    assert wording("zh").status_sentence(assigned_case(), now) == (
        "待答复：农业农村部（主办）应于 2024-07-02（周二）前答复，还有 12 天。"
        "自 2024-04-02 交办之日起 3 个月"
        "（《中华人民共和国全国人民代表大会和地方各级人民代表大会代表法（2015年修正）》第四十二条）。"
    )
    english = wording("en").status_sentence(assigned_case(), now)
    assert english.startswith(
        "Awaiting reply: 农业农村部 (lead) owes a reply by 2024-07-02 (Tue), 12 days left: "
        "3 months from assignment on 2024-04-02 ("
    )


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        (date(2024, 7, 1), "还有 1 天", "1 day left"),
        (date(2024, 7, 2), "今天到期", "due today"),
        (date(2024, 7, 5), "逾期 3 天", "overdue by 3 days"),
    ],
)
def test_the_days_left_are_counted_in_china(day: date, zh: str, en: str) -> None:
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=7)  # 01:00 in Shanghai

    assert zh in wording("zh").status_sentence(assigned_case(), now)
    assert en in wording("en").status_sentence(assigned_case(), now)


def test_a_late_case_says_so_first() -> None:
    late = datetime(2024, 7, 5, 2, tzinfo=UTC)

    assert wording("zh").status_sentence(assigned_case(), late).startswith("答复逾期：")
    assert wording("en").status_sentence(assigned_case(), late).startswith("Reply overdue:")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_stage_has_its_sentence(lang: str) -> None:
    case = assigned_case()
    reached = {case.stage: case}
    bare = fold([example(Submitted)])  # type: ignore[list-item] # the only event
    reached |= {
        Stage.SUBMITTED: bare,
        Stage.REGISTERED: replace(bare, registered=True, number="3"),
        Stage.RETURNED: replace(bare, returned=True),
        Stage.ASSIGNED: replace(case, assignments=()),
        Stage.ENDED: replace(case, ended_as="withdrawn"),
        Stage.CONCLUDED: replace(case, concluded=True, concluded_at=AT),
    }
    answered = case.evolve(example(Answered, unit=MARA, ordinal=1))  # type: ignore[arg-type] # of this type
    reached |= {
        Stage.ANSWERED: answered,
        Stage.RATED: replace(answered, lapsed_feedback=((MARA, 1),)),
    }

    for stage, at_stage in reached.items():
        assert at_stage.stage is stage
        sentence = wording(lang).status_sentence(at_stage, AT)
        assert sentence.endswith(("。", ".")), stage
        assert "{" not in sentence, stage


@pytest.mark.parametrize("event", every_event(), ids=lambda event: event.type)
def test_every_event_is_one_plain_sentence_in_both_languages(event: Event) -> None:
    zh, en = (wording(lang).event_sentence(recorded(event)) for lang in ("zh", "en"))

    assert zh != en
    assert any("\u4e00" <= sign <= "\u9fff" for sign in zh)
    for sentence in (zh, en):
        assert "{" not in sentence
        assert "None" not in sentence
        assert sentence[-1] in "。.>："


def test_a_second_reply_without_a_term_is_not_put_down_to_the_source() -> None:
    case = given(submit(), ASSIGN, LEAD, ANSWER, unhappy())  # the national rules set no term to answer again

    assert "its rules set no term" in wording("en").status_sentence(case, AT)
    assert "所适用的规则未规定期限" in wording("zh").status_sentence(case, AT)


def test_an_event_without_a_known_unit_says_that_none_is_given() -> None:
    event = example(Answered, unit="unknown", category=None, document_no=None, signatory=None, ordinal=1)

    assert wording("zh").event_sentence(recorded(event)) == "承办单位（不详）答复。"
    assert wording("en").event_sentence(recorded(event)) == "A unit not given answered."


def test_what_changed_is_said_in_words() -> None:
    changed = Changed("clock", f"answer|{MARA}|4", "running 2024-07-02", "met 2024-07-02")

    assert wording("zh").changed_sentence(changed) == (
        "期限“答复”（农业农村部）：计时中，2024-07-02 到期 → 按期，2024-07-02 到期"
    )
    assert wording("en").changed_sentence(Changed("stage", "", "handling", "answered")) == (
        "Stage: awaiting reply → awaiting feedback"
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_change_of_every_event_can_be_said(lang: str) -> None:
    events = [recorded(event, position) for position, event in enumerate(every_event(), 1)]
    suggestions = tuple(r for r in events if r.type.startswith("suggestion."))

    for step in replay(CaseFile(case=Suggestion(), recorded=suggestions, now=AT)):  # type: ignore[arg-type]
        for changed in step.changed:
            assert "{" not in wording(lang).changed_sentence(changed)


def test_a_refusal_is_said_in_the_readers_language() -> None:
    refusal = OwesNoReply(ref="npc/14-2/3973", unit=MARA, owing="unknown")

    assert wording("zh").refusal(refusal) == (
        "农业农村部在 npc/14-2/3973 中没有应当作出的答复。尚需答复的单位：不详。"
    )
    assert (
        wording("en").refusal(refusal)
        == f"{MARA} owes no reply in npc/14-2/3973. A reply is owed by not given."
    )
