from dataclasses import replace

import pytest

from domain.motion import Motion, MotionStage, fold_motion, movers_needed
from domain.motion_acts import (
    AskOpinion,
    AskReconsideration,
    ConcludeMotion,
    Convert,
    Dispose,
    Disposition,
    GiveMotionOpinion,
    HearMovers,
    LeaveMotion,
    MergeMotion,
    MotionCommand,
    MotionEvent,
    MotionNotThere,
    Move,
    NoSuchMotion,
    Outcome,
    RegisterMotion,
    ReportMotion,
    TooFewMovers,
)
from domain.vocabulary import Level
from tests.domain.cases import CASE_ID, on

AT = on("2019-01-15")
MOVERS = tuple(f"代表{n}" for n in range(1, 12))
MOVE = Move(
    congress="湖北",
    motion_id=CASE_ID,
    level=Level.PROVINCE,
    term=13,
    session=2,
    movers=MOVERS,
    subject="关于制定社区工作者条例的议案",
    grounds="社区工作者待遇偏低",
    plan="制定条例",
    at=AT,
)
NUMBER = RegisterMotion(number="20", at=AT)
TO_COMMITTEE = Dispose(disposition=Disposition.AFTER_SESSION, committee="社会建设委员会", at=AT)
TO_SUGGESTION = Dispose(disposition=Disposition.TO_SUGGESTION, reason="属于工作层面事项", at=AT)
REPORT = ReportMotion(outcome=Outcome.LEGISLATIVE_PLAN, report="已列入立法规划", at=AT)


def moved(*commands: MotionCommand) -> Motion:
    motion, events = Motion(), list[MotionEvent]()
    for command in commands:
        decided = motion.decide(command)
        events += decided
        for event in decided:
            motion = motion.evolve(event)
    assert fold_motion(events) == motion
    return motion


def test_a_motion_needs_thirty_deputies_at_the_npc_ten_locally_and_five_in_a_township() -> None:
    assert [movers_needed(level) for level in (Level.NATIONAL, Level.COUNTY, Level.TOWNSHIP)] == [30, 10, 5]

    with pytest.raises(TooFewMovers, match="10 deputies or a delegation; it has 9"):
        moved(MOVE.model_copy(update={"movers": MOVERS[:9]}))
    assert (
        moved(MOVE.model_copy(update={"movers": (), "delegation": "武汉代表团"})).delegation == "武汉代表团"
    )


def test_a_motion_is_numbered_among_the_motions_reviewed_and_reported() -> None:
    motion = moved(
        MOVE,
        NUMBER,
        TO_COMMITTEE,
        AskOpinion(organ="省民政厅", at=AT),
        AskOpinion(organ="省民政厅", at=AT),
        GiveMotionOpinion(organ="省民政厅", document_no="鄂民函〔2019〕1号", supports=True, at=AT),
        HearMovers(movers=MOVERS[:2], at=AT),
        REPORT,
        ConcludeMotion(by="常委会", at=AT),
    )

    assert motion.ref == "湖北/13-2/motion-20"
    assert (motion.stage, motion.outcome) == (MotionStage.CONCLUDED, Outcome.LEGISLATIVE_PLAN)
    assert motion.opinions == ("省民政厅",)
    assert motion.stream_id == f"motion/湖北/{CASE_ID}"


def test_a_motion_that_the_presidium_does_not_accept_goes_on_as_a_suggestion_of_the_same_identity() -> None:
    motion = moved(MOVE, NUMBER, TO_SUGGESTION, Convert(at=AT))

    assert motion.stage is MotionStage.CONVERTED
    assert motion.motion_id == CASE_ID


def test_movers_may_have_it_reconsidered_once() -> None:
    again = AskReconsideration(by=MOVERS[:10], at=AT)
    motion = moved(MOVE, NUMBER, TO_SUGGESTION, again, TO_COMMITTEE)

    assert motion.disposition is Disposition.AFTER_SESSION
    with pytest.raises(MotionNotThere, match="and once"):
        motion.decide(again)


def test_a_motion_ends_when_too_few_movers_are_left() -> None:
    motion = moved(MOVE, LeaveMotion(deputy="代表2", at=AT))
    assert motion.stage is MotionStage.MOVED

    ended = moved(MOVE, LeaveMotion(deputy="代表2", at=AT), LeaveMotion(deputy="代表3", at=AT))
    assert ended.stage is MotionStage.ENDED


def test_motions_on_one_matter_are_merged_and_keep_their_numbers() -> None:
    motion = moved(MOVE, NUMBER, MergeMotion(into="湖北/13-2/motion-19", at=AT))

    assert (motion.merged_into, motion.number) == ("湖北/13-2/motion-19", "20")


@pytest.mark.parametrize(
    ("before", "command"),
    [
        ((MOVE,), TO_COMMITTEE),
        ((MOVE, NUMBER), NUMBER),
        ((MOVE, NUMBER), Dispose(disposition=Disposition.AFTER_SESSION, at=AT)),
        ((MOVE, NUMBER), LeaveMotion(deputy="旁人", at=AT)),
        ((MOVE, NUMBER, TO_COMMITTEE), Convert(at=AT)),
        ((MOVE, NUMBER, TO_COMMITTEE), GiveMotionOpinion(organ="省民政厅", at=AT)),
        ((MOVE, NUMBER, TO_COMMITTEE), AskReconsideration(by=MOVERS[:5], at=AT)),
        ((MOVE, NUMBER, TO_SUGGESTION), REPORT),
        ((MOVE, NUMBER, TO_COMMITTEE), ConcludeMotion(by="常委会", at=AT)),
    ],
)
def test_a_step_out_of_turn_is_refused(before: tuple[MotionCommand, ...], command: MotionCommand) -> None:
    with pytest.raises(MotionNotThere):
        moved(*before, command)


def test_a_motion_is_moved_once_and_before_anything_else() -> None:
    with pytest.raises(NoSuchMotion):
        moved(NUMBER)
    with pytest.raises(NoSuchMotion):
        moved(MOVE, MOVE)
    assert replace(moved(MOVE)).ref == "湖北/13-2/~000000003973"
