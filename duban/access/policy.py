"""The one policy table: every act and every view, by the role that may and what it must be to the case."""

from collections.abc import Mapping
from typing import Final

from duban.access.viewer import Relation, Role

Policy = Mapping[Role, frozenset[Relation]]

COMMISSION, CHAIRPERSONS = Role.AFFAIRS_COMMISSION, Role.CHAIRPERSONS_OFFICE
COORDINATOR, HANDLER, SIGNATORY = Role.UNIT_COORDINATOR, Role.UNIT_HANDLER, Role.UNIT_SIGNATORY
DEPUTY, DELEGATION, COMMITTEE = Role.DEPUTY, Role.DELEGATION_STAFF, Role.SUPERVISING_COMMITTEE
SUPERVISES: Final = frozenset({Relation.SUPERVISED, Relation.FIELD})


def _of(*roles: Role, to: Relation) -> dict[Role, frozenset[Relation]]:
    return {role: frozenset({to}) for role in roles}


BY_COMMISSION: Final = _of(COMMISSION, to=Relation.CONGRESS)
BY_LEADERS: Final = _of(COMMISSION, CHAIRPERSONS, to=Relation.CONGRESS)
BY_MAKERS: Final = _of(DEPUTY, to=Relation.OWN) | _of(DELEGATION, to=Relation.DELEGATION)
BY_OFFICE: Final = _of(COORDINATOR, HANDLER, to=Relation.PART)
BY_SUPERVISORS: Final[Policy] = BY_LEADERS | {COMMITTEE: SUPERVISES}
BY_ALL_OF_UNIT: Final = _of(COORDINATOR, HANDLER, SIGNATORY, to=Relation.PART)

ON_SUGGESTIONS: Final[Mapping[str, Policy]] = {
    "submit": BY_MAKERS | BY_COMMISSION,
    "register": BY_COMMISSION,
    "classify": BY_COMMISSION,
    "confirm-signature": _of(DEPUTY, to=Relation.OWN) | BY_COMMISSION,
    "decline-signature": _of(DEPUTY, to=Relation.OWN) | BY_COMMISSION,
    "withdraw": BY_MAKERS | BY_COMMISSION,
    "turn-away": BY_COMMISSION,
    "resubmit": BY_MAKERS | BY_COMMISSION,
    "convert-motion": BY_LEADERS,
    "merge": BY_COMMISSION,
    "take-in": BY_COMMISSION,
    "assign": BY_COMMISSION,
    "sub-assign": BY_COMMISSION | _of(COORDINATOR, to=Relation.SYSTEM),
    "sign-for": _of(COORDINATOR, to=Relation.PART),
    "object": _of(COORDINATOR, to=Relation.PART),
    "decide-objection": BY_COMMISSION,
    "reassign": BY_COMMISSION,
    "coordinate": BY_COMMISSION | _of(COORDINATOR, to=Relation.SYSTEM),
    "contact": BY_OFFICE,
    "appoint-leader": _of(COORDINATOR, to=Relation.PART),
    "opine": _of(COORDINATOR, SIGNATORY, to=Relation.PART),
    "ask-opinion-again": BY_COMMISSION | _of(COORDINATOR, to=Relation.LEAD),
    "request-extension": BY_OFFICE,
    "extend": BY_COMMISSION,
    "refuse-extension": BY_COMMISSION,
    "send-draft": BY_OFFICE,
    "comment-draft": BY_MAKERS | BY_COMMISSION,
    "answer": _of(SIGNATORY, to=Relation.PART),
    "serve": BY_OFFICE | BY_COMMISSION,
    "send-copies": BY_OFFICE,
    "correct": _of(SIGNATORY, to=Relation.PART),
    "reclassify": _of(SIGNATORY, to=Relation.PART) | BY_COMMISSION,
    "feedback": BY_MAKERS | BY_COMMISSION,
    "resolve-escalation": BY_LEADERS,
    "commit": _of(SIGNATORY, to=Relation.PART),
    "progress": BY_OFFICE,
    "follow-up": BY_SUPERVISORS,
    "fulfil": BY_OFFICE,
    "verify-fulfilment": BY_SUPERVISORS,
    "fail": _of(SIGNATORY, to=Relation.PART),
    "carry-over": BY_COMMISSION,
    "report-fulfilment": BY_OFFICE,
    "rate-fulfilment": BY_MAKERS | BY_COMMISSION,
    "inspect": BY_SUPERVISORS,
    "put-under": BY_LEADERS,
    "release": BY_LEADERS,
    "conclude": BY_COMMISSION,
    "reopen": BY_COMMISSION,
    "archive": BY_COMMISSION,
    "publish": BY_COMMISSION,
    "request-confidentiality": BY_MAKERS | BY_COMMISSION,
    "protect-identity": BY_COMMISSION,
    "migrate-rules": BY_COMMISSION,
}
ON_TOPICS: Final[Mapping[str, Policy]] = {
    "choose": BY_LEADERS,
    "add-case": BY_LEADERS,
    "remove-case": BY_LEADERS,
    "name-committee": BY_LEADERS,
    "plan": BY_COMMISSION | _of(COMMITTEE, to=Relation.SUPERVISED),
    "hold": BY_COMMISSION | _of(COMMITTEE, to=Relation.SUPERVISED),
    "report": BY_COMMISSION | _of(COMMITTEE, to=Relation.SUPERVISED),
    "close": BY_LEADERS,
}
ON_MOTIONS: Final[Mapping[str, Policy]] = {
    "move": BY_MAKERS | BY_COMMISSION,
    "register": BY_COMMISSION,
    "leave": _of(DEPUTY, to=Relation.OWN) | BY_COMMISSION,
    "merge": BY_COMMISSION,
    "dispose": BY_LEADERS,
    "ask-reconsideration": _of(DEPUTY, to=Relation.OWN) | BY_COMMISSION,
    "ask-opinion": BY_COMMISSION | _of(COMMITTEE, to=Relation.SUPERVISED),
    "give-opinion": BY_COMMISSION | _of(SIGNATORY, to=Relation.PART),
    "hear-movers": BY_COMMISSION | _of(COMMITTEE, to=Relation.SUPERVISED),
    "report": BY_COMMISSION | _of(COMMITTEE, to=Relation.SUPERVISED),
    "conclude": BY_LEADERS,
    "convert": BY_COMMISSION,
}
ACTS: Final[Mapping[str, Policy]] = {
    **{f"suggestion.{name}": policy for name, policy in ON_SUGGESTIONS.items()},
    **{f"topic.{name}": policy for name, policy in ON_TOPICS.items()},
    **{f"motion.{name}": policy for name, policy in ON_MOTIONS.items()},
}
"""Who may perform which act of the catalogue, by what they are to its subject."""

