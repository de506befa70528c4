"""A small season on a test's database, with something in it for every question of an auditor."""

from typing import Any

import asyncpg

from domain.suggestion import assignment, commitments, feedback, handling, objections, replies, service
from domain.suggestion.promises import Promise
from domain.vocabulary import Role, Satisfaction
from tests.domain.cases import MARA, MOF, NDRC, on, submit
from tests.engine import Engine, people, with_npc

CONTESTED, PLAIN = "npc/14-2/3973", "npc/14-2/1037"


async def small_season(pool: "asyncpg.Pool[Any]") -> Engine:
    """Two cases: one goes through objections, an extension and a new category; one is answered on its last day."""
    engine = await with_npc(pool)
    await engine.commands.submit(submit(), people())
    await engine.commands.submit(
        submit(
            case_id="0190b0a0-0000-7000-8000-000000001037",
            number="1037",
            title="=HYPERLINK(关于美丽中国先行区)",
        ),
        people(),
    )
    assign = assignment.Assign(to="国务院", at=on("2024-04-02"))
    part = assignment.SubAssign
    await engine.commands.handle(
        CONTESTED, people(), assign,
        part(unit=NDRC, role=Role.LEAD, at=on("2024-04-02")),
        objections.Object(unit=NDRC, reasons="不属于本单位职责", at=on("2024-04-05")),
        objections.DecideObjection(unit=NDRC, upheld=True, by="委员会", at=on("2024-04-08")),
        objections.Reassign(unit=NDRC, to=MARA, by="委员会", at=on("2024-04-09")),
        objections.Object(unit=MARA, reasons="应由财政部办理", at=on("2024-04-12")),
        objections.DecideObjection(unit=MARA, upheld=False, by="委员会", reason="职责明确", at=on("2024-04-15")),
        handling.GrantExtension(unit=MARA, reason="涉及面广", approver="委员会", at=on("2024-06-20")),
        replies.Answer(
            unit=MARA, category="B", document_no="农办议〔2024〕1号", served_on="deputies", at=on("2024-08-20"),
            commitments=(Promise(promise="建成3个示范县", due=on("2026-12-31")),),
        ),
        feedback.GiveFeedback(
            result=Satisfaction.SATISFIED, attitude=Satisfaction.BASICALLY, by="联络员", channel="phone",
            on_behalf_of=("张代表",), at=on("2024-09-01"),
        ),
        service.Reclassify(unit=MARA, category="A", by="督办处", reason="已经办成", at=on("2024-10-01")),
        commitments.FollowUp(commitment=None, finding="两个示范县已建成", at=on("2025-10-01")),
    )  # fmt: skip
    await engine.commands.handle(
        PLAIN, people(), assign,
        part(unit=MOF, role=Role.LEAD, at=on("2024-04-02")),
        part(unit=NDRC, role=Role.CO_HANDLING, at=on("2024-04-02")),
        handling.GiveOpinion(unit=NDRC, opinion="同意", at=on("2024-04-28")),
        replies.Answer(unit=MOF, category="A", served_on="deputies", at=on("2024-07-02")),
    )  # fmt: skip
    await engine.projector.catch_up()
    return engine
