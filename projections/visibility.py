"""Visibility: what access depends on about each case, so that every query can be cut to what somebody sees."""

from typing import ClassVar

from domain.suggestion.published import extent_of, is_public
from domain.suggestion.records import Signature
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Extent, Part
from projections.base import Parts, StateProjection

TABLE = "p_visibility_v1"


class Visibility(StateProjection):
    """Folds a case into who is who in it, and what of it is public, confidential or protected."""

    name: ClassVar[str] = "visibility"
    version: ClassVar[int] = 1
    table: ClassVar[str] = TABLE
    key: ClassVar[tuple[str, ...]] = ("case_id",)
    columns: ClassVar[tuple[str, ...]] = (
        "congress", "units", "system", "signatories", "delegation", "by_delegation", "key_topics", "confidential",
        "protected", "published", "replies_public", "concluded",
    )  # fmt: skip
    depends: ClassVar[frozenset[str]] = frozenset({
        "case_id", "congress", "assignments", "relieved", "assigned_to", "signatories", "lead_deputy", "delegation",
        "by_delegation", "key_topics", "confidentiality_asked", "identity_protected", "publications", "replies",
        "concluded", "ended_as",
    })  # fmt: skip

    def parts(self, state: Suggestion) -> Parts:
        signed = {s.name for s in state.signatories if s.signature is not Signature.DECLINED}
        if state.lead_deputy:
            signed.add(state.lead_deputy)
        line = (
            state.congress,
            tuple(sorted({part.unit for part in (*state.assignments, *state.relieved)})),
            state.assigned_to,
            tuple(sorted(signed)),
            state.delegation,
            state.by_delegation,
            state.key_topics,
            state.confidentiality_asked,
            state.identity_protected,
            bool(state.publications) and is_public(state),
            _public_replies(state) if state.publications else (),
            state.concluded or state.ended_as is not None,
        )
        return {(state.case_id,): line}


def _public_replies(state: Suggestion) -> tuple[str, ...]:
    """The units whose reply is public in full."""
    return tuple(
        sorted({r.unit for r in state.replies if extent_of(state, Part.REPLY, r.unit) is Extent.FULL})
    )
