"""How supervision, publication and closing change a case."""

from typing import Self, TypeAlias, assert_never

from domain.replacing import replace
from domain.suggestion import closing, moves, publication, supervision
from domain.suggestion.fold import Folding
from domain.suggestion.records import ClockStatus, Publication

SupervisionEvent: TypeAlias = (
    supervision.Reminded
    | supervision.BecameOverdue
    | supervision.TermLapsed
    | supervision.Inspected
    | supervision.PutUnderKeySupervision
    | supervision.ReleasedFromKeySupervision
    | supervision.Concluded
    | publication.PublicationDecided
    | publication.ConfidentialityRequested
    | publication.IdentityProtected
    | closing.Reopened
    | closing.Archived
    | moves.DeadlineMoved
    | moves.RulesMigrated
)
OF_COMMITMENTS = ("commitment", "follow_up", "fulfilment_feedback")  # clocks that outlive the handling


class FoldingSupervision(Folding):
    """The fold of supervision, publication and closing."""

    def evolve_supervision(self, event: SupervisionEvent) -> Self:  # noqa: C901 one total match
        match event:
            case supervision.Reminded() | supervision.BecameOverdue():
                return self.taken(event.step)
            case supervision.TermLapsed():
                return self.stopped(event.rule, event.about, event, ClockStatus.LAPSED).taken(event.step)
            case supervision.Inspected():
                return replace(self, inspections=self.inspections + 1)
            case supervision.PutUnderKeySupervision():
                return replace(self, key_topics=(*self.key_topics, event.topic))
            case supervision.ReleasedFromKeySupervision():
                return replace(self, key_topics=tuple(t for t in self.key_topics if t != event.topic))
            case supervision.Concluded():
                case = replace(self, concluded=True, concluded_at=event.occurred_at)
                return case.all_superseded(event, keep=OF_COMMITMENTS)
            case publication.PublicationDecided():
                return self._published(event)
            case publication.ConfidentialityRequested():
                return replace(self, confidentiality_asked=True)
            case publication.IdentityProtected():
                return replace(self, identity_protected=True)
            case closing.Reopened():
                return replace(self, concluded=False, concluded_at=None)
            case moves.DeadlineMoved():
                return self.restarted(event.due, event.about, event)
            case moves.RulesMigrated():
                return replace(self, rules_id=event.after)
            case closing.Archived():
                return replace(self, archived_as=event.archive_no or self.ref)
            case _:
                assert_never(event)

    def _published(self, event: publication.PublicationDecided) -> Self:
        """The latest decision on a part holds."""
        others = tuple(p for p in self.publications if (p.part, p.unit) != (event.part, event.unit))
        latest = Publication(event.part, event.unit, event.extent, event.reason)
        return replace(self, publications=(*others, latest))
