"""Worked examples for the demonstration: suggestions that nobody made, so that every role finds something to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.congress import NATIONAL, AddUnits
from domain.key_topic_acts import ChooseTopic, MakePlan, NameCommittee
from domain.suggestion.assignment import Assign, SubAssign
from domain.suggestion.commitments import Fulfil
from domain.suggestion.contacts import RecordContact
from domain.suggestion.feedback import GiveFeedback
from domain.suggestion.fulfilment import ReportProgress
from domain.suggestion.handling import GiveOpinion, GrantExtension
from domain.suggestion.intake import Submit
from domain.suggestion.objections import DecideObjection, Object, Reassign, SignFor
from domain.suggestion.promises import Promise
from domain.suggestion.replies import Answer
from domain.suggestion.service import Reclassify
from domain.suggestion.suggestion import SuggestionCommand
from domain.suggestion.supervision import PutUnder
from domain.vocabulary import ContactWay, Level, Role, Satisfaction
from duban.commands import Actor, Commands
from duban.topics import Topics, under_topic

EXAMPLE_ACTOR: Final = "example"
NAMESPACE: Final = uuid5(NAMESPACE_URL, "duban:demo-examples")
TERM, SESSION = 14, 4
TOPIC: Final = "示例-01"
UNIT, CO_UNIT, ELSEWHERE = "农业农村部", "国家发展改革委", "财政部"
COMMITTEE, COMMISSION = "农业与农村委员会", "代表工作委员会"
DEPUTY, DELEGATION = "示范代表", "示范代表团"
TO_ASSIGN, TO_ANSWER, TO_RATE, TO_REPLAY = (
    f"{NATIONAL}/{TERM}-{SESSION}/示例-{number}" for number in range(1, 5)
)
"""One case for each of the main paths: to be assigned, answered, rated, and replayed."""


@dataclass(frozen=True, slots=True)
class _Days:
    """Moments by how many days ago they were, so that the examples are always of this season."""

    now: datetime

    def ago(self, days: int) -> datetime:
        return self.now - timedelta(days=days)


async def add_examples(commands: Commands, topics: Topics, now: datetime) -> None:
    """Four cases and a key topic; again, it changes nothing."""
    days = _Days(now)
    add = AddUnits(units=(UNIT, CO_UNIT, ELSEWHERE), at=days.ago(200))
    await commands.add_units(NATIONAL, add, _by("units"))
    chosen = ChooseTopic(
        congress=NATIONAL, topic_id=TOPIC, title="（示例）循环农业", year=now.year, approved_by="委员长会议",
        at=days.ago(190),
    )  # fmt: skip
    await topics.choose(chosen, _by("topic"))
    named = NameCommittee(committee=COMMITTEE, lead_units=(UNIT,), at=days.ago(185))
    await topics.handle(NATIONAL, TOPIC, _by("committee"), named, MakePlan(plan="调研三省", at=days.ago(180)))
    await _case(commands, TO_ASSIGN, "（示例）关于完善农村道路养护机制的建议", days.ago(20), [])
    await _case(commands, TO_ANSWER, "（示例）关于推广节水灌溉的建议", days.ago(80), _to_answer(days))
    await _case(commands, TO_RATE, "（示例）关于建设产地冷藏设施的建议", days.ago(110), _to_rate(days))
    await _case(commands, TO_REPLAY, "（示例）关于支持循环农业示范区的建议", days.ago(195), _to_replay(days))
    put = PutUnder(topic=TOPIC, committee=COMMITTEE, at=days.ago(170))
    await under_topic(commands, TO_REPLAY, put, _by("put"))


async def _case(
    commands: Commands, ref: str, title: str, at: datetime, life: Sequence[SuggestionCommand]
) -> None:
    number = ref.rpartition("/")[2]
    submit = Submit(
        congress=NATIONAL, case_id=str(uuid5(NAMESPACE, number)), level=Level.NATIONAL, place="全国", term=TERM,
        session=SESSION, number=number, title=title, lead_deputy=DEPUTY, delegation=DELEGATION, at=at,
        text="这是演示用的示例，并非代表提出的建议。",
    )  # fmt: skip
    await commands.submit(submit, _by(f"{number} submit"))
    if life:
        await commands.handle(ref, _by(f"{number} life"), *life)


def _to_answer(days: _Days) -> list[SuggestionCommand]:
    """Awaits its lead unit, whose co-handling unit has not given its opinion."""
    part = SubAssign
    return [
        Assign(to="国务院办公厅", at=days.ago(70)),
        part(unit=UNIT, role=Role.LEAD, at=days.ago(70)),
        part(unit=CO_UNIT, role=Role.CO_HANDLING, at=days.ago(70)),
        GiveOpinion(unit=CO_UNIT, opinion="同意纳入规划", at=days.ago(50)),
    ]


def _to_rate(days: _Days) -> list[SuggestionCommand]:
    """Answered with a promise; the deputy may rate it."""
    promise = Promise(promise="明年底前建成五座冷藏库", due=days.ago(-400), measure="验收合格的座数")
    return [
        Assign(to="国务院办公厅", at=days.ago(100)),
        SubAssign(unit=UNIT, role=Role.LEAD, at=days.ago(100)),
        SignFor(unit=UNIT, at=days.ago(98)),
        _contact(days.ago(60)),
        Answer(unit=UNIT, category="B", document_no="农办议（示例）3号", served_on="deputies", in_person=True,
               commitments=(promise,), text="已列入年度计划。", at=days.ago(6)),
    ]  # fmt: skip


def _to_replay(days: _Days) -> list[SuggestionCommand]:
    """An objection, an extension, an answer that did not satisfy, another one, and a promise that was kept."""
    first = Promise(promise="建成1个示范县", due=days.ago(-200))
    second = Promise(promise="建成3个示范县", due=days.ago(-300), measure="验收合格的示范县数")
    return [
        Assign(to="国务院办公厅", at=days.ago(185)),
        SubAssign(unit=ELSEWHERE, role=Role.LEAD, at=days.ago(185)),
        Object(unit=ELSEWHERE, reasons="不属于本单位职责", at=days.ago(182)),
        DecideObjection(unit=ELSEWHERE, upheld=True, by=COMMISSION, at=days.ago(180)),
        Reassign(unit=ELSEWHERE, to=UNIT, by=COMMISSION, at=days.ago(178)),
        SubAssign(unit=CO_UNIT, role=Role.CO_HANDLING, at=days.ago(178)),
        SignFor(unit=UNIT, at=days.ago(176)),
        _contact(days.ago(150)),
        GiveOpinion(unit=CO_UNIT, opinion="同意", at=days.ago(160)),
        GrantExtension(unit=UNIT, reason="须实地调研", approver=COMMISSION, at=days.ago(110)),
        Answer(unit=UNIT, category="B", document_no="农办议（示例）4号", served_on="deputies",
               commitments=(first,), text="先建一个示范县。", at=days.ago(90)),
        GiveFeedback(result=Satisfaction.NOT_SATISFIED, attitude=Satisfaction.SATISFIED, by=DEPUTY,
                     reasons="一个示范县太少", at=days.ago(80)),
        Answer(unit=UNIT, category="B", document_no="农办议（示例）4号补", served_on="deputies", in_person=True,
               commitments=(second,), text="增至三个示范县。", at=days.ago(60)),
        GiveFeedback(result=Satisfaction.SATISFIED, attitude=Satisfaction.SATISFIED, by=DEPUTY, at=days.ago(50)),
        ReportProgress(commitment="c2", progress="两个示范县已开工", at=days.ago(30)),
        Fulfil(commitment="c1", evidence="示范县验收单", at=days.ago(10)),
        Reclassify(unit=UNIT, category="A", by=COMMISSION, reason="承诺的示范县已建成一个", at=days.ago(5)),
    ]  # fmt: skip


def _contact(at: datetime) -> RecordContact:
    return RecordContact(unit=UNIT, way=ContactWay.VISIT, official="王处长", deputies=(DEPUTY,), at=at)


def _by(what: str) -> Actor:
    command_id: UUID = uuid5(NAMESPACE, what)
    return Actor(EXAMPLE_ACTOR, command_id)
