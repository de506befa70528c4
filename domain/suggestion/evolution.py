"""How each event changes a case: one total dispatch to the folds of the facets."""

from collections.abc import Callable
from typing import Any, Final, Self, TypeAlias, get_args

from domain.replacing import replace
from domain.suggestion.fold_handling import FoldingHandling, HandlingEvent
from domain.suggestion.fold_intake import FoldingIntake, IntakeEvent
from domain.suggestion.fold_replies import CommitmentEvent, FoldingCommitments, FoldingReplies, ReplyEvent
from domain.suggestion.fold_supervision import FoldingSupervision, SupervisionEvent

SuggestionEvent: TypeAlias = IntakeEvent | HandlingEvent | ReplyEvent | CommitmentEvent | SupervisionEvent


class Evolving(FoldingIntake, FoldingHandling, FoldingReplies, FoldingCommitments, FoldingSupervision):
    """The fold of the events."""

    def evolve(self, event: SuggestionEvent) -> Self:
        case: Self = FACETS[type(event)](self, event)
        if case is self:
            return replace(self, version=self.version + 1)
        case.__dict__["version"] = self.version + 1  # a copy that nobody has seen yet
        return case


# Asking five unions in turn whether an event is theirs cost a fold a quarter of its time.
FACETS: Final[dict[type, Callable[[Any, Any], Any]]] = {
    **dict.fromkeys(get_args(IntakeEvent), FoldingIntake.evolve_intake),
    **dict.fromkeys(get_args(HandlingEvent), FoldingHandling.evolve_handling),
    **dict.fromkeys(get_args(ReplyEvent), FoldingReplies.evolve_reply),
    **dict.fromkeys(get_args(CommitmentEvent), FoldingCommitments.evolve_commitment),
    **dict.fromkeys(get_args(SupervisionEvent), FoldingSupervision.evolve_supervision),
}
"""The facet whose fold takes the events of a class; each of them is one total match."""
