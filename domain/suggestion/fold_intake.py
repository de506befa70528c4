"""How the events of the intake change a case."""

from typing import Self, TypeAlias, assert_never

from domain.replacing import replace
from domain.suggestion import acceptance, classification, intake, signatories
from domain.suggestion.fold import Folding
from domain.suggestion.records import Signatory, Signature
from domain.vocabulary import CONGRESS, Kind

IntakeEvent: TypeAlias = (
    intake.Submitted
    | intake.Registered
    | classification.Classified
    | signatories.CoSignatureConfirmed
    | signatories.CoSignatureDeclined
    | signatories.Withdrawn
    | acceptance.AdvisedToWithdraw
    | acceptance.Returned
    | acceptance.Resubmitted
    | acceptance.Declined
    | acceptance.ConvertedToLetter
    | acceptance.PassedOnForReference
    | acceptance.RaisedUpward
    | acceptance.ConvertedFromMotion
    | acceptance.Merged
    | acceptance.TookIn
)

SUBMITTED_FIELDS = (
    "congress", "case_id", "ref", "kind", "level", "place", "term", "session", "title", "jurisdiction",
    "jurisdiction_reason", "gaps", "lead_deputy", "delegation", "by_delegation", "in_session", "basis",
    "grass_roots", "first_term",
)  # fmt: skip


class FoldingIntake(Folding):
    """The fold of the intake."""

    def evolve_intake(self, event: IntakeEvent) -> Self:  # noqa: C901 one total match
        match event:
            case intake.Submitted():
                return self._submitted(event)
            case intake.Registered():
                return replace(self, registered=True, number=event.number, ref=event.ref)
            case classification.Classified():
                return replace(self, classification=classification.classified(event))
            case signatories.CoSignatureConfirmed():
                return self._signed(event.deputy, Signature.CONFIRMED)
            case signatories.CoSignatureDeclined():
                return self._signed(event.deputy, Signature.DECLINED)
            case signatories.Withdrawn():
                return self._ended("withdrawn", event)
            case acceptance.AdvisedToWithdraw():
                return replace(self, advised_to_withdraw=True)
            case acceptance.Returned():
                return replace(self, returned=True).all_superseded(event)
            case acceptance.Resubmitted():
                return replace(
                    self,
                    returned=False,
                    advised_to_withdraw=False,
                    title=event.title,
                    text=event.text or self.text,
                )
            case acceptance.Declined():
                return self._ended("declined", event)
            case acceptance.ConvertedToLetter():
                return self._ended("letter", event)
            case acceptance.PassedOnForReference():
                return self._ended("reference", event)
            case acceptance.RaisedUpward():
                return self._ended("raised", event)
            case acceptance.ConvertedFromMotion():
                return self._converted(event)
            case acceptance.Merged():
                return replace(self, merged_into=event.into)
            case acceptance.TookIn():
                return replace(self, merged_with=(*self.merged_with, event.other))
            case _:
                assert_never(event)

    def _submitted(self, event: intake.Submitted) -> Self:
        known = {name: getattr(event, name) for name in SUBMITTED_FIELDS}
        lead = [Signatory(event.lead_deputy, True, Signature.CONFIRMED)] if event.lead_deputy else []
        asked = [Signatory(name, False, Signature.ASKED) for name in event.co_signers]
        case = replace(
            self, **known, text=event.whole_text, signatories=(*lead, *asked), submitted_at=event.occurred_at
        )
        return case.started(event.dispatch, CONGRESS)

    def _signed(self, deputy: str, signature: Signature) -> Self:
        signed = tuple(replace(s, signature=signature) if s.name == deputy else s for s in self.signatories)
        return replace(self, signatories=signed)

    def _ended(self, how: str, event: IntakeEvent) -> Self:
        return replace(self, ended_as=how).all_superseded(event)

    def _converted(self, event: acceptance.ConvertedFromMotion) -> Self:
        """The number it bore as a motion stays with it, as a former reference."""
        return replace(
            self,
            kind=Kind.SUGGESTION,
            motion=event.motion,
            ref=event.ref,
            former_refs=(*self.former_refs, self.ref),
            number=None,
            registered=False,
        )
