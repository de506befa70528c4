"""The read models that this program keeps, at the versions that it knows."""

from projections.base import Projection
from projections.board import CaseBoard
from projections.clocks import Clocks
from projections.commitments import Commitments
from projections.deputies import DeputyRecords
from projections.inbox import Inbox
from projections.key_topics import KeyTopics
from projections.public_cases import PublicCases, PublicTexts
from projections.trail import AuditTrail
from projections.unit_work import UnitWork
from projections.visibility import Visibility

PROJECTIONS: tuple[Projection, ...] = (
    CaseBoard(),
    Clocks(),
    Commitments(),
    UnitWork(),
    Inbox(),
    DeputyRecords(),
    KeyTopics(),
    AuditTrail(),
    Visibility(),
    PublicCases(),
    PublicTexts(),
)
