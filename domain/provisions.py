"""What rules are made of: terms, provisions and category schemes, each with its article and basis."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from pydantic import ConfigDict

from domain.base import Value

Basis = Literal["law", "practice", "unverified"]
Unit = Literal["months", "days", "workdays", "quarter"]
Anchor = Literal[
    "assignment",  # 交办之日
    "receipt",  # 收到之日
    "reply_receipt",  # 答复收到之日
    "feedback",  # the deputy's "not satisfied"
    "intake",  # the congress's office received or accepted it
    "objection",  # the assigner received the objection
    "rehandling_order",  # the handling unit is told to handle again
    "redo_request",  # the lead asks a co-handler for its opinion again
    "fulfilment_report",  # the deputy received the state of the commitments
    "commitment",  # made, or followed up last
]


class Text(Value):
    zh: str
    en: str


class Instrument(Value):
    """A law, regulation or rule, by its title."""

    zh: str
    en: str


class Sourced(Value):
    """Something a text says, or a choice made where texts are silent.

    `basis`: "law" = in the instrument's article as read; "practice" = our choice or common usage, no text
    binds it; "unverified" = reported, the text itself was not seen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    article: str | None = None
    instrument: str = "main"
    basis: Basis = "law"
    note: Text | None = None


class Term(Sourced):
    """How long something may take, from which event.

    With unit "quarter" the term ends with quarter number `count` of the year. `at_most`: the text gives
    a ceiling, whoever grants it may grant less.
    """

    count: int
    unit: Unit
    anchor: Anchor
    at_most: bool = False


V = TypeVar("V")


class Provision(Sourced, Generic[V]):
    value: V


class Rung(Value):
    """How many days after a deadline a reminder goes to whom: the unit's head, the commission, the chairpersons."""

    days: int
    to: Literal["unit_head", "commission", "chairpersons"]


class Outcome(StrEnum):
    """What became of a suggestion, comparable across the local schemes."""

    RESOLVED = "resolved"
    IN_PROGRESS = "in_progress"
    PLANNED = "planned"
    NOT_NOW = "not_now"
    REFERENCE = "reference"
    SUPERIOR = "superior"  # 涉及上级职权
    REFUSED = "refused"  # 不符合法律、法规、政策规定


class Category(Value):
    outcome: Outcome
    label: str  # as the scheme words it


class CategoryScheme(Sourced):
    """Local codes and what they mean; "B" in one place is "C" in another."""

    name: str
    codes: Mapping[str, Category]


class Counting(Value):
    """The counting policies, by analogy with the Civil Code's articles 200-204."""

    first_day: Provision[Literal["not-counted"]]
    month_end: Provision[Literal["corresponding-day-or-last"]]
    last_day_rolls: Provision[Literal["statutory-holiday", "rest-day", "none"]]

    def names(self) -> tuple[str, ...]:
        return tuple(f"{name}={getattr(self, name).value}" for name in type(self).model_fields)


class Rules(Value):
    """One version of one jurisdiction's rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    jurisdiction: str
    version: str  # the day the version was adopted or approved, or took effect where only that is known
    effective_from: date
    effective_to: date | None = None  # the first day it no longer applied
    effect_note: Text | None = None
    instruments: Mapping[str, Instrument]  # "main" and others the provisions cite
    terms: Mapping[str, Term]  # by rule name; absent where the jurisdiction has none
    counting: Counting
    categories: CategoryScheme

    extension_approver: Provision[Literal["assigner", "commission", "none"]]
    extension_tells_deputy: Provision[bool]
    objection_decider: Provision[
        Literal[
            "assigner",
            "commission",
            "commission_or_government_office",
            "standing_committee_office",
            "unstated",
        ]
    ]
    objection_written: Provision[bool]
    objection_refused: Provision[Literal["must_handle", "unstated"]]
    objection_late: Provision[Literal["not_accepted", "heard", "unstated"]]
    self_forwarding: Provision[Literal["forbidden", "unstated"]]
    reassignment_clock: Provision[Literal["continues", "restarts"]]
    withdrawal_until: Provision[Literal["before_assignment", "any_time", "unstated"]]
    withdrawal_joint: Provision[Literal["all_signatories", "lead_deputy"]]
    not_acceptable: Provision[tuple[str, ...]]
    joint_service: Provision[Literal["each", "each_or_lead_by_agreement", "lead"]]
    feedback_scores: Provision[tuple[str, ...]]
    feedback_given_by: Provision[Literal["lead_deputy", "lead_after_co_signers", "deputy"]]
    feedback_unreturned: Provision[Literal["excluded_from_rate", "unstated"]]
    second_dissatisfaction: Provision[
        Literal[
            "expert_evaluation",
            "commission_decides",
            "joint_meeting",
            "evaluation",
            "superior_or_same_unit",
            "unstated",
        ]
    ]
    delegation_reply: Provision[Literal["liaison_group", "delegation"]]
    key_supervision_by: Provision[Literal["council_of_chairpersons", "chairpersons_council", "unstated"]]
    publication: Provision[Literal["required", "allowed", "unstated"]]
    annual_report: Provision[str]
    reminders: Provision[Mapping[str, tuple[int, ...]]]  # days before the deadline, by rule name
    delegation_submits: Provision[Literal["in_session", "any_time"]]
    several_leads: Provision[Literal["must_agree", "unstated"]]
    chasing: Provision[tuple[Rung, ...]]  # the ladder that reminders climb after a deadline has passed

    before_effect_on: date | None = None  # asked for this day, before the earliest version known took effect

    @property
    def rules_id(self) -> str:
        return f"{self.jurisdiction}@{self.version}"

    @property
    def title(self) -> Text:
        main = self.instruments["main"]
        return Text(zh=main.zh, en=main.en)

    def reminder_days(self, rule: str) -> tuple[int, ...]:
        """How many days before the deadline to remind, longest first."""
        return self.reminders.value.get(rule, ())
