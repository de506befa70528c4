"""A case's facets as JSON-ready data: who made it, how it was handled, what became of it, what is public."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from domain.suggestion.records import Commitment, Reply
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import UNKNOWN_UNIT
from duban.wording.case_lines import state_of


def facets_data(case: Suggestion) -> dict[str, Any]:
    """Every facet, under the names that `case show --json` has for them."""
    return {
        **_intake(case),
        **_handling(case),
        "replies": [_reply(reply, case) for reply in case.replies],
        "ratings": [
            {**asdict(rating), "unit": unit(rating.unit), "on_behalf_of": list(rating.on_behalf_of)}
            for rating in case.ratings
        ],
        "lapsed_feedback": [{"unit": unit(u), "ordinal": ordinal} for u, ordinal in case.lapsed_feedback],
        "rehandled": [
            {"unit": unit(u), "times": case.rehandled.count(u)} for u in dict.fromkeys(case.rehandled)
        ],
        "escalations": [{**asdict(one), "unit": unit(one.unit)} for one in case.escalations],
        "commitments": [_commitment(made) for made in case.commitments],
        **_supervision(case),
    }


def _intake(case: Suggestion) -> dict[str, Any]:
    return {
        "lead_deputy": case.lead_deputy,
        "delegation": case.delegation,
        "by_delegation": case.by_delegation,
        "signatories": [asdict(one) for one in case.signatories],
        "in_session": case.in_session,
        "submitted_at": iso(case.submitted_at),
        "basis": list(case.basis),
        "grass_roots": case.grass_roots,
        "first_term": case.first_term,
        "subject": asdict(case.classification) if case.classification else None,
        "motion": case.motion,
        "former_refs": list(case.former_refs),
        "merged_into": case.merged_into,
        "merged_with": list(case.merged_with),
        "advised_to_withdraw": case.advised_to_withdraw,
        "returned": case.returned,
        "ended_as": case.ended_as,
    }


def _handling(case: Suggestion) -> dict[str, Any]:
    return {
        "assigned_to": unit(case.assigned_to),
        "assigned_at": iso(case.assigned_at),
        "roles": [
            {"unit": unit(a.unit), "role": a.role.value, "signed_for": a.unit in case.signed_for}
            for a in case.assignments
        ],
        "owing": [unit(u) for u in case.owing],
        "objections": [{**asdict(one), "unit": unit(one.unit)} for one in case.objections],
        "relieved": [{"unit": unit(a.unit), "role": a.role.value} for a in case.relieved],
        "coordinated": [unit(u) for u in case.agreed],
        "contacts": [
            {"unit": unit(c.unit), "way": c.way, "at": iso(c.at)} for c in case.contacts
        ],
        "opinions": [unit(u) for u in case.opinions],
        "extension_requests": [unit(u) for u in case.extension_requests],
        "leaders": [{"unit": unit(u), "leader": leader} for u, leader in case.leaders],
        "drafts": [unit(u) for u in case.drafts],
    }  # fmt: skip


def _reply(reply: Reply, case: Suggestion) -> dict[str, Any]:
    known = asdict(reply)
    del known["text"]  # it stands in the event
    return {
        **known,
        "unit": unit(reply.unit),
        "answered_at": iso(reply.answered_at),
        "unserved": list(case.unserved(reply)),
    }


def _commitment(made: Commitment) -> dict[str, Any]:
    return {
        **asdict(made),
        "owner": unit(made.owner),
        "open": made.open,
        "state": state_of(made),
        "made_at": iso(made.made_at),
        "fulfilled_at": iso(made.fulfilled_at),
    }


def _supervision(case: Suggestion) -> dict[str, Any]:
    return {
        "key_topics": list(case.key_topics),
        "inspections": case.inspections,
        "publications": [asdict(decided) for decided in case.publications],
        "confidentiality_asked": case.confidentiality_asked,
        "identity_protected": case.identity_protected,
        "concluded_at": iso(case.concluded_at),
        "archived_as": case.archived_as,
    }


def unit(name: str | None) -> str | None:
    """A unit's name, or nothing where the source names none."""
    return None if name == UNKNOWN_UNIT else name


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
