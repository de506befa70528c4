"""The veil: a case's history as somebody may see it; what they are shown is folded from nothing else."""

from dataclasses import replace
from typing import Any, Final

from domain.base import Event, Recorded
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import Suggestion
from duban.access.permission import Sight
from duban.access.viewer import Case
from duban.casefile import CaseFile

NAME_KEPT: Final = "***"  # in the place of a name that is protected
NAMES: Final = (
    "lead_deputy",
    "delegation",
    "deputy",
    "by",
    "co_signers",
    "on_behalf_of",
    "deputies",
    "on",
    "to",
)
MADE_BY: Final = frozenset({  # events whose names are those of the deputies
    "suggestion.submitted", "suggestion.co-signature-confirmed", "suggestion.co-signature-declined",
    "suggestion.withdrawn", "suggestion.deputy-contacted", "suggestion.reply-served", "suggestion.copies-sent",
    "suggestion.draft-commented", "suggestion.feedback-given", "suggestion.fulfilment-rated", "suggestion.inspected",
    "suggestion.confidentiality-requested",
})  # fmt: skip
RATINGS: Final = frozenset({"suggestion.feedback-given", "suggestion.fulfilment-rated"})
PUBLIC_EVENTS: Final = frozenset({  # what the public is told of a case whose content is public
    "suggestion.submitted", "suggestion.registered", "suggestion.classified", "suggestion.converted-from-motion",
    "suggestion.assigned",
    "suggestion.sub-assigned", "suggestion.reassigned", "suggestion.answered", "suggestion.feedback-given",
    "suggestion.commitment-made", "suggestion.commitment-fulfilled", "suggestion.commitment-failed",
    "suggestion.concluded", "suggestion.reopened",
})  # fmt: skip
UNSAID: Final = ("text", "parts", "reason", "reasons", "remark", "source", "digest", "signatory", "signed_by", "part",
                 "by", "proposed_units", "on_behalf_of", "evidence")  # fmt: skip
"""Fields of public events that were not decided public."""


def veiled(file: CaseFile, sight: Sight, case: Case) -> CaseFile:
    """The case file as it is seen; the versions and positions stay those of the log."""
    if sight.whole and sight.identity and not sight.hidden_ratings:
        return file
    shown = tuple(
        seen for recorded in file.recorded if (seen := event_seen(recorded, sight, case)) is not None
    )
    state = Suggestion()
    for recorded in shown:
        state = replace(state, version=recorded.version - 1).evolve(recorded.body)
    return CaseFile(case=replace(state, version=file.case.version), recorded=shown, now=file.now)


def event_seen(
    recorded: Recorded[SuggestionEvent], sight: Sight, case: Case
) -> Recorded[SuggestionEvent] | None:
    """An event as it is seen; None where it is not."""
    body: Any = recorded.body
    if recorded.type in RATINGS and _hidden(body, sight, case):
        return None
    if not sight.whole:
        if not _public(body, case):
            return None
        body = _without(body, UNSAID)
        recorded = recorded._replace(actor=NAME_KEPT)
    if not sight.identity and recorded.type in MADE_BY:
        body = _without(body, (*NAMES, "text", "note", "parts"))
        recorded = recorded._replace(actor=NAME_KEPT)
    return recorded._replace(body=body)


def _hidden(body: Any, sight: Sight, case: Case) -> bool:
    """A rating that a unit does not see before it is final: concluded, or the reason of a rehandling."""
    if not sight.hidden_ratings:
        return False
    unit = getattr(body, "unit", None)
    if unit is None:  # of how a promise was kept
        return True
    return unit in sight.hidden_ratings and body.ordinal > case.rehandled.count(unit)


def _public(body: Event, case: Case) -> bool:
    if body.type not in PUBLIC_EVENTS:
        return False
    if body.type == "suggestion.feedback-given":
        return getattr(body, "unit", None) in case.feedback_public
    if body.type == "suggestion.answered":
        return getattr(body, "unit", None) in case.replies_public
    if body.type.startswith("suggestion.commitment-"):
        owner = getattr(body, "owner", None) or (case.owners or {}).get(getattr(body, "commitment", ""))
        return owner in case.replies_public
    return True


def _without(body: Any, names: tuple[str, ...]) -> Any:
    """The body without what these fields say; a field that must say something says that it is kept."""
    given = {name: getattr(body, name) for name in names if name in type(body).model_fields}
    kept = {name: _kept(type(body).model_fields[name], value) for name, value in given.items()}
    return body.model_copy(update=kept) if kept else body


def _kept(field: Any, value: Any) -> Any:
    if not value:
        return value
    if isinstance(value, tuple):
        return (NAME_KEPT,) * len(value)
    return NAME_KEPT if isinstance(value, str) else None
