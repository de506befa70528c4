"""One account per role, and cases of every kind of relation to them: own, another's, public, confidential."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from domain.congress import AddUnits, OpenCongress
from domain.key_topic_acts import AddCase, ChooseTopic, NameCommittee
from domain.suggestion import assignment, feedback, publication, replies
from domain.suggestion.promises import Promise
from domain.vocabulary import Extent, Level, Part, Satisfaction
from domain.vocabulary import Role as UnitRole
from duban.access.viewer import PUBLIC, Role, Viewer
from duban.bootstrap import now
from duban.topics import Topics
from tests.domain.cases import MARA, MOF, on, submit
from tests.engine import Engine, people, with_npc

COMMITTEE, OTHER_COMMITTEE = "农业与农村委员会", "环境与资源保护委员会"
DEPUTY, OTHER_DEPUTY = "张代表", "李代表"
DELEGATION = "甘肃代表团"
TOPIC = "2024-01"
MARKS: Final = {"own": "甲事", "other": "乙事", "public": "丙事", "confidential": "丁事", "protected": "戊事"}
"""A word in the title of each case that stands in no other."""
REFS: Final = {name: f"npc/14-2/{number}" for number, name in enumerate(MARKS, 101)}
VIEWERS: Final = {
    "deputy": Viewer("deputy", frozenset({Role.DEPUTY}), "npc", deputy=DEPUTY),
    "delegation-staff": Viewer(
        "delegation", frozenset({Role.DELEGATION_STAFF}), "npc", delegation=DELEGATION
    ),
    "affairs-commission": Viewer("commission", frozenset({Role.AFFAIRS_COMMISSION}), "npc"),
    "unit-coordinator": Viewer("coordinator", frozenset({Role.UNIT_COORDINATOR}), "npc", unit=MARA),
    "unit-handler": Viewer("handler", frozenset({Role.UNIT_HANDLER}), "npc", unit=MARA),
    "unit-signatory": Viewer("signatory", frozenset({Role.UNIT_SIGNATORY}), "npc", unit=MARA),
    "supervising-committee": Viewer(
        "committee", frozenset({Role.SUPERVISING_COMMITTEE}), "npc", committee=COMMITTEE
    ),
    "chairpersons-office": Viewer("office", frozenset({Role.CHAIRPERSONS_OFFICE}), "npc"),
    "auditor": Viewer("auditor", frozenset({Role.AUDITOR}), "npc"),
    "operator": Viewer("operator", frozenset({Role.OPERATOR})),
    "public": PUBLIC,
}
"""Everybody, by role. Those of a unit, a committee or a delegation belong to the case `own`."""


@dataclass(frozen=True)
class Town:
    """A small congress in which every relation occurs."""

    engine: Engine
    topics: Topics


async def small_town(pool: "asyncpg.Pool[Any]") -> Town:
    """Five cases: one of the viewers', one of others, one public, one confidential, one of protected deputies."""
    engine = await with_npc(pool)
    topics = Topics(engine.log, engine.commands)
    other = OpenCongress(congress="马关县", place="马关县", level=Level.COUNTY, at=now())
    await engine.commands.open_congress(other, people())
    await engine.commands.add_units("马关县", AddUnits(units=("县交通局",), at=now()), people())
    await _case(engine, "own", MARA, DEPUTY, DELEGATION)
    await _case(engine, "other", MOF, OTHER_DEPUTY, "河北代表团")
    await _case(engine, "public", MOF, OTHER_DEPUTY, "河北代表团")
    await _case(engine, "confidential", MOF, OTHER_DEPUTY, "河北代表团")
    await _case(engine, "protected", MARA, OTHER_DEPUTY, "河北代表团")
    await _decided(engine)
    await _supervised(topics)
    await engine.projector.catch_up()
    return Town(engine, topics)


async def _case(engine: Engine, name: str, unit: str, deputy: str, delegation: str) -> None:
    ref, number = REFS[name], REFS[name].rpartition("/")[2]
    said = submit(
        case_id=str(UUID(int=int(number))), number=number, title=f"关于{MARKS[name]}的建议",
        lead_deputy=deputy, delegation=delegation,
    )  # fmt: skip
    await engine.commands.submit(said, people())
    part = assignment.SubAssign
    await engine.commands.handle(
        ref, people(), assignment.Assign(to="国务院", at=on("2024-04-02")),
        part(unit=unit, role=UnitRole.LEAD, at=on("2024-04-02")),
        replies.Answer(
            unit=unit, category="B", document_no=f"{MARKS[name]}办议", served_on="deputies", at=on("2024-06-20"),
            commitments=(Promise(promise=f"{MARKS[name]}年内办成", due=on("2026-12-31")),),
        ),
        feedback.GiveFeedback(
            unit=unit, result=Satisfaction.SATISFIED, by=deputy, reasons=f"{MARKS[name]}办得好", at=on("2024-06-25")
        ),
    )  # fmt: skip


async def _decided(engine: Engine) -> None:
    publish, at = publication.DecidePublication, on("2024-07-01")
    await engine.commands.handle(
        REFS["public"], people(), publish(part=Part.CONTENT, extent=Extent.FULL, by="委员会", at=at)
    )
    ask = publication.RequestConfidentiality(by=OTHER_DEPUTY, reason="涉密", at=at)
    await engine.commands.handle(
        REFS["confidential"], people(),
        publish(part=Part.CONTENT, extent=Extent.FULL, by="委员会", at=on("2024-06-30")), ask,
    )  # fmt: skip
    protect = publication.ProtectIdentity(by="委员会", reason="保护", at=at)
    await engine.commands.handle(REFS["protected"], people(), protect)


async def _supervised(topics: Topics) -> None:
    at = on("2024-04-10")
    chosen = ChooseTopic(
        congress="npc", topic_id=TOPIC, title="循环农业", year=2024, approved_by="委员长会议", at=at
    )
    await topics.choose(chosen, people())
    named = NameCommittee(committee=COMMITTEE, at=at)
    await topics.handle(
        "npc", TOPIC, people(), named, AddCase(ref=REFS["own"], case_id=str(UUID(int=101)), at=at)
    )
