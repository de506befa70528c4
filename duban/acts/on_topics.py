"""The acts on a key topic."""

from collections.abc import Callable

from pydantic import BaseModel

from domain import key_topic_acts as acts
from domain.key_topic import KeyTopic
from duban.acts.act import Act, Group, Subject
from duban.catalogue import msgid

When = Callable[[KeyTopic], bool]


def _act(name: str, command: type[BaseModel], title: str, when: When) -> Act:
    def open_to(topic: KeyTopic) -> bool:
        return topic.version > 0 and not topic.closed and when(topic)

    return Act(name, Subject.TOPIC, Group.TOPIC, command, title, open_to)


def _anytime(topic: KeyTopic) -> bool:
    return True


def _not_chosen(topic: KeyTopic) -> bool:
    return not topic.version


CHOOSE = Act("choose", Subject.TOPIC, Group.TOPIC, acts.ChooseTopic, msgid("Choose a key topic"), _not_chosen)
ON_TOPICS = (
    CHOOSE,
    _act("add-case", acts.AddCase, msgid("Put a case under the topic"), _anytime),
    _act("remove-case", acts.RemoveCase, msgid("Take a case out of the topic"), lambda topic: bool(topic.cases)),
    _act("name-committee", acts.NameCommittee, msgid("Name the committee"), _anytime),
    _act("plan", acts.MakePlan, msgid("Record the plan"), lambda topic: topic.committee is not None),
    _act("hold", acts.HoldActivity, msgid("Record an activity"), lambda topic: topic.plan is not None),
    _act("report", acts.ReportTopic, msgid("Report to the chairpersons"), lambda topic: bool(topic.activities)),
    _act("close", acts.CloseTopic, msgid("Close the topic"), lambda topic: bool(topic.reported_to)),
)  # fmt: skip
