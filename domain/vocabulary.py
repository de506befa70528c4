"""The words of the field as types: kinds, roles, ratings, stages, and the texts people type."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")
ANY_LINE_BREAK = re.compile(r"[\r\n\t]")


def _without_control_characters(text: str) -> str:
    if CONTROL_CHARACTERS.search(text):
        raise ValueError("contains control characters")
    return text


def _on_one_line(text: str) -> str:
    if ANY_LINE_BREAK.search(text):
        raise ValueError("must be one line, without tabs")
    return _without_control_characters(text)


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(_on_one_line),
]
"""One line of text, such as a title or a unit's name: 1 to 300 characters."""

Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100_000),
    AfterValidator(_without_control_characters),
]
"""A text of several paragraphs: 1 to 100,000 characters."""

CONGRESS = "congress"  # the congress itself, as a party: its office
UNKNOWN_UNIT = "unknown"  # a unit that a source does not name; shown as a gap, never guessed


class Kind(StrEnum):
    """What was handed in."""

    SUGGESTION = "suggestion"
    MOTION = "motion"


class Level(StrEnum):
    """The level of a people's congress."""

    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"


class Basis(StrEnum):
    """What a suggestion rests on, as the national statistics count it."""

    RESEARCH = "research"  # 专题调研
    INSPECTION = "inspection"  # 视察
    SYMPOSIUM = "symposium"  # 座谈
    VISITS = "visits"  # 走访
    OWN_WORK = "own-work"  # 本职工作
    OTHER = "other"


class Ground(StrEnum):
    """Why something is not acceptable as a suggestion."""

    PERSONAL = "personal"  # a problem of the deputy or of relatives
    FORWARDED_LETTER = "forwarded-letter"  # 代转来信
    ACADEMIC_OR_PROMOTION = "academic-or-promotion"
    NO_SUBSTANCE = "no-substance"
    PENDING_CASE = "pending-case"  # before a court or an arbitration body
    BID_AWARD = "bid-award"
    ACCUSATION = "accusation"  # 检举控告申诉
    CONSULTATION = "consultation"
    OWN_INTEREST = "own-interest"
    OWN_UNIT = "own-unit"
    BEYOND_COMPETENCE = "beyond-competence"  # of this congress
    SEVERAL_MATTERS = "several-matters"  # 一事一议
    PARTS_MISSING = "parts-missing"
    OTHER = "other"


class ContactWay(StrEnum):
    """How a handling unit spoke with the deputies."""

    VISIT = "visit"  # 走访
    CALL = "call"
    SYMPOSIUM = "symposium"  # 座谈
    LETTER = "letter"
    ONLINE = "online"
    INSPECTION = "inspection"  # 邀请视察


class Extent(StrEnum):
    """How much of something is published."""

    FULL = "full"
    SUMMARY = "summary"
    WITHHELD = "withheld"


class Part(StrEnum):
    """What is published, or not, by itself."""

    CONTENT = "content"
    REPLY = "reply"
    FEEDBACK = "feedback"


class Role(StrEnum):
    """How a unit takes part: 主办, 会办 or 协办, 分别办理, 参阅."""

    LEAD = "lead"
    CO_HANDLING = "co-handling"
    SEPARATE = "separate"
    REFERENCE = "reference"

    @property
    def owes_reply(self) -> bool:
        return self in OWING


OWING = frozenset({Role.LEAD, Role.SEPARATE})


class Satisfaction(StrEnum):
    """满意, 基本满意, 不满意."""

    SATISFIED = "satisfied"
    BASICALLY = "basically-satisfied"
    NOT_SATISFIED = "not-satisfied"


class Stage(StrEnum):
    """Where a case stands; derived from its events, never stored in one."""

    SUBMITTED = "submitted"
    RETURNED = "returned"  # to the deputies, for revision
    REGISTERED = "registered"
    ASSIGNED = "assigned"  # to a system of organs, no unit yet
    HANDLING = "handling"  # at least one unit owes a reply
    ANSWERED = "answered"  # every reply is given, feedback is open
    RATED = "rated"  # feedback is in or has lapsed
    FOLLOWING_UP = "following-up"  # concluded, commitments still open
    CONCLUDED = "concluded"
    ENDED = "ended"  # without handling: withdrawn, declined, made a letter, passed on, raised upward