UNITS: Final = ("unit", "owner", "organ")
"""Fields by which a unit says that it acts itself."""
MADE: Final[Mapping[str, str]] = {"submit": "lead_deputy", "move": "movers"}
"""Acts that make something, and the field that names the deputy who does."""
ALSO_BY: Final = frozenset({"withdraw", "comment-draft", "feedback", "rate-fulfilment", "request-confidentiality",
                            "ask-reconsideration"})  # fmt: skip
"""Acts whose field `by` says in whose name, rather than which official decides."""
OF_OTHERS: Final = frozenset({"sub-assign", "ask-opinion-again", "coordinate"})
"""Acts whose field `unit` names another unit than the one that acts."""
ON_PROMISES: Final = frozenset({"progress", "fulfil", "fail", "report-fulfilment"})
"""Acts of a unit on a promise, which must be its own."""

SEES_CASE: Final[Policy] = {
    **_of(COMMISSION, CHAIRPERSONS, Role.AUDITOR, to=Relation.CONGRESS),
    **_of(COORDINATOR, HANDLER, SIGNATORY, to=Relation.PART),
    COORDINATOR: frozenset({Relation.PART, Relation.SYSTEM}),
    **_of(DEPUTY, to=Relation.OWN),
    **_of(DELEGATION, to=Relation.DELEGATION),
    COMMITTEE: SUPERVISES,
}
"""Who sees a whole case; what was decided public, everybody sees."""
SEES_CONFIDENTIAL: Final[Policy] = {**SEES_CASE, COMMITTEE: frozenset({Relation.SUPERVISED})}
"""Who sees a confidential one: a committee only where a topic of its own holds the case."""

EVERYBODY: Final = frozenset(Role)
STAFF: Final = EVERYBODY - {Role.PUBLIC, Role.OPERATOR}
WATCHERS: Final = frozenset({COMMISSION, CHAIRPERSONS, COMMITTEE, Role.AUDITOR})
VIEWS: Final[Mapping[str, frozenset[Role]]] = {
    "public": EVERYBODY,
    "board": EVERYBODY,
    "rules": EVERYBODY,
    "congresses": EVERYBODY,
    "commitments": EVERYBODY,
    "topics": WATCHERS | {DEPUTY, DELEGATION},
    "units": WATCHERS | {COORDINATOR, HANDLER, SIGNATORY},
    "inbox": STAFF - {Role.AUDITOR},
    "notices": STAFF - {Role.AUDITOR},
    "deputies": frozenset({COMMISSION, CHAIRPERSONS, Role.AUDITOR, DEPUTY, DELEGATION}),
    "statistics": WATCHERS,
    "motions": STAFF,
    "conferences": frozenset({COMMISSION, CHAIRPERSONS, Role.AUDITOR}),
    "conduct-conference": frozenset({COMMISSION}),
    "manage-congress": frozenset({COMMISSION}),
    "audit": frozenset({Role.AUDITOR}),
    "operations": frozenset({Role.OPERATOR, Role.AUDITOR, COMMISSION}),
    "run-projections": frozenset({Role.OPERATOR}),
    "share-replay": WATCHERS,
    "live": EVERYBODY,
}
"""Who may open which view; what it holds is then cut to the cases that they see."""
