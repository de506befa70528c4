"""Who may see and do what, written by hand from the rules of the house; the policy table is checked against it.

The cases are those of tests/access/people.py. The deputy, the delegation, the unit and the committee belong to
`own`; the unit also has a part in `protected`, whose deputies are not to be named to it.
"""

from typing import Final

WHOLE, PUBLIC, NAMELESS = "whole", "public", "nameless"
ALL: Final = dict.fromkeys(("own", "other", "public", "confidential", "protected"), WHOLE)
UNIT: Final = {"own": WHOLE, "public": PUBLIC, "protected": NAMELESS}
SEEN: Final[dict[str, dict[str, str]]] = {
    "deputy": {"own": WHOLE, "public": PUBLIC},
    "delegation-staff": {"own": WHOLE, "public": PUBLIC},
    "affairs-commission": ALL,
    "unit-coordinator": UNIT,
    "unit-handler": UNIT,
    "unit-signatory": UNIT,
    "supervising-committee": {"own": WHOLE, "public": PUBLIC},
    "chairpersons-office": ALL,
    "auditor": ALL,
    "operator": {"public": PUBLIC},
    "public": {"public": PUBLIC},
}
"""What each sees of each case; a case that is not named does not exist for them."""

EVERYBODY: Final = frozenset(SEEN)
STAFF: Final = EVERYBODY - {"operator", "public"}
WATCHERS: Final = frozenset({"affairs-commission", "chairpersons-office", "supervising-committee", "auditor"})
UNITS: Final = frozenset({"unit-coordinator", "unit-handler", "unit-signatory"})
MAKERS: Final = frozenset({"deputy", "delegation-staff"})
OPEN: Final[dict[str, frozenset[str]]] = {
    "/cases": EVERYBODY,
    "/counts": EVERYBODY,
    "/public/cases": EVERYBODY,
    "/public/counts": EVERYBODY,
    "/shares": WATCHERS,
    "/congresses": EVERYBODY,
    "/congresses/npc/units": EVERYBODY,
    "/congresses/npc/subjects": EVERYBODY,
    "/commitments": EVERYBODY,
    "/rules": EVERYBODY,
    "/rules/npc@2015-08-29": EVERYBODY,
    "/clock?jurisdiction=npc&rule=answer&from=2024-04-02": EVERYBODY,
    "/me": EVERYBODY,
    "/health": EVERYBODY,
    "/ready": EVERYBODY,
    "/topics": WATCHERS | MAKERS,
    "/topics/npc/2024-01": WATCHERS | MAKERS,
    "/units": WATCHERS | UNITS,
    "/units/农业农村部/work": WATCHERS | UNITS,
    "/units/财政部/work": WATCHERS | UNITS,
    "/inbox": STAFF - {"auditor"},
    "/notices": STAFF - {"auditor"},
    "/statistics": WATCHERS,
    "/statistics/report?format=xlsx": WATCHERS,
    "/statistics/report?format=pdf&congress=npc": WATCHERS,
    "/deputies/张代表": frozenset({"affairs-commission", "chairpersons-office", "auditor", "deputy"}),
    "/deputies/李代表": frozenset({"affairs-commission", "chairpersons-office", "auditor"}),
    "/audit/events": frozenset({"auditor"}),
    "/audit/questions/confidential-accesses": frozenset({"auditor"}),
    "/conferences": frozenset({"affairs-commission", "chairpersons-office", "auditor"}),
    "/projections": frozenset({"auditor", "operator", "affairs-commission"}),
}
"""Who may open which view; whoever may not is refused, and a stranger asked to sign in."""

