"""Public cases: what everybody may know of each case whose content was decided public, and their texts."""

import json
from dataclasses import fields
from datetime import date
from typing import Any, ClassVar, Final

from domain.suggestion.published import PublicCase, PublicPromise, PublicRating, PublicReply, published
from domain.suggestion.suggestion import Suggestion
from projections.base import Parts, Row, StateProjection

TABLE: Final = "p_public_cases_v1"
TEXTS: Final = "p_public_texts_v1"
HEAD, CONTENT, REPLY = "head", "content", "reply"
DECIDED: Final = frozenset({"case_id", "publications", "confidentiality_asked", "identity_protected"})
COLUMNS: Final = (
    "congress", "ref", "kind", "level", "place", "term", "session", "number", "title", "subject", "aspect", "stage",
    "year", "latest_on",
    "submitted_on", "assigned_on", "answered_on", "concluded_on", "lead_units", "co_units", "outcomes",
    "replies_full", "promises_made", "promises_kept", "detail",
)  # fmt: skip
# what no filter asks for
DETAIL: Final = ("lead_deputy", "delegation", "extent", "reason", "replies", "ratings", "promises")


class PublicCases(StateProjection):
    """Folds a case into its public line, while it is public."""

    name: ClassVar[str] = "public-cases"
    version: ClassVar[int] = 1
    table: ClassVar[str] = TABLE
    key: ClassVar[tuple[str, ...]] = ("case_id",)
    columns: ClassVar[tuple[str, ...]] = COLUMNS
    depends: ClassVar[frozenset[str]] = DECIDED | {
        "congress", "ref", "kind", "level", "place", "term", "session", "number", "title", "lead_deputy",
        "delegation", "assignments", "relieved", "assigned_to", "submitted_at", "registered", "returned",
        "assigned_at", "replies", "ratings", "lapsed_feedback", "rehandled", "commitments", "clocks", "concluded",
        "concluded_at", "ended_as", "classification",
    }  # fmt: skip

    def parts(self, state: Suggestion) -> Parts:
        case = published(state) if state.publications else None
        return {} if case is None else {(state.case_id,): case}

    def row(self, part: Any) -> Row:
        case: PublicCase = part
        detail = {name: getattr(case, name) for name in DETAIL}
        return (
            case.congress, case.ref, case.kind, case.level, case.place, case.term, case.session, case.number,
            case.title, case.subject, case.aspect, case.stage.value, case.year, case.latest,
            case.submitted_on, case.assigned_on,
            case.answered_on, case.concluded_on, case.lead_units, case.co_units, case.outcomes,
            sum(1 for reply in case.replies if reply.extent == "full"),
            len(case.promises), sum(1 for promise in case.promises if promise.state == "kept"),
            json.dumps(detail, ensure_ascii=False, sort_keys=True, default=_plain),
        )  # fmt: skip


def _plain(value: Any) -> Any:
    """What JSON has no word for; the texts of replies have rows of their own."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PublicReply | PublicRating | PublicPromise):
        return {one.name: getattr(value, one.name) for one in fields(value) if one.name != "text"}
    return str(value)


class PublicTexts(StateProjection):
    """Folds a case into its texts that are public, by which it is found."""

    name: ClassVar[str] = "public-texts"
    version: ClassVar[int] = 1
    table: ClassVar[str] = TEXTS
    key: ClassVar[tuple[str, ...]] = ("case_id", "part", "unit", "ordinal")
    columns: ClassVar[tuple[str, ...]] = ("text",)
    depends: ClassVar[frozenset[str]] = DECIDED | {
        "ref", "title", "text", "place", "assignments", "replies",
    }  # fmt: skip

    def parts(self, state: Suggestion) -> Parts:
        case = published(state) if state.publications else None
        if case is None:
            return {}
        units = dict.fromkeys((*case.lead_units, *case.co_units))
        head = " ".join(filter(None, (case.ref, case.title, case.place, *units)))
        found = {(state.case_id, HEAD, "", 0): (head,)}
        if case.text is not None:
            found[state.case_id, CONTENT, "", 0] = (case.text,)
        for reply in case.replies:
            if reply.text is not None:
                found[state.case_id, REPLY, reply.unit, reply.ordinal] = (reply.text,)
        return found
