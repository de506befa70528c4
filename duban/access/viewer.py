"""Access: who somebody is to a case, and whether they may do or see something; the table is `access_policy`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from domain.base import Refusal
from domain.suggestion.published import extent_of, is_public
from domain.suggestion.records import Signature
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Extent, Part


class Role(StrEnum):
    """What people are, as far as access goes."""

    DEPUTY = "deputy"
    DELEGATION_STAFF = "delegation-staff"
    AFFAIRS_COMMISSION = "affairs-commission"
    UNIT_COORDINATOR = "unit-coordinator"
    UNIT_HANDLER = "unit-handler"
    UNIT_SIGNATORY = "unit-signatory"
    SUPERVISING_COMMITTEE = "supervising-committee"
    CHAIRPERSONS_OFFICE = "chairpersons-office"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    PUBLIC = "public"


UNIT_STAFF: Final = frozenset({Role.UNIT_COORDINATOR, Role.UNIT_HANDLER, Role.UNIT_SIGNATORY})
OVERSEERS: Final = frozenset({Role.AFFAIRS_COMMISSION, Role.CHAIRPERSONS_OFFICE, Role.AUDITOR})
"""Who see every case of their congress, the confidential ones too; each look at one is recorded."""


class Relation(StrEnum):
    """What somebody is to a case."""

    CONGRESS = "congress"  # it belongs to their congress
    OWN = "own"  # a deputy who signed it, or was asked to
    DELEGATION = "delegation"  # it comes from their delegation
    PART = "part"  # their unit has a part in it
    LEAD = "lead"  # their unit owes its reply
    SYSTEM = "system"  # it was assigned to the system of organs that their unit heads
    SUPERVISED = "supervised"  # under a key topic of their committee
    FIELD = "field"  # a unit of their committee's field has a part in it
    PUBLIC = "public"  # its content was decided public


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who asks: the name they act by, their roles, and on whose behalf."""

    name: str
    roles: frozenset[Role] = frozenset({Role.PUBLIC})
    congress: str | None = None  # None: every congress
    unit: str | None = None
    committee: str | None = None
    deputy: str | None = None
    delegation: str | None = None
    fields: frozenset[str] = frozenset()  # units of the committee's field
    scopes: frozenset[str] | None = None  # of an API token; None: no token, so no limit

    @property
    def sees_all(self) -> bool:
        """Every case of every congress, with nothing left out."""
        return bool(self.roles & OVERSEERS) and self.congress is None

    @property
    def only_public(self) -> bool:
        return self.roles <= {Role.PUBLIC, Role.OPERATOR}


PUBLIC: Final = Viewer("public")
ENGINE: Final = Viewer("duban", frozenset({Role.AUDITOR}))
"""The installation itself, and whoever has the machine: the command line."""


@dataclass(frozen=True, slots=True)
class Case:
    """What access depends on about a case."""

    congress: str
    units: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    system: str | None = None
    signatories: frozenset[str] = frozenset()
    delegation: str | None = None
    by_delegation: bool = False
    committees: frozenset[str] = frozenset()  # of the key topics it stands under
    confidential: bool = False
    protected: bool = False  # the identity of those who made it
    published: bool = False
    concluded: bool = False
    rehandled: tuple[str, ...] = ()
    owners: Mapping[str, str] | None = None  # commitment -> the unit that promised it
    replies_public: frozenset[str] = frozenset()  # units
    feedback_public: frozenset[str] = frozenset()  # units


class NotYours(Refusal):
    """{account} may not {what} here.

    Sign in as somebody who may; docs/reference/access.md says who may do what.
    """


class NotInYourName(Refusal):
    """{field} must be {own}: nobody acts in the name of another.

    Leave the field to yourself, or ask those named to act.
    """


def case_of(state: Suggestion, committees: Iterable[str] = ()) -> Case:
    """What access depends on, of a case as it stands."""
    return Case(
        congress=state.congress,
        units=frozenset(a.unit for a in (*state.assignments, *state.relieved)),
        leads=frozenset(state.lead_units),
        system=state.assigned_to,
        signatories=frozenset(s.name for s in state.signatories if s.signature is not Signature.DECLINED)
        | ({state.lead_deputy} if state.lead_deputy else frozenset()),
        delegation=state.delegation,
        by_delegation=state.by_delegation,
        committees=frozenset(committees),
        confidential=state.confidentiality_asked,
        protected=state.identity_protected,
        published=is_public(state),
        concluded=state.concluded or state.ended_as is not None,
        rehandled=state.rehandled,
        owners={c.id: c.owner for c in state.commitments},
        replies_public=_public(state, Part.REPLY, {r.unit for r in state.replies}),
        feedback_public=_public(state, Part.FEEDBACK, {r.unit for r in state.ratings}),
    )


def _public(state: Suggestion, part: Part, units: set[str]) -> frozenset[str]:
    return frozenset(u for u in units if extent_of(state, part, u) is Extent.FULL)


def relations(viewer: Viewer, case: Case) -> frozenset[Relation]:
    """What a viewer is to a case. Of another congress, they are the public."""
    found = {Relation.PUBLIC} if case.published else set[Relation]()
    if viewer.congress not in (None, case.congress):
        return frozenset(found)
    found |= {Relation.CONGRESS}
    mine = (viewer.delegation is not None and viewer.delegation == case.delegation,)
    tests = {
        Relation.OWN: viewer.deputy in case.signatories or (case.by_delegation and mine[0]),
        Relation.DELEGATION: mine[0],
        Relation.PART: viewer.unit in case.units,
        Relation.LEAD: viewer.unit in case.leads,
        Relation.SYSTEM: viewer.unit is not None and viewer.unit == case.system,
        Relation.SUPERVISED: viewer.committee in case.committees,
        Relation.FIELD: bool(viewer.fields & case.units),
    }
    return frozenset(found | {relation for relation, holds in tests.items() if holds})


def by_policy(
    policy: Mapping[Role, frozenset[Relation]], viewer: Viewer, held: frozenset[Relation]
) -> frozenset[Role]:
    """The viewer's roles that the policy gives it to, for what they are to the case."""
    return frozenset(role for role in viewer.roles if policy.get(role, frozenset()) & held)


def named(said: Mapping[str, Any], field: str) -> tuple[str, ...]:
    """What was said for a field, as a tuple."""
    value = said.get(field)
    if value is None or value == "":
        return ()
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)
