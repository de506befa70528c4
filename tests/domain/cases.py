"""Given, in words: events and commands of an everyday case, for the tests of the domain."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from domain.clock import SHANGHAI
from domain.law import Law
from domain.suggestion import assignment, commitments, feedback, handling, intake, replies, supervision
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.steps import TakeStep
from domain.suggestion.suggestion import Suggestion, SuggestionCommand
from domain.vocabulary import Level, Role, Satisfaction
from duban.calendars import official

LAW = Law(official())
MARA, NDRC, MOF = "农业农村部", "国家发展改革委", "财政部"
CASE_ID = "0190b0a0-0000-7000-8000-000000003973"


def on(text: str) -> datetime:
    """A day in China, at nine in the morning."""
    return datetime.combine(date.fromisoformat(text), time(9), SHANGHAI)


def end_of(text: str) -> datetime:
    """The last second of a day in China, in UTC."""
    return datetime.combine(date.fromisoformat(text), time(23, 59, 59), SHANGHAI).astimezone(UTC)


def submit(**facts: Any) -> intake.Submit:
    known = {
        "congress": "npc",
        "case_id": CASE_ID,
        "level": Level.NATIONAL,
        "place": "全国",
        "term": 14,
        "session": 2,
        "number": "3973",
        "title": "关于支持庆阳打造循环农业示范区的建议",
        "at": on("2024-03-08"),
    }
    return intake.Submit(**(known | facts))


QINGDAO = submit(congress="青岛", place="青岛", level=Level.CITY, number="12")
CHONGQING = submit(congress="重庆", place="重庆", level=Level.PROVINCE, number="9")
IN_SHANGHAI = submit(congress="上海", place="上海", level=Level.PROVINCE, number="7")
ASSIGN = assignment.Assign(to="国务院", at=on("2024-04-02"))
LEAD = assignment.SubAssign(unit=MARA, role=Role.LEAD, at=on("2024-04-02"))
CO = assignment.SubAssign(unit=NDRC, role=Role.CO_HANDLING, at=on("2024-04-02"))
ANSWER = replies.Answer(unit=MARA, category="A", served_on="deputies", at=on("2024-06-20"))
SATISFIED = feedback.GiveFeedback(result=Satisfaction.SATISFIED, by="deputies", at=on("2024-07-01"))
COMMIT = commitments.Commit(promise="2026年底前建成3个示范县", due=on("2026-12-31"), at=on("2024-06-20"))
FULFIL = commitments.Fulfil(evidence="三个示范县验收合格", at=on("2026-05-01"))
CONCLUDE = supervision.Conclude(at=on("2024-07-10"))
EXTEND = handling.GrantExtension(unit=MARA, reason="涉及面广", at=on("2024-06-20"))
OPINE = handling.GiveOpinion(unit=NDRC, opinion="同意", at=on("2024-04-28"))


def given(*commands: SuggestionCommand) -> Suggestion:
    """The case after these commands, every one of them accepted."""
    case = Suggestion()
    for command in commands:
        case = after(case, command)
    return case


def after(case: Suggestion, command: SuggestionCommand) -> Suggestion:
    for event in case.decide(command, LAW):
        case = case.evolve(event)
    return case


def types(events: Iterable[SuggestionEvent]) -> list[str]:
    return [event.type.removeprefix("suggestion.") for event in events]


def take(case: Suggestion, key: str, as_of: datetime) -> list[SuggestionEvent]:
    return case.decide(TakeStep(key=key, as_of=as_of), LAW)


def part(unit: str, role: Role = Role.LEAD, at: str = "2024-04-02", **more: Any) -> assignment.SubAssign:
    return assignment.SubAssign(unit=unit, role=role, at=on(at), **more)


def local(place: str, level: Level = Level.PROVINCE, **facts: Any) -> intake.Submit:
    """A suggestion to a local congress."""
    return submit(**({"congress": place, "place": place, "level": level} | facts))


def answer(unit: str = MARA, at: str = "2024-06-20", **more: Any) -> replies.Answer:
    return replies.Answer(**({"unit": unit, "category": "A", "served_on": "deputies", "at": on(at)} | more))


def unhappy(at: str = "2024-07-01", **more: Any) -> feedback.GiveFeedback:
    facts = {"result": Satisfaction.NOT_SATISFIED, "reasons": "只解释不解决", "by": "deputies", "at": on(at)}
    return feedback.GiveFeedback(**(facts | more))


def due(case: Suggestion, rule: str, about: str | None = None) -> date:
    """The day on which the running clock of a rule ends; there must be one."""
    (found,) = [c for c in case.running_clocks if c.rule == rule and about in (None, c.about)]
    assert found.deadline is not None
    return found.deadline.due_on
