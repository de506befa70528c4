"""Realistic histories of cases: each decided by the domain, then lived again by many cases under their own names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from random import Random
from uuid import UUID, uuid4

import asyncpg

from domain.base import Refusal
from domain.clock import SHANGHAI
from domain.law import Law
from domain.references import ReferenceClaimed
from domain.suggestion import (
    assignment,
    commitments,
    contacts,
    feedback,
    handling,
    intake,
    objections,
    promises,
    publication,
    replies,
    service,
    supervision,
)
from domain.suggestion.agenda import plan
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.steps import TakeStep
from domain.suggestion.suggestion import Suggestion, SuggestionCommand
from domain.vocabulary import Basis, ContactWay, Extent, Level, Part, Role, Satisfaction
from duban.calendars import official
from duban.event_log.bulk import append_bulk
from duban.event_log.codec import encode
from duban.event_log.log import Append, NewEvent, StreamWrite

LAW = Law(official())
CASE_ID, NUMBER, DEPUTY = "0190b0a0-0000-7000-8000-990000000099", "990099", "代表九九零零"
UNITS = tuple(f"第{number:03}部" for number in range(200))
DELEGATIONS = tuple(f"第{number:02}代表团" for number in range(35))
TOPICS = tuple(f"2024-{number:02}" for number in range(1, 21))
COMMITTEE = "教科文卫委员会"
CATEGORIES, WEIGHTS = "ABCD", (12.5, 59.7, 18.1, 9.7)  # the only full national split that was published
OPENS = datetime(2024, 3, 5, 9, tzinfo=SHANGHAI)
CONFERENCE = datetime(2024, 4, 2, 9, tzinfo=SHANGHAI)
CHUNK = 2_000  # cases appended together, their histories interleaved as those of one session are
AT_ONCE = 4  # events of a case that are recorded before the next case has its turn

Event = tuple[str, int, bytes]


class Life:
    """One case from its submission to its last follow-up, as chance has it; every event is a decision."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        self._case = Suggestion()
        self.events: list[SuggestionEvent] = []
        self.now = OPENS + timedelta(minutes=self._chance.randrange(6000))

    def lived(self) -> list[SuggestionEvent]:
        self._submitted()
        lead, others = self._assigned()
        self._handled(lead, others)
        self._answered(lead)
        self._after()
        return self.events

    def _submitted(self) -> None:
        chance = self._chance
        self._do(
            intake.Submit(
                congress="npc", case_id=CASE_ID, level=Level.NATIONAL, place="全国", term=14, session=2,
                number=NUMBER, title=f"关于第{NUMBER}号事项的建议", text="事由、分析和方案。" * 30,
                lead_deputy=DEPUTY, delegation=chance.choice(DELEGATIONS), in_session=chance.random() < 0.98,
                basis=(chance.choice(list(Basis)),), grass_roots=chance.random() < 0.6, at=self.now,
            )
        )  # fmt: skip

    def _assigned(self) -> tuple[str, list[str]]:
        lead, *others = self._chance.sample(UNITS, self._chance.choice((1, 2, 3, 3, 4)))
        self.now = CONFERENCE
        self._do(assignment.Assign(to="国务院", at=self.now))
        self._do(assignment.SubAssign(unit=lead, role=Role.LEAD, at=self.now))
        for unit in others:
            role = self._chance.choice((Role.CO_HANDLING, Role.CO_HANDLING, Role.REFERENCE))
            self._do(assignment.SubAssign(unit=unit, role=role, at=self.now))
        if self._chance.random() < 0.05:
            lead = self._passed_on(lead)
        for unit in (lead, *others):
            self._later(3)
            self._do(objections.SignFor(unit=unit, at=self.now))
        return lead, others

    def _passed_on(self, unit: str) -> str:
        """The unit objects and another takes its part, which one time in three objects as well."""
        self._later(1)
        self._do(objections.Object(unit=unit, reasons="不属于本单位职责", at=self.now))
        to = self._chance.choice(UNITS)
        self._do(objections.Reassign(unit=unit, to=to, by="代表工作委员会", at=self.now))
        if self._case.role_of(to) is not Role.LEAD:
            return unit
        return self._passed_on(to) if self._chance.random() < 0.33 else to

    def _handled(self, lead: str, others: Sequence[str]) -> None:
        self._later(20)
        way = self._chance.choice(list(ContactWay))
        self._do(contacts.RecordContact(unit=lead, way=way, official="张处长", at=self.now))
        for unit in others:
            self._do(handling.GiveOpinion(unit=unit, opinion="同意主办单位意见。", at=self.now))
        if self._chance.random() < 0.1:
            self._do(
                handling.GrantExtension(unit=lead, reason="涉及面广", approver="代表工作委员会", at=self.now)
            )

    def _answered(self, lead: str) -> None:
        self._later(55)
        self._steps()
        (category,) = self._chance.choices(CATEGORIES, WEIGHTS)
        by = self.now + timedelta(days=self._chance.randrange(100, 500))
        promised = (
            (promises.Promise(promise="年底前出台实施方案并组织验收", due=by),) if category == "B" else ()
        )
        reply = replies.Answer(
            unit=lead, document_no=f"部函〔2024〕{NUMBER}号", category=category, served_on=DEPUTY,
            text="您提出的建议收悉，现答复如下。" * 40, commitments=promised, at=self.now,
        )  # fmt: skip
        self._do(reply)
        if self._chance.random() < 0.05:
            self._do(
                service.Reclassify(unit=lead, category="C", by="代表工作委员会", reason="复核", at=self.now)
            )

    def _after(self) -> None:
        self._later(15)
        if self._chance.random() < 0.8:
            result = self._chance.choices(list(Satisfaction), (88, 11, 1))[0]
            self._do(
                feedback.GiveFeedback(
                    attitude=Satisfaction.SATISFIED, result=result, reasons="未落实", by=DEPUTY, at=self.now,
                    on_behalf_of=("联名代表",) if self._chance.random() < 0.05 else (),
                )
            )  # fmt: skip
        else:
            self.now += timedelta(days=60)
            self._steps()
        if self._chance.random() < 0.03:
            topic = self._chance.choice(TOPICS)
            self._do(supervision.PutUnder(topic=topic, committee=COMMITTEE, at=self.now))
        self._do(supervision.Conclude(at=self.now))
        self._published()
        for commitment in self._case.open_commitments:
            self._kept(commitment.id)

    def _published(self) -> None:
        """Most content becomes public, and most replies with it; one case in a hundred is kept confidential."""
        chance, by = self._chance.random(), "代表工作委员会"
        if chance < 0.01:
            asked = publication.RequestConfidentiality(by=DEPUTY, reason="涉密", at=self.now)
            self._do(asked)
        elif chance < 0.6:
            full, content = Extent.FULL, Part.CONTENT
            self._do(publication.DecidePublication(part=content, extent=full, by=by, at=self.now))
            for unit in self._case.lead_units:
                reply = publication.DecidePublication(
                    part=Part.REPLY, unit=unit, extent=full, by=by, at=self.now
                )
                self._do(reply)

    def _kept(self, commitment: str) -> None:
        self.now += timedelta(days=self._chance.randrange(90, 400))
        self._steps()
        self._do(commitments.FollowUp(commitment=commitment, finding="正在推进", at=self.now))
        if self._chance.random() < 0.7:
            self._later(60)
            self._do(commitments.Fulfil(commitment=commitment, evidence="验收合格", at=self.now))

    def _later(self, days: int) -> None:
        self.now += timedelta(hours=1 + self._chance.randrange(days * 24))

    def _steps(self) -> None:
        for step in plan(self._case, self.now).due:
            self._do(TakeStep(key=step.key, as_of=self.now))

    def _do(self, command: SuggestionCommand) -> None:
        try:
            decided = self._case.decide(command, LAW)
        except Refusal:
            return  # chance asked for what the rules do not allow
        self.events += decided
        self._case = reduce(Suggestion.evolve, decided, self._case)


