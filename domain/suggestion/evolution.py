"""How each event changes a case: one total dispatch to the folds of the facets."""

from typing import Self, TypeAlias, assert_never

from domain.replacing import replace
from domain.suggestion.fold_handling import FoldingHandling, HandlingEvent
from domain.suggestion.fold_intake import FoldingIntake, IntakeEvent
from domain.suggestion.fold_replies import CommitmentEvent, FoldingCommitments, FoldingReplies, ReplyEvent
from domain.suggestion.fold_supervision import FoldingSupervision, SupervisionEvent

SuggestionEvent: TypeAlias = IntakeEvent | HandlingEvent | ReplyEvent | CommitmentEvent | SupervisionEvent


class Evolving(FoldingIntake, FoldingHandling, FoldingReplies, FoldingCommitments, FoldingSupervision):
    """The fold of the events."""

    def evolve(self, event: SuggestionEvent) -> Self:
        if isinstance(event, IntakeEvent):
            case = self.evolve_intake(event)
        elif isinstance(event, HandlingEvent):
            case = self.evolve_handling(event)
        elif isinstance(event, ReplyEvent):
            case = self.evolve_reply(event)
        elif isinstance(event, CommitmentEvent):
            case = self.evolve_commitment(event)
        elif isinstance(event, SupervisionEvent):
            case = self.evolve_supervision(event)
        else:
            assert_never(event)
        return replace(case, version=self.version + 1)
