"""The acts on a motion."""

from collections.abc import Callable

from pydantic import BaseModel

from domain import motion_acts
from domain.motion import Motion, MotionStage
from domain.motion_acts import Disposition
from duban.acts.act import Act, Group, Subject
from duban.catalogue import msgid

When = Callable[[Motion], bool]


def _act(name: str, command: type[BaseModel], title: str, when: When) -> Act:
    def open_to(motion: Motion) -> bool:
        return motion.version > 0 and when(motion)

    return Act(name, Subject.MOTION, Group.MOTION, command, title, open_to)


def _at(*stages: MotionStage) -> When:
    return lambda motion: motion.stage in stages


def _reviewed(motion: Motion) -> bool:
    return motion.stage is MotionStage.DECIDED and motion.committee is not None


def _not_moved(motion: Motion) -> bool:
    return not motion.version


MOVE = Act("move", Subject.MOTION, Group.MOTION, motion_acts.Move, msgid("Move"), _not_moved)
ON_MOTIONS = (
    MOVE,
    _act("register", motion_acts.RegisterMotion, msgid("Register"), _at(MotionStage.MOVED)),
    _act("leave", motion_acts.LeaveMotion, msgid("Leave the motion"),
         _at(MotionStage.MOVED, MotionStage.REGISTERED, MotionStage.DECIDED)),
    _act("merge", motion_acts.MergeMotion, msgid("Merge"), _at(MotionStage.REGISTERED, MotionStage.DECIDED)),
    _act("dispose", motion_acts.Dispose, msgid("Dispose of the motion"), _at(MotionStage.REGISTERED)),
    _act("ask-reconsideration", motion_acts.AskReconsideration, msgid("Ask for reconsideration"),
         lambda motion: motion.stage is MotionStage.DECIDED and not motion.reconsidered),
    _act("ask-opinion", motion_acts.AskOpinion, msgid("Ask for an opinion"), _reviewed),
    _act("give-opinion", motion_acts.GiveMotionOpinion, msgid("Give an opinion"),
         lambda motion: set(motion.opinions_asked) > set(motion.opinions)),
    _act("hear-movers", motion_acts.HearMovers, msgid("Hear the movers"), _reviewed),
    _act("report", motion_acts.ReportMotion, msgid("Report the review"), _reviewed),
    _act("conclude", motion_acts.ConcludeMotion, msgid("Adopt the report"), _at(MotionStage.REPORTED)),
    _act("convert", motion_acts.Convert, msgid("Go on as a suggestion"),
         lambda motion: motion.stage is MotionStage.DECIDED and motion.disposition is Disposition.TO_SUGGESTION),
)  # fmt: skip