def lives(number: int) -> list[list[Event]]:
    """So many different histories, as the log takes them."""
    return [
        [(event.type, event.schema_version, encode(event)) for event in Life(seed).lived()]
        for seed in range(number)
    ]


@dataclass
class Case:
    """A case that lives one of the histories under its own id, number and deputy."""

    events: Sequence[Event]
    case_id: str
    number: int
    written: int = 0

    @property
    def left(self) -> bool:
        return self.written < len(self.events)

    def next(self, most: int) -> Append:
        portion = self.events[self.written : self.written + most]
        write = StreamWrite(f"case/npc/{self.case_id}", self.written, tuple(self._new(e) for e in portion))
        claim = () if self.written else (self._claim(),)
        self.written += len(portion)
        return Append("npc", "bench", uuid4(), None, (write, *claim))

    def _claim(self) -> StreamWrite:
        """The reference by which people call the case."""
        ref = f"npc/14-2/{self.number}"
        claimed = ReferenceClaimed(ref=ref, case_id=self.case_id, occurred_at=OPENS)
        event = NewEvent(uuid4(), claimed.type, claimed.schema_version, encode(claimed))
        return StreamWrite(f"ref/{ref}", 0, (event,))

    def _new(self, event: Event) -> NewEvent:
        name, schema, payload = event
        own = payload.replace(CASE_ID.encode(), self.case_id.encode())
        own = own.replace(NUMBER.encode(), b"%d" % self.number)
        own = own.replace(DEPUTY.encode(), f"代表{self.number % 2900:04}".encode())
        return NewEvent(uuid4(), name, schema, own)


async def fill(
    connection: "asyncpg.Connection", events: int, histories: Sequence[Sequence[Event]], *, first: int = 0
) -> int:
    """Append cases, numbered from `first` on, until the log has grown by so many events; returns by how many."""
    total, number = 0, 100_000 + first
    while total < events:
        cases: list[Case] = []
        while total < events and len(cases) < CHUNK:
            history = histories[number % len(histories)]
            cases.append(Case(history, str(UUID(int=number << 64 | number)), number))
            total, number = total + len(history) + 1, number + 1  # its reference as well
        for portion in _interleaved(cases):
            await append_bulk(connection, portion, None)
    return total


def _interleaved(cases: Sequence[Case]) -> Iterator[list[Append]]:
    while waiting := [case for case in cases if case.left]:
        yield [case.next(AT_ONCE) for case in waiting]