BY_COMMISSION: Final = frozenset({"affairs-commission"})
BY_LEADERS: Final = frozenset({"affairs-commission", "chairpersons-office"})
BY_SUPERVISORS: Final = BY_LEADERS | {"supervising-committee"}
BY_OFFICE: Final = frozenset({"unit-coordinator", "unit-handler"})
BY_SIGNATORY: Final = frozenset({"unit-signatory"})
BY_COORDINATOR: Final = frozenset({"unit-coordinator"})
BY_MAKERS: Final = MAKERS | BY_COMMISSION
ACTS_ON_OWN: Final[dict[str, frozenset[str]]] = {
    "register": BY_COMMISSION,
    "classify": BY_COMMISSION,
    "confirm-signature": BY_COMMISSION | {"deputy"},
    "decline-signature": BY_COMMISSION | {"deputy"},
    "withdraw": BY_MAKERS,
    "turn-away": BY_COMMISSION,
    "resubmit": BY_MAKERS,
    "convert-motion": BY_LEADERS,
    "merge": BY_COMMISSION,
    "take-in": BY_COMMISSION,
    "assign": BY_COMMISSION,
    "sub-assign": BY_COMMISSION,
    "sign-for": BY_COORDINATOR,
    "object": BY_COORDINATOR,
    "decide-objection": BY_COMMISSION,
    "reassign": BY_COMMISSION,
    "coordinate": BY_COMMISSION,
    "contact": BY_OFFICE,
    "appoint-leader": BY_COORDINATOR,
    "opine": BY_COORDINATOR | BY_SIGNATORY,
    "ask-opinion-again": BY_COMMISSION | BY_COORDINATOR,
    "request-extension": BY_OFFICE,
    "extend": BY_COMMISSION,
    "refuse-extension": BY_COMMISSION,
    "send-draft": BY_OFFICE,
    "comment-draft": BY_MAKERS,
    "answer": BY_SIGNATORY,
    "serve": BY_OFFICE | BY_COMMISSION,
    "send-copies": BY_OFFICE,
    "correct": BY_SIGNATORY,
    "reclassify": BY_SIGNATORY | BY_COMMISSION,
    "feedback": BY_MAKERS,
    "resolve-escalation": BY_LEADERS,
    "commit": BY_SIGNATORY,
    "progress": BY_OFFICE,
    "follow-up": BY_SUPERVISORS,
    "fulfil": BY_OFFICE,
    "verify-fulfilment": BY_SUPERVISORS,
    "fail": BY_SIGNATORY,
    "carry-over": BY_COMMISSION,
    "report-fulfilment": BY_OFFICE,
    "rate-fulfilment": BY_MAKERS,
    "inspect": BY_SUPERVISORS,
    "put-under": BY_LEADERS,
    "release": BY_LEADERS,
    "conclude": BY_COMMISSION,
    "reopen": BY_COMMISSION,
    "archive": BY_COMMISSION,
    "publish": BY_COMMISSION,
    "request-confidentiality": BY_MAKERS,
    "protect-identity": BY_COMMISSION,
    "migrate-rules": BY_COMMISSION,
}
"""Who may act on a case of their own; on that of others only the commission and the chairpersons' office may."""
PAGES: Final[dict[str, frozenset[str]]] = {
    "/": EVERYBODY,
    "/sign-in": EVERYBODY,
    "/public": EVERYBODY,
    "/public/data": EVERYBODY,
    "/public/data/schema.json": EVERYBODY,
    "/public/data/cases.csv": EVERYBODY,
    "/robots.txt": EVERYBODY,
    "/shares": WATCHERS,
    "/commitments": EVERYBODY,
    "/todo": STAFF - {"auditor"},
    "/notices": STAFF - {"auditor"},
    "/units": WATCHERS | UNITS,
    "/unit?name=农业农村部": WATCHERS | UNITS,
    "/unit?name=财政部": WATCHERS | UNITS,
    "/topics": WATCHERS | MAKERS,
    "/deputy?name=张代表": MAKERS | {"affairs-commission", "chairpersons-office", "auditor"},
    "/deputy?name=李代表": MAKERS | {"affairs-commission", "chairpersons-office", "auditor"},
    "/statistics": WATCHERS,
    "/conferences": frozenset({"affairs-commission", "chairpersons-office", "auditor"}),
    "/audit": frozenset({"auditor"}),
    "/audit?question=ratings-on-behalf": frozenset({"auditor"}),
    "/audit/download?format=jsonl": frozenset({"auditor"}),
    "/operations": frozenset({"auditor", "operator", "affairs-commission"}),
    "/submit": MAKERS | BY_COMMISSION,
    "/bulk?act=publish&case=npc/14-2/101": BY_COMMISSION,
    "/bulk?act=sign-for&case=npc/14-2/101": BY_COORDINATOR,
    "/bulk?act=inspect&all=1": BY_SUPERVISORS,
    "/healthz": EVERYBODY,
    "/readyz": EVERYBODY,
}
"""Pages that are not of one case; those of a case follow what is seen of it."""
NOT_BY_TOKEN: Final = frozenset({"/account", "/sign-in/oidc", "/sign-in/oidc/callback"})
"""Pages of somebody who has signed in, or is about to."""
